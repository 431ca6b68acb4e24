//! Permissions that cannot be named or set.

use std::{error::Error, fmt};

use crate::value::text_check;

/// Why a text does not name a permission, or why a permission cannot be set.
///
/// Converts to [`Error`](crate::Error) of the kind
/// [`InvalidInput`](crate::ErrorKind::InvalidInput). The message shows at most the beginning of the
/// name, with escapes in place of characters that cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionError {
    message: String,
}

impl PermissionError {
    /// An error about this name or path.
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
