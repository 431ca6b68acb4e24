//! One call on the wire: base URL, headers and secrets, connections, retries, and what a
//! response means.

pub(crate) mod base_url;
pub(crate) mod call;
pub(crate) mod call_settings;
pub(crate) mod classify;
pub(crate) mod connections;
pub(crate) mod deadline;
pub(crate) mod error_body;
pub(crate) mod known_version;
pub(crate) mod parent_key;
pub(crate) mod request_event;
pub(crate) mod response_body;
pub(crate) mod retry;
pub(crate) mod secrets;
pub(crate) mod sender;
pub(crate) mod server_version;
pub(crate) mod tls_problem;
pub(crate) mod transport;
pub(crate) mod transport_error;
