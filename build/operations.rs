//! Reads the operations of the document.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use serde_json::Value;

/// The keys of a path that are operations, as opposed to `parameters` and `summary`, for example.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The names of methods that the generated client has, or calls on itself.
const TAKEN: [&str; 5] = ["new", "new_with_client", "pre", "exec", "post"];

/// One method of one path.
pub(crate) struct Operation<'a> {
    pub(crate) path: &'a str,
    /// In lower case.
    pub(crate) method: &'a str,
    pub(crate) content: &'a Value,
}

impl Operation<'_> {
    /// The method and the path, for messages.
    pub(crate) fn place(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    fn id(&self) -> Option<&str> {
        self.content.get("operationId")?.as_str()
    }
}

/// All operations, in the order of the document.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .map(|(method, content)| Operation {
                path,
                method,
                content,
            })
    })
}

/// Checks that each operation has a unique name in Rust.
///
/// # Errors
///
/// Returns an error with the operations whose names collide.
pub(crate) fn check_names(document: &Value) -> Result<(), String> {
    let mut known = BTreeMap::new();
    for operation in operations(document) {
        let Some(id) = operation.id() else { continue };
        let id = id.to_owned();
        // Names of types have no underscores, so they collide more often than names of methods.
        let name = id.to_pascal_case();
        if TAKEN.iter().any(|taken| taken.to_pascal_case() == name) {
            return Err(format!(
                "operation `{id}` has the name of another method of the generated client; change \
                 its `operationId` in overlay.json"
            ));
        }
        if let Some(other) = known.insert(name, id.clone()) {
            return Err(format!(
                "operations `{other}` and `{id}` have the same name in Rust; change one \
                 `operationId` in overlay.json"
            ));
        }
    }
    Ok(())
}
