//! What a schema is: its kind, and what the generator makes of it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::document::drift::log::{clip, text};

/// A schema, or any other object of the document.
pub(crate) type Object = Map<String, Value>;

/// Whether the generator makes this an `Option<T>` where it is a field.
pub(crate) fn is_option(schema: &Object, required: bool) -> bool {
    // What is absent is the default, or the empty list or map.
    let is_list = schema.get("type").is_some_and(|kind| kind == "array");
    let is_map = schema.get("type").is_some_and(|kind| kind == "object")
        && !schema.contains_key("properties");
    let has_default = schema.contains_key("default") || is_list || is_map;
    schema.get("nullable") == Some(&Value::Bool(true)) || (!required && !has_default)
}

/// Says that a field changed its Rust type, if it did.
pub(crate) fn option_note(options: (bool, bool)) -> &'static str {
    match options {
        (false, true) => " (`T` becomes `Option<T>`)",
        (true, false) => " (`Option<T>` becomes `T`)",
        _ => "",
    }
}

/// A schema without the `allOf` of one that puts `nullable` beside a `$ref`.
pub(crate) fn unwrapped(schema: &Object) -> Cow<'_, Object> {
    let Some(Value::Object(inner)) = only_part(schema.get("allOf")) else {
        return Cow::Borrowed(schema);
    };
    if inner.keys().any(|key| schema.contains_key(key)) {
        return Cow::Borrowed(schema); // merging would lose one of the two
    }
    let mut merged = schema.clone();
    merged.remove("allOf");
    merged.extend(inner.clone());
    Cow::Owned(merged)
}

/// The reference that a schema is, wrapped or not.
pub(crate) fn reference(schema: &Value) -> Option<&str> {
    let wrapped = || only_part(schema.get("allOf"))?.get("$ref");
    schema.get("$ref").or_else(wrapped)?.as_str()
}

/// Whether a comparison keyword by keyword says more than "another type".
pub(crate) fn same_kind(old: &Object, new: &Object) -> bool {
    let same = |key| old.get(key) == new.get(key);
    let both = |key| old.contains_key(key) == new.contains_key(key);
    let shapes = ["enum", "anyOf", "oneOf", "allOf", "items", "properties"];
    same("$ref") && same("type") && shapes.into_iter().all(both)
}

/// Whether the generator makes a type of its own of an inline schema.
pub(crate) fn gets_own_type(schema: &Object) -> bool {
    let makers = [
        "enum",
        "anyOf",
        "oneOf",
        "properties",
        "pattern",
        "minLength",
        "maxLength",
    ];
    makers.into_iter().any(|key| schema.contains_key(key))
}

/// The type of a schema in a few words.
pub(crate) fn describe(schema: &Object) -> String {
    let part = |value: Option<&Value>| match value {
        Some(Value::Object(schema)) => describe(&unwrapped(schema)),
        None | Some(Value::Bool(true)) => "anything".to_owned(),
        other => text(other),
    };
    let parts = |parts: &Value| {
        let parts = parts.as_array().map(Vec::as_slice).unwrap_or_default();
        let parts: Vec<_> = parts.iter().map(|value| part(Some(value))).collect();
        parts.join(" or ")
    };
    let kind = schema.get("type").and_then(Value::as_str);
    let words = if let Some(reference) = schema.get("$ref") {
        let reference = reference.as_str().unwrap_or("a malformed reference");
        format!("`{}`", reference.rsplit('/').next().unwrap_or(reference))
    } else if let Some(Value::Array(values)) = schema.get("enum") {
        let kind = kind.map_or(String::new(), |kind| format!("{kind} "));
        format!("{kind}enum of {} values", values.len())
    } else if let Some(variants) = schema.get("anyOf").or(schema.get("oneOf")) {
        parts(variants)
    } else if schema.contains_key("allOf") {
        "a combination of schemas".to_owned()
    } else {
        match (kind, schema.get("format").and_then(Value::as_str)) {
            (Some("array"), _) => format!("array of {}", part(schema.get("items"))),
            (Some("object"), _) if schema.contains_key("properties") => "object".to_owned(),
            (Some("object"), _) => {
                format!("map of {}", part(schema.get("additionalProperties")))
            }
            (Some(kind), Some(format)) => format!("{kind} ({format})"),
            (Some(kind), None) => kind.to_owned(),
            (None, _) => part(schema.get("type")),
        }
    };
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    clip(&format!(
        "{}{words}",
        if nullable { "nullable " } else { "" }
    ))
}

fn only_part(parts: Option<&Value>) -> Option<&Value> {
    match parts?.as_array()?.as_slice() {
        [part] => Some(part),
        _ => None,
    }
}
