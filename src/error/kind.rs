//! The kinds of errors.

use std::fmt;

use serde::Serialize;

/// What kind of thing went wrong.
///
/// `Display` is one phrase. Serializes as its name in snake case: `not_found`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// What the caller passed cannot be sent; nothing was sent.
    InvalidInput,
    /// No connection to the server.
    Connect,
    /// The TLS handshake failed, mostly because of a certificate; nothing was carried out.
    Tls,
    /// The server did not respond in time. A change may have been carried out.
    Timeout,
    /// The connection broke. A change may have been carried out.
    Interrupted,
    /// The server does not know the token.
    Unauthenticated,
    /// The token is valid, but its user may not do this.
    PermissionDenied,
    /// There is no such group.
    NotFound,
    /// The server understood and refuses, a parent that is a descendant for example.
    Rejected,
    /// The server finds fields of the request invalid (422).
    Validation,
    /// The server is too old for this.
    UnsupportedVersion,
    /// The answer is not that of an Open WebUI's API: a web page, a redirect
    /// to a sign-in, another program's JSON.
    #[serde(rename = "not_open_webui")]
    NotOpenWebUi,
    /// Too many requests.
    RateLimited,
    /// The server failed (5xx, except for 504 and 524, which are timeouts).
    Server,
    /// The answer is larger than the client's limit.
    ResponseTooLarge,
    /// The response is a success, but not of the documented shape, or has an unexpected status or
    /// content coding.
    Decode,
    /// Somebody else changed the group in between.
    Conflict,
    /// Several groups have the name.
    Ambiguous,
    /// The server took the request, but not all of what was asked came true.
    PartiallyApplied,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::InvalidInput => "the input cannot be sent",
            Self::Connect => "no connection to the server",
            Self::Tls => "the TLS handshake failed",
            Self::Timeout => "the server did not respond in time",
            Self::Interrupted => "the connection broke before the response was complete",
            Self::Unauthenticated => "the server does not accept the token",
            Self::PermissionDenied => "the token's user is not permitted to do this",
            Self::NotFound => "there is no such group",
            Self::Rejected => "the server refuses",
            Self::Validation => "the server finds the request invalid",
            Self::UnsupportedVersion => "not supported by this version of Open WebUI",
            Self::NotOpenWebUi => "the URL does not point to an Open WebUI API; check the base URL",
            Self::RateLimited => "too many requests",
            Self::Server => "the server failed",
            Self::ResponseTooLarge => "the response is larger than the client's limit",
            Self::Decode => "the response is not of the documented shape",
            Self::Conflict => "the group was changed by somebody else in between",
            Self::Ambiguous => "several groups have this name",
            Self::PartiallyApplied => {
                "the server applied only part of the request; see `membership_change()`"
            }
        })
    }
}
