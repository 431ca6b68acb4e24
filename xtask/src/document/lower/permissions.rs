//! The schemas of permissions, whose properties are the names of all permissions.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use serde_json::{Map, Value, json};
use syn::Ident;

use crate::document::lower::{
    context::{Lowering, SCHEMAS},
    walk::Pointer,
};

/// The schema with the categories.
const ROOT: &str = "UserPermissions";

impl Lowering<'_> {
    /// Leaves out of the lowered schemas what is not a switch in a category, because the build
    /// makes a name of each of them.
    pub(crate) fn keep_switches(&mut self, lowered: &mut Map<String, Value>) {
        let at = Pointer::default().below(&["components", "schemas", ROOT]);
        let Some(root) = lowered.get_mut(ROOT) else {
            return;
        };
        if !root.get("properties").is_some_and(Value::is_object) {
            self.note(&at, "has no properties; no `Permission` is made of it");
            *root = json!({"type": "object", "properties": {}});
        }
        let categories = properties(lowered, ROOT).unwrap_or_default();
        let mut names = BTreeSet::from(["Unknown".to_owned()]);
        let mut removed = Vec::new();
        for (category, property) in &categories {
            let schema = referred(property).filter(|schema| *schema != ROOT);
            let switches = schema.and_then(|schema| Some((schema, properties(lowered, schema)?)));
            let is_name = !category.contains('.') && is_identifier(&category.to_pascal_case());
            let Some((schema, switches)) = switches.filter(|_| is_name) else {
                let reason = "is not a category of permissions";
                removed.push((ROOT.to_owned(), category.clone(), reason));
                continue;
            };
            for (name, switch) in &switches {
                let variant = format!("{category}.{name}").to_pascal_case();
                let is_switch = switch.get("type").is_some_and(|kind| kind == "boolean");
                let reason = if !is_switch {
                    "is not a switch"
                } else if name.contains('.') || !is_identifier(&variant) || !names.insert(variant) {
                    "has no name of its own in Rust"
                } else {
                    continue;
                };
                removed.push((schema.to_owned(), name.clone(), reason));
            }
        }
        for (schema, name, reason) in removed {
            let Some(schema_value) = lowered.get_mut(&schema).and_then(Value::as_object_mut) else {
                continue;
            };
            if let Some(all) = schema_value
                .get_mut("properties")
                .and_then(Value::as_object_mut)
            {
                all.remove(&name);
            }
            if let Some(all) = schema_value
                .get_mut("required")
                .and_then(Value::as_array_mut)
            {
                all.retain(|one| one.as_str() != Some(name.as_str()));
            }
            schema_value.insert("additionalProperties".to_owned(), json!({}));
            let at =
                Pointer::default().below(&["components", "schemas", &schema, "properties", &name]);
            self.note(&at, format!("{reason}; no `Permission` is made of it"));
        }
    }
}

fn is_identifier(name: &str) -> bool {
    syn::parse_str::<Ident>(name).is_ok()
}

fn properties(schemas: &Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    schemas.get(name)?.get("properties")?.as_object().cloned()
}

fn referred(property: &Value) -> Option<&str> {
    let reference = property
        .get("$ref")
        .or_else(|| property.pointer("/allOf/0/$ref"))?;
    reference.as_str()?.strip_prefix(SCHEMAS)
}
