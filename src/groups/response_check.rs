//! Detects responses about a different group than the requested one.

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    value::names::Operation,
};

impl GroupsClient {
    /// Checks that a response is about the requested group, before a write depends on it. A cache
    /// in front of the server may return a different group.
    pub(crate) fn check_id(
        &self,
        operation: Operation,
        asked_for: &str,
        responded: &str,
    ) -> Result<()> {
        if responded == asked_for {
            return Ok(());
        }
        Err(self
            .error(ErrorKind::Decode, operation, asked_for)
            .with_message(
                "the response is about a different group; check the caches in front of the server",
            ))
    }
}
