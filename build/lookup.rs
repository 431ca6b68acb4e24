//! Reads parts of the document.

use serde_json::{Map, Value};

/// The schema that a property refers to, directly or with additional keywords.
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
/// Returns an error if there is no object.
pub(crate) fn object<'a>(
    document: &'a Value,
    pointer: &str,
) -> Result<&'a Map<String, Value>, String> {
    document
        .pointer(pointer)
        .and_then(Value::as_object)
        .ok_or_else(|| format!("has no object at {pointer}"))
}

/// The text of a required key of the document.
///
/// # Errors
///
/// Returns an error if the key is missing, and explains where to add it.
pub(crate) fn text<'a>(object: &'a Value, key: &str, place: &str) -> Result<&'a str, String> {
    object
        .get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| missing(key, place))
}

fn missing(key: &str, place: &str) -> String {
    match key {
        "x-since" | "since" => {
            format!(
                "{place} has no `{key}`; run `cargo xtask refresh` to derive it from history.json"
            )
        }
        _ => format!("{place} has no `{key}`; add it in overlay.json"),
    }
}
