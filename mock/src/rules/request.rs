//! A request, as a handler sees it.

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

/// Where some versions take a token as well.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
