//! Errors of the mock itself.

use std::{error::Error, fmt};

/// The error of starting a mock, or of adding users, groups or members to it.
#[derive(Debug)]
pub struct MockError {
    message: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl MockError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause: None,
        }
    }

    pub(crate) fn with_source(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }
}

impl fmt::Display for MockError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for MockError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn Error + 'static))
    }
}
