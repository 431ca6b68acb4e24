//! The errors of all calls.

use std::fmt;

use contender_harness::careful::Inconsistent;
use reqwest::StatusCode;

pub(crate) type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
pub(crate) enum Error {
    InvalidUrl,
    InvalidToken,
    InvalidId,
    Transport(reqwest::Error),
    Status {
        status: StatusCode,
        detail: Option<String>,
    },
    NotJson(StatusCode),
    Encoded,
    TooLarge,
    Decode(serde_json::Error),
    Inconsistent(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl => write!(formatter, "the URL is invalid"),
            Self::InvalidToken => write!(formatter, "the token is invalid"),
            Self::InvalidId => write!(formatter, "the ID is invalid"),
            Self::Transport(_) => write!(formatter, "the request failed"),
            Self::Status { status, detail } => {
                let detail = detail.as_deref().unwrap_or("no detail");
                write!(formatter, "the server responded with {status}: {detail}")
            }
            Self::NotJson(status) => write!(formatter, "{status}, but the body is not JSON"),
            Self::Encoded => write!(formatter, "the response is compressed"),
            Self::TooLarge => write!(formatter, "the response is too large"),
            Self::Decode(_) => write!(formatter, "the response has another shape"),
            Self::Inconsistent(problem) => write!(formatter, "{problem}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Decode(error) => Some(error),
            _ => None,
        }
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error)
    }
}

impl From<Inconsistent> for Error {
    fn from(Inconsistent(problem): Inconsistent) -> Self {
        Self::Inconsistent(problem)
    }
}
