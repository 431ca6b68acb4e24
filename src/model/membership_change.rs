//! The outcome of a change of members.

use serde::Serialize;

/// The outcome for each user ID that was passed.
///
/// Each list has the order in which the IDs were passed, except that users who were added or
/// removed by a later attempt come last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[must_use = "it reports the IDs that are unknown to the server"]
pub struct MembershipChange {
    /// Users that were added. They were seen among the members afterwards.
    pub added: Vec<String>,
    /// Users that were already members. Nothing was sent for them.
    pub already_members: Vec<String>,
    /// Users that were removed. They were not seen among the members afterwards.
    pub removed: Vec<String>,
    /// Users that were not members. Nothing was sent for them.
    pub not_members: Vec<String>,
    /// IDs that are not users of this server. The server accepted the request, but neither listed
    /// nor counted them.
    pub unknown: Vec<String>,
    /// Users whose IDs were sent, but who were not seen among the members afterwards. The server
    /// may not know them, another client or a sign-on may have removed them concurrently, or they
    /// may not be visible yet.
    pub unconfirmed: Vec<String>,
    /// Users that were not added or removed because of the error. Empty if the call succeeded. See
    /// [`Error::membership_change`](crate::Error::membership_change).
    pub failed: Vec<String>,
}

impl MembershipChange {
    /// Whether every ID was handled: none is unknown, unconfirmed or failed.
    pub fn is_complete(&self) -> bool {
        self.unknown.is_empty() && self.unconfirmed.is_empty() && self.failed.is_empty()
    }

    /// Whether no user was added or removed.
    pub fn is_unchanged(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}
