//! The permissions that a document names.

use serde_json::{Map, Value};

use crate::document::slice;

/// One permission of a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Permission {
    /// The category and the name, joined by a dot.
    pub(crate) name: String,
    /// Where its property is.
    pub(crate) pointer: String,
}

/// The permissions in the schema `UserPermissions` and those that it refers to. A schema that
/// contains itself is followed once.
pub(crate) fn named(document: &Value) -> Vec<Permission> {
    let mut found = Vec::new();
    let root = slice::permissions(document);
    follow(document, root, "", &mut Vec::new(), &mut found);
    found
}

/// The permissions in a response, with what they are.
pub(crate) fn defaults(response: &Value) -> Vec<(String, bool)> {
    fn collect(values: &Map<String, Value>, prefix: &str, found: &mut Vec<(String, bool)>) {
        for (key, value) in values {
            match value {
                Value::Bool(value) => found.push((format!("{prefix}{key}"), *value)),
                Value::Object(inner) => collect(inner, &format!("{prefix}{key}."), found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    if let Value::Object(values) = response {
        collect(values, "", &mut found);
    }
    found
}

fn follow<'a>(
    document: &'a Value,
    schema: &'a str,
    prefix: &str,
    above: &mut Vec<&'a str>,
    found: &mut Vec<Permission>,
) {
    let parent = format!("/components/schemas/{schema}/properties");
    let Some(properties) = document.pointer(&parent).and_then(Value::as_object) else {
        return;
    };
    if above.contains(&schema) {
        return;
    }
    above.push(schema);
    for (key, property) in properties {
        let name = format!("{prefix}{key}");
        let reference = property
            .get("$ref")
            .or_else(|| property.pointer("/allOf/0/$ref"))
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix("#/components/schemas/"));
        match reference {
            Some(inner) => follow(document, inner, &format!("{name}."), above, found),
            None if property.is_object() => found.push(Permission {
                name,
                pointer: format!("{parent}/{key}"),
            }),
            // What is not the schema of a switch has no place for what is known of it.
            None => {}
        }
    }
    above.pop();
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn permissions_are_the_leaves_of_the_schemas() {
        let document = json!({"components": {"schemas": {
            "UserPermissions": {"properties": {"chat": {"$ref": "#/components/schemas/Chat"}}},
            "Chat": {"properties": {"delete": {"type": "boolean"}}},
        }}});
        let permission = Permission {
            name: "chat.delete".to_owned(),
            pointer: "/components/schemas/Chat/properties/delete".to_owned(),
        };
        assert_eq!(named(&document), [permission]);
    }

    #[test]
    fn a_schema_that_contains_itself_names_no_permission() {
        let document = json!({"components": {"schemas": {
            "UserPermissions": {"properties": {"x": {"$ref": "#/components/schemas/UserPermissions"}}},
        }}});
        assert_eq!(named(&document), []);
    }

    #[test]
    fn defaults_are_the_switches_of_the_response() {
        let response = json!({"chat": {"delete": true, "limit": 3}, "features": {"notes": false}});
        let expected = [("chat.delete", true), ("features.notes", false)];
        assert_eq!(
            defaults(&response),
            expected.map(|(name, value)| (name.to_owned(), value))
        );
    }
}
