//! One difference between two documents, and how it affects users of the client.

use std::fmt;

/// How a change affects users of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Impact {
    /// Code written for the old client may stop compiling or working.
    Breaking,
    /// Something new that existing code need not know.
    Additive,
    /// Documentation only: descriptions, titles, summaries, examples, `x-*`, and
    /// the same thing written in another way.
    Neutral,
}

/// One difference between two documents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Change {
    /// What it means for users of the client.
    pub(crate) impact: Impact,
    /// Where it is, in words: `GET /groups/{id}`, `GroupResponse.name`.
    pub(crate) place: String,
    /// What happened there, without line breaks.
    pub(crate) what: String,
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Impact::Breaking => "breaking",
            Impact::Additive => "additive",
            Impact::Neutral => "neutral",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8}  {}: {}", self.impact, self.place, self.what)
    }
}
