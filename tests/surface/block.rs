//! The lines of one public item.

use std::collections::BTreeSet;

/// An item, and its parts.
#[derive(Default)]
pub(crate) struct Block {
    pub(crate) heading: String,
    /// Fields or variants, in the order of the definition, because derived traits depend on it.
    pub(crate) parts: Vec<String>,
    /// Types, constants and functions, each with its name.
    pub(crate) associated: BTreeSet<(Kind, String, String)>,
    /// Traits without parameters.
    pub(crate) traits: BTreeSet<String>,
    /// The other implementations of traits.
    pub(crate) impls: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Type,
    Constant,
    Function,
}

impl Block {
    pub(crate) fn print(self) -> String {
        let associated = self.associated.into_iter().map(|(_, _, line)| line);
        let traits = Vec::from_iter(self.traits).join(", ");
        let traits = (!traits.is_empty()).then(|| format!("is {traits}"));
        let lines = self
            .parts
            .into_iter()
            .chain(associated)
            .chain(traits)
            .chain(self.impls);
        lines.fold(self.heading + "\n", |text, line| {
            format!("{text}    {line}\n")
        })
    }
}
