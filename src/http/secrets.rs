//! Redacts the token and added headers in texts of the server, in any form that a server repeats them.

#[cfg(test)]
pub(crate) mod echo;
pub(crate) mod forms;
pub(crate) mod headers;
pub(crate) mod patterns;
pub(crate) mod redaction;
pub(crate) mod server_text;
pub(crate) mod token_place;
pub(crate) mod unescape;
