//! What a derived document cannot express of the published one.

use std::fmt;

/// One place where the derived document is less exact than the published one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Note {
    /// The JSON pointer of the place in the published document.
    pub(crate) pointer: String,
    /// What was widened or left out, and why.
    pub(crate) text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}: {}", self.pointer, self.text)
    }
}
