//! Permissions that cannot be parsed or set.

use std::{error::Error, fmt};

use crate::value::text_check;

/// The error of parsing or setting a permission.
///
/// Converts to an [`Error`](crate::Error) of the kind
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput). The message contains at most the
/// beginning of the name, and escapes invisible characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionError {
    message: String,
}

impl PermissionError {
    /// An error about the permission with this name or path.
    pub(crate) fn new(path: &str, problem: impl fmt::Display) -> Self {
        let path = text_check::shown(path);
        Self {
            message: format!("the permission `{path}` {problem}"),
        }
    }
}

impl fmt::Display for PermissionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.message)
    }
}

impl Error for PermissionError {}
