//! Reads parts of the document.

use serde_json::{Map, Value};

/// The schema that a property refers to, directly or with keywords beside it.
pub(crate) fn referred(property: &Value) -> Option<&str> {
    property
        .get("$ref")
        .or_else(|| property.pointer("/allOf/0/$ref"))?
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

/// The object at a pointer.
///
/// # Errors
///
/// If there is none.
pub(crate) fn object<'a>(
    document: &'a Value,
    pointer: &str,
) -> Result<&'a Map<String, Value>, String> {
    document
        .pointer(pointer)
        .and_then(Value::as_object)
        .ok_or_else(|| format!("has no object at {pointer}"))
}

/// The text of a key that the document must have at this place.
///
/// # Errors
///
/// Explains where the key comes from.
pub(crate) fn text<'a>(object: &'a Value, key: &str, place: &str) -> Result<&'a str, String> {
    object
        .get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| missing(key, place))
}

fn missing(key: &str, place: &str) -> String {
    match key {
        "x-since" | "since" => {
            format!("{place} has no `{key}`; `cargo xtask refresh` derives it from history.json")
        }
        _ => format!("{place} has no `{key}`; overlay.json is the place for it"),
    }
}
