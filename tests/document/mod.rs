//! The server's document.
#![allow(dead_code, reason = "no test file needs all of it")]

use serde_json::Value;

/// One method and path of the document.
pub(crate) struct Described {
    /// The `operationId`.
    pub(crate) id: String,
    /// The HTTP method, in capitals.
    pub(crate) method: String,
    /// The path, with its parameters in braces.
    pub(crate) path: String,
    /// The operation object of the document.
    pub(crate) content: Value,
}

/// The document that the crate was generated from.
pub(crate) fn document() -> Value {
    let text = include_str!("../../openapi/groups.json");
    text.parse().unwrap_or_default()
}

/// Every operation of the document.
pub(crate) fn operations(document: &Value) -> Vec<Described> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations: Vec<_> = paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, content)| Described {
                id: content["operationId"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                content: content.clone(),
            })
        })
        .collect();
    assert!(!operations.is_empty(), "the document has no operations");
    operations
}

/// The component that a schema refers to, directly or with keywords beside it.
pub(crate) fn referred(schema: &Value) -> Option<&str> {
    schema
        .get("$ref")
        .or_else(|| schema.pointer("/allOf/0/$ref"))?
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

/// The schema itself, or the component that it refers to.
pub(crate) fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match referred(schema) {
        Some(name) => &document["components"]["schemas"][name],
        None => schema,
    }
}
