//! Missing groups that servers report as something else, and other groups in their place.

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    value::names::Operation,
};

impl GroupsClient {
    /// Tells a missing group from another rejection: up to 0.11.4 both are a 400.
    pub(crate) async fn classify_missing_group<T>(
        &self,
        id: &str,
        outcome: Result<T>,
    ) -> Result<T> {
        let error = match outcome {
            Err(error)
                if error.kind() == ErrorKind::Rejected
                    && error.detail().is_some_and(may_mean_missing) =>
            {
                error
            }
            other => return other,
        };
        match self.get(id).await {
            Err(look) if look.is_not_found() => Err(error.with_kind(ErrorKind::NotFound)),
            _ => Err(error),
        }
    }
}

/// `[ERROR: Error updating group]`, alone or inside another one.
fn may_mean_missing(detail: &str) -> bool {
    [
        "Error updating group",
        "Error adding users",
        "Error removing users",
    ]
    .iter()
    .any(|wording| detail.contains(wording))
}

/// Checks that a response is about the group that was asked for, before something is written
/// because of it. A cache in front of the server may respond with another one.
pub(crate) fn check_id(operation: Operation, asked_for: &str, responded: &str) -> Result<()> {
    if responded == asked_for {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Decode)
        .with_operation(operation)
        .with_group(Some(asked_for))
        .with_message("the response is about another group, probably from a cache"))
}
