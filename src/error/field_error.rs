//! Fields that a server rejects.

use std::fmt;

use serde::Serialize;

/// An invalid field of a request, from a 422 response.
///
/// Source: the schema `ValidationError` of the server's document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldError {
    /// The path of the field, joined by dots: `body.data.config`.
    pub path: String,
    /// The server's description of the problem.
    pub message: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}
