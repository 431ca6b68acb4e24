//! One call on the wire: base URL, headers and secrets, connections, retries, and what a
//! response means.

pub(crate) mod base_url;
pub(crate) mod call;
pub(crate) mod classify;
pub(crate) mod connections;
pub(crate) mod deadline;
#[cfg(test)]
pub(crate) mod echo;
pub(crate) mod error_body;
pub(crate) mod known_version;
pub(crate) mod redaction;
pub(crate) mod request_event;
pub(crate) mod retry;
pub(crate) mod secret_forms;
pub(crate) mod secret_headers;
pub(crate) mod secret_patterns;
pub(crate) mod sender;
pub(crate) mod server_text;
pub(crate) mod server_version;
pub(crate) mod tls_problem;
pub(crate) mod token_place;
pub(crate) mod transport;
pub(crate) mod transport_error;
pub(crate) mod unescape;
