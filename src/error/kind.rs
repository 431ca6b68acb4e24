//! The kinds of errors.

use std::fmt;

use serde::Serialize;

/// The kind of an [`Error`](crate::Error).
///
/// [The table of errors](crate#errors) lists what to do about each kind. `Display` is one phrase.
/// Serializes as the name in snake case, for example `not_found`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The arguments or the settings are invalid. Nothing was changed on the server.
    InvalidInput,
    /// No connection to the server.
    Connect,
    /// The TLS handshake failed, usually because of a certificate. Nothing was carried out.
    Tls,
    /// The server did not respond in time. A change may have been carried out.
    Timeout,
    /// The connection broke. A change may have been carried out.
    Interrupted,
    /// The server or a proxy does not accept the token or the credentials.
    Unauthenticated,
    /// The token is valid, but its user is not permitted to do this.
    PermissionDenied,
    /// The group or the user does not exist, or no group has the name of the parent.
    NotFound,
    /// The server rejects the request, for example because the new parent is below the group.
    Rejected,
    /// The server finds fields of the request invalid (422).
    Validation,
    /// The server is too old for the call.
    UnsupportedVersion,
    /// The response is not from the API of Open WebUI: an HTML page, a redirect to a login page, or
    /// the JSON of a different program.
    #[serde(rename = "not_open_webui")]
    NotOpenWebUi,
    /// The server received too many requests (429).
    RateLimited,
    /// The server failed (5xx, except for 504 and 524, which are timeouts).
    Server,
    /// The response exceeds the client's limit.
    ResponseTooLarge,
    /// The response cannot be read. It does not have the documented shape, or has an unexpected
    /// status or content encoding.
    Decode,
    /// Another client changed the group concurrently.
    Conflict,
    /// Several groups have the name.
    Ambiguous,
    /// The server accepted the request, but applied only part of it.
    PartiallyApplied,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::InvalidInput => "invalid input",
            Self::Connect => "no connection to the server",
            Self::Tls => "the TLS handshake failed",
            Self::Timeout => "the server did not respond in time",
            Self::Interrupted => "the connection broke before the response was complete",
            Self::Unauthenticated => "the server does not accept the token",
            Self::PermissionDenied => "the token's user is not permitted to do this",
            Self::NotFound => "the group does not exist",
            Self::Rejected => "the server rejected the request",
            Self::Validation => "the server found the request invalid",
            Self::UnsupportedVersion => "not supported by this version of Open WebUI",
            Self::NotOpenWebUi => "the URL does not point to an Open WebUI API; check the base URL",
            Self::RateLimited => "too many requests",
            Self::Server => "the server failed",
            Self::ResponseTooLarge => "the response exceeds the client's limit",
            Self::Decode => "the response does not have the documented shape",
            Self::Conflict => "another client changed the group concurrently; try again",
            Self::Ambiguous => "several groups have this name",
            Self::PartiallyApplied => {
                "the server applied only part of the request; see `membership_change()`"
            }
        })
    }
}
