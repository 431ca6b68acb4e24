//! What differs between two surfaces, and what it means for callers.

use std::{collections::BTreeSet, fmt};

use crate::refresh::surface::{
    Surface,
    line::{Addition, Item, Line, Place},
};

/// One line that differs, or the lines of one item that is gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) impact: Impact,
    /// The line of the old document.
    pub(crate) old: Option<String>,
    /// The line of the new one.
    pub(crate) new: Option<String>,
    /// Why it is breaking, if the lines do not show it.
    pub(crate) reason: Option<&'static str>,
}

/// What a change means for callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Impact {
    /// Existing code may no longer compile or work, or servers are no longer supported.
    Breaking,
    /// Existing code does not need to know it.
    Additive,
}

impl fmt::Display for Impact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Breaking => "breaking",
            Self::Additive => "additive",
        })
    }
}

/// The changes, the breaking ones first, then in the order of places.
pub(crate) fn compare(old: &Surface, new: &Surface) -> Vec<Change> {
    let places: BTreeSet<&Place> = old.lines.keys().chain(new.lines.keys()).collect();
    let mut changes = Vec::new();
    let mut explained = BTreeSet::new();
    for place in places {
        let lines = (old.lines.get(place), new.lines.get(place));
        if lines.0.map(|line| &line.text) == lines.1.map(|line| &line.text) {
            continue;
        }
        explained.insert(&place.item);
        let has_item = |of: &Surface| of.lines.contains_key(&place.item.place());
        match lines {
            // The line of the item itself reports it.
            (Some(_), None) if !place.part.is_empty() && has_item(old) && !has_item(new) => {}
            (None, Some(line)) => changes.push(addition(line, has_item(old))),
            (old, new) => changes.push(Change {
                impact: Impact::Breaking,
                old: old.map(|line| line.text.clone()),
                new: new.map(|line| line.text.clone()),
                reason: None,
            }),
        }
    }
    for (item, code) in &new.code {
        let is_changed = old.code.get(item).is_some_and(|old| old != code);
        if is_changed && !explained.contains(item) {
            let (Item::Operation(name) | Item::Names(name) | Item::Type(name)) = item;
            changes.push(unseen(
                format!("{name}: its generated code differs"),
                "its signatures are the same, so see the difference of groups.json",
            ));
        }
    }
    for (name, schema) in &new.replaced {
        if old.replaced.get(name).is_some_and(|old| old != schema) {
            changes.push(unseen(
                format!("{name}: its schema differs"),
                "its type is hand-written and does not follow, so see the difference of groups.json",
            ));
        }
    }
    changes.sort_by_key(|change| change.impact);
    changes
}

fn addition(line: &Line, has_item: bool) -> Change {
    let (impact, reason) = match line.addition {
        Addition::Breaking(reason) if has_item => (Impact::Breaking, Some(reason)),
        _ => (Impact::Additive, None),
    };
    Change {
        impact,
        old: None,
        new: Some(line.text.clone()),
        reason,
    }
}

/// A difference that no line shows, such as the length of a text that is checked.
fn unseen(line: String, reason: &'static str) -> Change {
    Change {
        impact: Impact::Breaking,
        old: None,
        new: Some(line),
        reason: Some(reason),
    }
}

#[cfg(test)]
mod tests;
