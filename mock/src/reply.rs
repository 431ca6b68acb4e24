//! Replies to requests.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

/// A response, and how it is sent.
pub(crate) struct Reply {
    pub(crate) response: Response<Bytes>,
    pub(crate) transfer: Transfer,
}

/// How a response is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Transfer {
    Complete,
    /// After this delay.
    Delayed(Duration),
    /// Half of the body, then the connection is closed.
    Truncated,
    /// The body, followed by an endless sequence of spaces.
    Endless,
}

impl Reply {
    /// A response without a fault.
    pub(crate) fn complete(response: impl Into<Response<Bytes>>) -> Self {
        Self {
            response: response.into(),
            transfer: Transfer::Complete,
        }
    }
}
