//! OpenAPI 3.1 to 3.0.3, for a generator that knows only 3.0.
//!
//! What the generator makes dependable types of is expressed. Everything else becomes a more open
//! type, or is left out, with a note. An operation that cannot be generated without it is left out.

mod components;
mod context;
mod object;
mod operation;
mod parameter;
mod permissions;
mod rust_names;
mod schema;
mod shape;
mod union;
mod walk;
mod write;

use serde_json::{Map, Value, json};

use crate::document::{
    lower::{
        context::Lowering,
        walk::{Error, Pointer},
    },
    note::Note,
    slice,
};

/// A lowered document.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) document: Value,
    /// Where it is less exact than the published one.
    pub(crate) notes: Vec<Note>,
}

/// Lowers a document.
///
/// # Errors
///
/// Returns an error if it is not an OpenAPI document with paths.
pub(crate) fn to_3_0(document: &Value) -> Result<Lowered, Error> {
    let root = Pointer::default();
    match document.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.") => {}
        Some(version) => return Err(root.child("openapi").error(format!("{version} is not 3.1"))),
        None => return Err(root.error("is not an OpenAPI document: it has no `openapi`")),
    }
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.ok_or_else(|| root.child("paths").error("is not an object"))?;
    let empty = Map::new();
    let schemas = document
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let mut lowering = Lowering::new(document, schemas.unwrap_or(&empty));
    let paths = lowering.paths(paths, &root.child("paths"));
    let schemas = lowering.components(&paths);
    let mut components = json!({ "schemas": schemas });
    let schemes = lowering.security_schemes();
    if let (Some(components), false) = (components.as_object_mut(), schemes.is_empty()) {
        components.insert("securitySchemes".to_owned(), Value::Object(schemes));
    }
    let text = |key: &str| {
        let value = document.pointer(&format!("/info/{key}"));
        value.and_then(Value::as_str).unwrap_or_default()
    };
    let mut notes = lowering.notes;
    notes.sort();
    Ok(Lowered {
        document: json!({
            "openapi": "3.0.3",
            "info": {"title": text("title"), "version": text("version")},
            "paths": paths,
            "components": components,
        }),
        notes,
    })
}

impl Lowering<'_> {
    fn paths(&mut self, paths: &Map<String, Value>, at: &Pointer) -> Map<String, Value> {
        let mut lowered = Map::new();
        for (path, item) in paths {
            let at = at.child(path);
            let shared = item.get("parameters").and_then(Value::as_array);
            let shared = shared.into_iter().flatten().enumerate();
            let shared: Vec<_> = shared
                .map(|(index, one)| (one.clone(), at.below(&["parameters", &index.to_string()])))
                .collect();
            let mut operations = Map::new();
            let methods = item.as_object().into_iter().flatten();
            for (method, operation) in methods.filter(|(key, _)| slice::is_method(key)) {
                let at = at.child(method);
                let mark = self.mark();
                match self.operation(operation, &shared, path, method, &at) {
                    Ok(operation) => _ = operations.insert(method.clone(), operation),
                    Err(reason) => {
                        self.return_to(mark);
                        self.note(&at, format!("not generated: {reason}"));
                    }
                }
            }
            if !operations.is_empty() {
                lowered.insert(path.clone(), Value::Object(operations));
            }
        }
        lowered
    }

    fn security_schemes(&mut self) -> Map<String, Value> {
        let all = self.document.pointer("/components/securitySchemes");
        let mut lowered = Map::new();
        for (name, scheme) in all.and_then(Value::as_object).into_iter().flatten() {
            // The client sends its token itself; the rest is documentation.
            let is_known = scheme.get("type").is_some_and(|kind| kind == "http")
                && scheme.get("scheme").is_some_and(Value::is_string);
            if is_known {
                let keys = ["type", "scheme", "bearerFormat", "description"];
                let entries = keys.iter().filter_map(|key| {
                    let text = scheme.get(*key).filter(|text| text.is_string())?;
                    Some(((*key).to_owned(), text.clone()))
                });
                lowered.insert(name.clone(), Value::Object(entries.collect()));
            }
        }
        lowered
    }
}

#[cfg(test)]
mod tests;
