//! The content of a report.

use crate::{
    document::note::Note,
    refresh::{
        candidate::problem::Problem,
        change::{Change, Impact},
    },
};

/// What a report is made of.
pub(crate) struct Report {
    pub(crate) server_version: String,
    pub(crate) sha256: String,
    /// Whether the published document is the checked-in one.
    pub(crate) is_same_upstream: bool,
    /// The lines of the difference of groups.json, `info` aside.
    pub(crate) difference: Vec<String>,
    /// The lines of the difference of upstream.json, if groups.json has none that shows it.
    pub(crate) hidden_difference: Vec<String>,
    pub(crate) changes: Vec<Change>,
    /// Why nothing can be generated; then the changes are those of the operations alone.
    pub(crate) rejection: Option<String>,
    /// Why the changes are not against the checked-in document.
    pub(crate) old_rejection: Option<String>,
    pub(crate) unmatched: Vec<String>,
    pub(crate) notes: Vec<Note>,
    /// Where the new documents do not compile.
    pub(crate) problems: Vec<Problem>,
}

impl Report {
    /// Whether a refresh would change the documents, or cannot succeed.
    pub(crate) fn has_drift(&self) -> bool {
        !self.is_same_upstream || !self.difference.is_empty() || !self.unmatched.is_empty()
    }

    /// The changes of this impact.
    pub(crate) fn of_impact(&self, impact: Impact) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.impact == impact)
    }

    /// The number of changes of each impact.
    pub(crate) fn count(&self) -> String {
        let counts = [Impact::Breaking, Impact::Additive].map(|impact| {
            let count = self.of_impact(impact).count();
            format!("{count} {impact}")
        });
        let alone = match self.rejection {
            Some(_) => " among the operations; the types are not known",
            None => "",
        };
        counts.join(", ") + alone
    }

    /// What a reader needs to know if there are no changes to list.
    pub(crate) fn summary(&self) -> Option<&'static str> {
        if !self.has_drift() {
            Some("no changes: the document is the checked-in one")
        } else if self.rejection.is_some() || !self.changes.is_empty() {
            None
        } else if !self.difference.is_empty() {
            Some("the generated code is the same, apart from documentation")
        } else if !self.is_same_upstream {
            Some(
                "the published document changed only where overlay.json decides, or in what \
                 groups.json cannot express",
            )
        } else {
            None
        }
    }
}
