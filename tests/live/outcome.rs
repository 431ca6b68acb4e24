//! Outcomes of tests, and short ways to return them.

use std::{error::Error as StdError, fmt::Debug, panic::Location};

use owui_groups::{Error, ErrorKind};
use serde_json::{Map, Value};

/// The outcome of a test. Assertions may panic instead.
pub(crate) type Outcome<T = ()> = Result<T, Ending>;

/// The reason that a test did not complete.
#[derive(Debug)]
pub(crate) enum Ending {
    Failed(String),
    /// The configuration of the server does not allow the test.
    Skipped(String),
}

/// A failure at the location of the caller.
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

/// Returns the error if the call failed with this kind, and a failure otherwise.
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

/// Asserts that each of the calls is denied.
#[track_caller]
pub(crate) fn all_denied(attempts: Vec<(&str, Result<(), Error>)>) {
    let mut surprises = Vec::new();
    for (what, outcome) in attempts {
        match outcome {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
            other => surprises.push(format!("{what}: {other:?}")),
        }
    }
    assert_eq!(surprises, [""; 0]);
}

/// Returns the value, or a failure if there is none.
#[track_caller]
pub(crate) fn some<T>(value: Option<T>) -> Outcome<T> {
    value.ok_or_else(|| failure("there is nothing where something was expected"))
}

/// The object in a JSON literal.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// The IDs, sorted so that they can be compared.
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
