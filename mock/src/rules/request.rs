//! The request that a handler receives.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method};

/// A request whose body was read.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A header in which some versions also accept a token.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
