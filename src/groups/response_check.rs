//! Responses about another group than the one that was asked for.

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    value::names::Operation,
};

impl GroupsClient {
    /// Checks that a response is about the group that was asked for, before something is written
    /// because of it. A cache in front of the server may respond with another one.
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
            .with_message("the response is about another group, probably from a cache"))
    }
}
