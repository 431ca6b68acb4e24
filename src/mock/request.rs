//! A request, as the mock got it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

use crate::Operation;

/// A request that the mock got. Its token is hidden from `Debug`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The operation, if the emulated server has one there.
    pub operation: Option<Operation>,
    /// `GET` and the like.
    pub method: String,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: Option<String>,
    /// The headers. Those that carry a token are marked as sensitive.
    pub headers: HeaderMap,
    /// The body as it was sent.
    pub body: Bytes,
    /// The status of the answer; none when the connection was dropped instead.
    pub status: Option<u16>,
}

impl RecordedRequest {
    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// What a handler sees of a request.
pub(super) struct Request {
    pub(super) method: http::Method,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Request {
    /// The request to keep, of which no answer is known yet.
    pub(super) fn record(&self, operation: Option<Operation>) -> RecordedRequest {
        let mut headers = self.headers.clone();
        for name in [header::AUTHORIZATION, header::COOKIE, X_API_KEY] {
            if let header::Entry::Occupied(mut entry) = headers.entry(name) {
                entry
                    .iter_mut()
                    .for_each(|value: &mut HeaderValue| value.set_sensitive(true));
            }
        }
        RecordedRequest {
            operation,
            method: self.method.to_string(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers,
            body: self.body.clone(),
            status: None,
        }
    }
}

const X_API_KEY: http::HeaderName = http::HeaderName::from_static("x-api-key");
