//! Whether a server writes the parents of groups.

use std::time::Instant;

use http::StatusCode;
use serde_json::{Map, Value};
use tracing::Span;

use crate::{
    error::{Error, Result, kind::ErrorKind},
    http::{
        classify, deadline::Deadline, retry::Retries, transport::Transport,
        transport_error::transport_error,
    },
    value::names::Operation,
};

impl Transport {
    /// Whether the group has a parent or null in its place: servers with hierarchy always write it,
    /// and others never do. The type of a group does not distinguish null from nothing.
    pub(crate) async fn writes_parents(
        &self,
        id: &str,
        deadline: Option<&Deadline>,
    ) -> Result<bool> {
        const OPERATION: Operation = Operation::GetGroup;
        let path = OPERATION.path().replace("{id}", id);
        let secrets = &self.sender.headers;
        let attempt = |resend_count| {
            let url = format!("{}{path}", self.base_url.as_str());
            let request = self.sender.connections.pooled().get(url).build();
            async move {
                let request = request.map_err(|error| transport_error(error, secrets))?;
                let response = self.sender.send(Some(OPERATION), request, resend_count);
                let body = response.await?.bytes().await;
                let body = body.map_err(|error| transport_error(error, secrets))?;
                let group: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| {
                    let decode = Error::new(ErrorKind::Decode).with_status(StatusCode::OK);
                    classify::with_cause(decode, error, secrets)
                })?;
                Ok(group.contains_key("parent_group_id"))
            }
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
