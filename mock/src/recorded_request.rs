//! A request, as the mock got it.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use owui_groups::Operation;

use crate::rules::request::{API_KEY, Request};

/// A request that the mock got. `Debug` shows neither its token nor its body,
/// which may have a password in it.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The operation, if the emulated server has one there.
    pub operation: Option<Operation>,
    /// `GET` and the like.
    pub method: Method,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: Option<String>,
    /// The headers. Those that carry a token are marked as sensitive.
    pub headers: HeaderMap,
    /// The status of the response; none when the connection was dropped instead.
    pub status: Option<StatusCode>,
    body: Bytes,
}

impl RecordedRequest {
    pub(crate) fn new(
        request: &Request,
        operation: Option<Operation>,
        status: Option<StatusCode>,
    ) -> Self {
        let mut headers = request.headers.clone();
        for name in [header::AUTHORIZATION, header::COOKIE, API_KEY] {
            if let header::Entry::Occupied(mut entry) = headers.entry(name) {
                entry
                    .iter_mut()
                    .for_each(|value: &mut HeaderValue| value.set_sensitive(true));
            }
        }
        Self {
            operation,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers,
            body: request.body.clone(),
            status,
        }
    }

    /// The body as it was sent.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecordedRequest")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers)
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}
