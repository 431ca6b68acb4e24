//! Responses about another group than the one that was asked for.

use crate::{
    error::{Error, Result, kind::ErrorKind},
    value::names::Operation,
};

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
