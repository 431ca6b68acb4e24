//! The groups, cut out of the document that a server publishes.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

/// The tag of the operations to keep.
const TAG: &str = "groups";

/// No groups operation refers to it, but it names every permission there is. It has the second name
/// if servers send and accept different forms of it.
const PERMISSIONS: [&str; 2] = ["UserPermissions", "UserPermissions-Output"];

/// The other operations to keep: users, default permissions, and the settings that report who else
/// writes memberships. Older servers lack some of them.
const FURTHER: &[&str] = &[
    "GET /api/config",
    "GET /api/v1/auths/",
    "GET /api/v1/auths/admin/config",
    "GET /api/v1/auths/admin/config/ldap",
    "GET /api/v1/auths/admin/config/ldap/server",
    "GET /api/v1/auths/admin/config/oauth",
    "GET /api/v1/users/all",
    "GET /api/v1/users/default/permissions",
    "GET /api/v1/users/search",
    "GET /api/v1/users/{user_id}/groups",
    "GET /api/v1/users/{user_id}/preview",
];

/// The groups operations of a published document and those of [`FURTHER`] that
/// it has, and every schema and security scheme that they or the permissions
/// reach, all as published.
///
/// # Errors
///
/// When the document has no groups operations, no `UserPermissions`, or a
/// reference that leads nowhere.
pub(crate) fn cut(published: &Value) -> Result<Value> {
    let mut paths = Map::new();
    let mut has_groups = false;
    for (path, item) in object(published, "/paths")? {
        let item = item
            .as_object()
            .with_context(|| format!("{path} is not an object"))?;
        has_groups |= item.values().any(has_tag);
        let is_further = |key: &str| FURTHER.contains(&place(key, path).as_str());
        // What is no operation (parameters, for example) counts for all of them.
        let kept: Map<_, _> = item
            .iter()
            .filter(|(key, value)| !is_method(key) || has_tag(value) || is_further(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if kept.keys().any(|key| is_method(key)) {
            paths.insert(path.clone(), Value::Object(kept));
        }
    }
    ensure!(
        has_groups,
        "the document has no operation with the tag `{TAG}`"
    );

    let mut reached = Reached::default();
    reached.follow(
        published,
        &format!("#/components/schemas/{}", permissions(published)),
    )?;
    let paths = Value::Object(paths);
    reached.collect(published, &paths)?;
    let mut components = Map::from_iter([("schemas".to_owned(), Value::Object(reached.schemas))]);
    let schemes = security_schemes(published, &paths)?;
    if !schemes.is_empty() {
        components.insert("securitySchemes".to_owned(), Value::Object(schemes));
    }
    Ok(json!({
        "openapi": published.get("openapi"),
        "info": published.get("info"),
        "paths": paths,
        "components": components,
    }))
}

/// The name of the schema that names every permission.
pub(crate) fn permissions(document: &Value) -> &'static str {
    let schemas = document.pointer("/components/schemas");
    let is_there = |name: &str| schemas.is_some_and(|schemas| schemas.get(name).is_some());
    let [plain, output] = PERMISSIONS;
    match is_there(output) && !is_there(plain) {
        true => output,
        false => plain,
    }
}

/// Method and path of each operation, in the document's order.
pub(crate) fn operations(document: &Value) -> Vec<String> {
    let mut operations: Vec<_> = operation_pointers(document)
        .into_iter()
        .map(|(_, place)| place)
        .collect();
    operations.sort_by(|one, other| {
        let path = |operation: &str| operation.split_once(' ').map(|(_, path)| path.to_owned());
        path(one).cmp(&path(other)).then(one.cmp(other))
    });
    operations
}

/// The pointer of each operation, with its method and path.
pub(crate) fn operation_pointers(document: &Value) -> Vec<(String, String)> {
    let paths = document.pointer("/paths").and_then(Value::as_object);
    paths
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flat_map(Map::keys);
            let escaped = path.replace('~', "~0").replace('/', "~1");
            methods.filter(|key| is_method(key)).map(move |method| {
                let pointer = format!("/paths/{escaped}/{method}");
                (pointer, place(method, path))
            })
        })
        .collect()
}

/// Whether a key of a path item is an operation.
pub(crate) fn is_method(key: &str) -> bool {
    [
        "get", "put", "post", "delete", "options", "head", "patch", "trace",
    ]
    .contains(&key)
}

/// The method and the path of an operation, as its name in reports.
pub(crate) fn place(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_uppercase())
}

