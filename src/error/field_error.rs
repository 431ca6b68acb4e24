//! The fields that a server rejects.

use std::fmt;

use serde::Serialize;

/// One invalid field of a request, as a 422 names it.
///
/// Source: the schema `ValidationError` of the server's document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldError {
    /// The field's place, joined by dots: `body.data.config`.
    pub path: String,
    /// What is wrong, in the server's words.
    pub message: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}
