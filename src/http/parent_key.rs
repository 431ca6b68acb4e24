//! Detects whether the server supports parents of groups.

use std::time::Instant;

use http::StatusCode;
use serde_json::{Map, Value};
use tracing::Span;

use crate::{
    error::{Error, Result, kind::ErrorKind},
    http::{classify, deadline::Deadline, retry::Retries, transport::Transport},
    value::names::Operation,
};

impl Transport {
    /// Whether the JSON of the group has a parent, or null as its parent. Servers with hierarchy
    /// always write the field, and others never do. The type of a group does not distinguish null
    /// from an absent field.
    pub(crate) async fn writes_parents(
        &self,
        id: &str,
        deadline: Option<&Deadline>,
    ) -> Result<bool> {
        const OPERATION: Operation = Operation::GetGroup;
        let path = OPERATION.path().replace("{id}", id);
        let get = |resend_count| self.get(Some(OPERATION), &path, resend_count);
        let attempt = |resend_count| async move {
            let body = get(resend_count).await?;
            let group: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| {
                let decode = Error::new(ErrorKind::Decode).with_status(StatusCode::OK);
                classify::with_cause(decode, error, &self.sender.headers)
            })?;
            Ok(group.contains_key("parent_group_id"))
        };
        let (retries, span) = (Retries::Transient, Span::none());
        let outcome = self
            .retrying(retries, Instant::now(), deadline, &span, attempt)
            .await;
        outcome.map_err(|error| {
            error
                .with_operation(OPERATION)
                .with_group(Some(&self.shown(id)))
                .with_request(OPERATION.method(), self.shown(&path))
        })
    }
}