fn has_tag(operation: &Value) -> bool {
    operation
        .get("tags")
        .and_then(Value::as_array)
        .is_some_and(|tags| tags.iter().any(|tag| tag == TAG))
}

fn object<'a>(document: &'a Value, pointer: &str) -> Result<&'a Map<String, Value>> {
    document
        .pointer(pointer)
        .and_then(Value::as_object)
        .with_context(|| format!("the document has no object at {pointer}"))
}

/// The schemas reached so far.
#[derive(Default)]
struct Reached {
    schemas: Map<String, Value>,
}

impl Reached {
    fn collect(&mut self, published: &Value, value: &Value) -> Result<()> {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    self.follow(published, reference)?;
                }
                object
                    .values()
                    .try_for_each(|value| self.collect(published, value))
            }
            Value::Array(array) => array
                .iter()
                .try_for_each(|value| self.collect(published, value)),
            _ => Ok(()),
        }
    }

    fn follow(&mut self, published: &Value, reference: &str) -> Result<()> {
        let Some(name) = reference.strip_prefix("#/components/schemas/") else {
            bail!("the reference {reference} is not to a schema of the same document");
        };
        if self.schemas.contains_key(name) {
            return Ok(());
        }
        let schema = published
            .get("components")
            .and_then(|components| components.get("schemas"))
            .and_then(|schemas| schemas.get(name))
            .with_context(|| format!("the document has no {reference}"))?;
        self.schemas.insert(name.to_owned(), schema.clone());
        self.collect(published, schema)
    }
}

/// The security schemes that the operations name.
fn security_schemes(published: &Value, paths: &Value) -> Result<Map<String, Value>> {
    let names: BTreeSet<&String> = paths
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .filter_map(Value::as_object)
        .flat_map(Map::values)
        .filter_map(|operation| operation.get("security")?.as_array())
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(Map::keys)
        .collect();
    names
        .into_iter()
        .map(|name| {
            let scheme = published
                .get("components")
                .and_then(|components| components.get("securitySchemes"))
                .and_then(|schemes| schemes.get(name))
                .with_context(|| format!("the document has no security scheme `{name}`"))?;
            Ok((name.clone(), scheme.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published() -> Value {
        json!({
            "openapi": "3.1.0",
            "info": {"title": "Open WebUI", "version": "0.1.0"},
            "paths": {
                "/groups/": {
                    "get": {
                        "tags": ["groups"],
                        "security": [{"HTTPBearer": []}],
                        "responses": {"200": {"content": {"application/json": {
                            "schema": {"$ref": "#/components/schemas/Tree"}}}}}
                    },
                    "post": {"tags": ["other"]}
                },
                "/chats/": {"get": {"tags": ["chats"]}}
            },
            "components": {
                "schemas": {
                    "Tree": {"properties": {"children": {"items": {"$ref": "#/components/schemas/Tree"}}}},
                    "UserPermissions": {"properties": {"chat": {"$ref": "#/components/schemas/Chat"}}},
                    "Chat": {"properties": {"delete": {"type": "boolean"}}},
                    "Unrelated": {"type": "string"}
                },
                "securitySchemes": {"HTTPBearer": {"type": "http", "scheme": "bearer"}, "Other": {}}
            }
        })
    }

    #[test]
    fn keeps_the_groups_and_what_they_and_the_permissions_reach() {
        let slice = cut(&published()).unwrap();
        assert_eq!(operations(&slice), ["GET /groups/"]);
        let names = |pointer| object(&slice, pointer).unwrap().keys().collect::<Vec<_>>();
        assert_eq!(
            names("/components/schemas"),
            ["Chat", "Tree", "UserPermissions"]
        );
        assert_eq!(names("/components/securitySchemes"), ["HTTPBearer"]);
    }

    #[test]
    fn further_operations_are_kept_if_the_document_has_them() {
        let mut published = published();
        published["paths"]["/api/config"] = json!({"get": {}, "post": {}});
        let slice = cut(&published).unwrap();
        assert_eq!(operations(&slice), ["GET /api/config", "GET /groups/"]);
    }

    #[test]
    fn a_document_without_groups_is_rejected() {
        let mut published = published();
        published["paths"] = json!({"/api/config": {"get": {"tags": ["configs"]}}});
        let error = cut(&published).unwrap_err().to_string();
        assert!(error.contains("no operation with the tag"), "{error}");
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_rejected() {
        let mut published = published();
        published["components"]["schemas"]
            .as_object_mut()
            .unwrap()
            .remove("Chat");
        let error = cut(&published).unwrap_err().to_string();
        assert!(error.contains("#/components/schemas/Chat"), "{error}");
    }
}
