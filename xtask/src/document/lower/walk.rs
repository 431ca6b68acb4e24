//! The walk through a document: each place has its JSON pointer, and what is not
//! known there is rejected.

use std::fmt;

use serde_json::{Map, Value};

/// Something that OpenAPI 3.0.3 cannot say, or that this lowering does not know.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Error {
    pointer: Pointer,
    problem: String,
}

/// An object whose every entry is lowered, or rejected.
pub(crate) fn object(
    value: &Value,
    at: &Pointer,
    mut entry: impl FnMut(&str, &Value, &Pointer) -> Result<Value, Error>,
) -> Result<Value, Error> {
    let object = value
        .as_object()
        .ok_or_else(|| at.error("is not an object"))?;
    object
        .iter()
        .map(|(key, value)| Ok((key.clone(), entry(key, value, &at.child(key))?)))
        .collect::<Result<Map<_, _>, _>>()
        .map(Value::Object)
}

pub(crate) fn array(
    value: &Value,
    at: &Pointer,
    item: impl Fn(&Value, &Pointer) -> Result<Value, Error>,
) -> Result<Value, Error> {
    let array = value
        .as_array()
        .ok_or_else(|| at.error("is not an array"))?;
    array
        .iter()
        .enumerate()
        .map(|(index, value)| item(value, &at.child(&index.to_string())))
        .collect::<Result<Vec<_>, _>>()
        .map(Value::Array)
}

/// Extensions mean the same in both versions; nothing else is taken on trust.
pub(crate) fn other(key: &str, value: &Value, at: &Pointer) -> Result<Value, Error> {
    if key.starts_with("x-") {
        Ok(value.clone())
    } else {
        Err(at.error("is not known to the lowering; teach it, or change it in overlay.json"))
    }
}

/// The place in the document, as a JSON pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pointer(String);

impl Pointer {
    pub(crate) fn child(&self, token: &str) -> Self {
        let token = token.replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{token}", self.0))
    }

    pub(crate) fn error(&self, problem: impl Into<String>) -> Error {
        Error {
            pointer: self.clone(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{} {}", self.pointer.0, self.problem)
    }
}

impl std::error::Error for Error {}
