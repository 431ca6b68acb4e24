//! Recorded requests.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use owui_groups::Operation;

use crate::rules::request::{API_KEY, Request};

/// A request that the mock received.
///
/// `Debug` shows neither the token nor the body, which may contain a password.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The operation, if the emulated version has one for the method and path.
    pub operation: Option<Operation>,
    /// The HTTP method.
    pub method: Method,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: Option<String>,
    /// The headers. Those that contain a token are marked as sensitive.
    pub headers: HeaderMap,
    /// The status of the response. `None` if the connection was closed instead.
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

    /// Returns the body as it was sent.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body parsed as JSON, or `None` if it is not JSON.
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
