//! What a change of members did.

use serde::Serialize;

/// The outcome for each ID that was passed.
///
/// Each list is in the order of the IDs that were passed. Users who were added or removed by a later
/// attempt come last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[must_use = "it reports the IDs that are unknown to the server"]
pub struct MembershipChange {
    /// Became members, and were seen among them after.
    pub added: Vec<String>,
    /// Were members before; nothing was sent for them.
    pub already_members: Vec<String>,
    /// Are members no longer, and were not seen among them after.
    pub removed: Vec<String>,
    /// Were no members before; nothing was sent for them.
    pub not_members: Vec<String>,
    /// Are not users of this server: it accepted the request, reported as many
    /// members as without them, and did not list them.
    pub unknown: Vec<String>,
    /// Were sent, and were not seen among the members after. They may be unknown
    /// to the server, or another client or a sign-on removed them meanwhile, or
    /// they are not visible yet.
    pub unconfirmed: Vec<String>,
    /// Were to be added or removed, and were not seen to be. Empty unless the
    /// call failed: see [`Error::membership_change`](crate::Error::membership_change).
    pub failed: Vec<String>,
}

impl MembershipChange {
    /// Whether every ID that was passed is accounted for: none is unknown, unconfirmed or failed.
    pub fn is_complete(&self) -> bool {
        self.unknown.is_empty() && self.unconfirmed.is_empty() && self.failed.is_empty()
    }

    /// Whether nobody was added or removed.
    pub fn is_unchanged(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}
