//! The place in a document, as a JSON pointer, and what is reported about it.

use std::fmt;

use crate::document::note::Note;

/// A document that cannot be lowered at all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Error {
    pointer: Pointer,
    problem: String,
}

/// The place in the document, as a JSON pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pointer(String);

impl Pointer {
    pub(crate) fn child(&self, token: &str) -> Self {
        let token = token.replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{token}", self.0))
    }

    /// The place with these tokens below this one.
    pub(crate) fn below(&self, tokens: &[&str]) -> Self {
        tokens
            .iter()
            .fold(self.clone(), |pointer, token| pointer.child(token))
    }

    pub(crate) fn error(&self, problem: impl Into<String>) -> Error {
        Error {
            pointer: self.clone(),
            problem: problem.into(),
        }
    }

    pub(crate) fn note(&self, text: impl Into<String>) -> Note {
        Note {
            pointer: self.0.clone(),
            text: text.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{} {}", self.pointer.0, self.problem)
    }
}

impl std::error::Error for Error {}
