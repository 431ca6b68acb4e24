//! How a test ends, and how it gets there in few words.

use std::{error::Error as StdError, fmt::Debug, panic::Location};

use owui_groups::{Error, ErrorKind};
use serde_json::{Map, Value};

/// The end of a test; assertions may panic instead.
pub(crate) type Outcome<T = ()> = Result<T, Ending>;

/// Why a test did not get to its end.
#[derive(Debug)]
pub(crate) enum Ending {
    Failed(String),
    /// The server is set up so that there is nothing to test.
    Skipped(String),
}

/// A failure at the caller's place.
#[track_caller]
pub(crate) fn failure(message: impl AsRef<str>) -> Ending {
    Ending::Failed(format!("{}: {}", Location::caller(), message.as_ref()))
}

impl<E: StdError> From<E> for Ending {
    #[track_caller]
    fn from(error: E) -> Self {
        failure(with_causes(&error))
    }
}

/// The error, given that the call failed in this way.
#[track_caller]
pub(crate) fn fails<T: Debug>(kind: ErrorKind, outcome: Result<T, Error>) -> Outcome<Error> {
    match outcome {
        Err(error) if error.kind() == kind => Ok(error),
        Err(error) => Err(failure(format!(
            "not {kind:?}, but: {}",
            with_causes(&error)
        ))),
        Ok(value) => Err(failure(format!("not {kind:?}, but a success: {value:?}"))),
    }
}

/// The value, given that there is one.
#[track_caller]
pub(crate) fn some<T>(value: Option<T>) -> Outcome<T> {
    value.ok_or_else(|| failure("there is nothing where something was expected"))
}

/// The object of a JSON literal.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// The ids in an order that can be compared.
pub(crate) fn sorted<S: Into<String>>(ids: impl IntoIterator<Item = S>) -> Vec<String> {
    let mut ids: Vec<String> = ids.into_iter().map(Into::into).collect();
    ids.sort();
    ids
}

pub(crate) fn with_causes(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(" <- {error}"));
        cause = error.source();
    }
    text
}
