//! The lines of a surface.

/// Where a line is. The order of places is that of the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// What it is about.
    pub(crate) item: Item,
    /// The part of the item; empty for the line of the item itself.
    pub(crate) part: String,
}

/// What lines are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    /// The operation with this ID.
    Operation(String),
    /// The open enum with this name.
    Names(String),
    /// The generated type with this name.
    Type(String),
}

impl Item {
    /// Its own line.
    pub(crate) fn place(&self) -> Place {
        self.part("")
    }

    /// The line of a part of it.
    pub(crate) fn part(&self, part: impl Into<String>) -> Place {
        Place {
            item: self.clone(),
            part: part.into(),
        }
    }
}

/// One fact that callers can rely on, complete without the lines around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// What it means if this line is new, and its item is not.
    pub(crate) addition: Addition,
}

/// What a new line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addition {
    /// Existing code and existing servers do not need it.
    Additive,
    /// Existing code or existing servers lack it, for this reason.
    Breaking(&'static str),
}

/// Nobody has found out whether it is safe.
pub(crate) const UNKNOWN: Addition = Addition::Breaking("not known to be safe");
