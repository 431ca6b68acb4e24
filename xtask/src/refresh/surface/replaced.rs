//! Schemas for which a hand-written type stands.
//!
//! No generated code shows that such a schema changed, and the hand-written type does not follow.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;
use serde_json::{Map, Value};

/// Keys without effect on values. The known values of open enums have lines of their own.
const WITHOUT_EFFECT: [&str; 6] = [
    "description",
    "example",
    "examples",
    "title",
    "x-extensible-enum",
    "x-rust-name",
];

/// The content of the schemas that requests and responses contain and that have no generated type.
pub(crate) fn schemas(
    document: &Value,
    has_type: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let mut reached = BTreeSet::new();
    if let Some(paths) = document.get("paths") {
        reach(document, paths, &mut reached);
    }
    let replaced = reached.into_iter().filter_map(|name| {
        let schema = schema(document, name)?;
        let rust_name = match schema.get("x-rust-name").and_then(Value::as_str) {
            Some(name) => name.to_owned(),
            None => name.to_pascal_case(),
        };
        (!has_type(&rust_name)).then(|| (rust_name, with_effect(schema).to_string()))
    });
    replaced.collect()
}

fn schema<'a>(document: &'a Value, name: &str) -> Option<&'a Value> {
    document.get("components")?.get("schemas")?.get(name)
}

fn reach<'a>(document: &'a Value, value: &'a Value, reached: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(object) => {
            let reference = object.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|path| path.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && reached.insert(name)
                && let Some(schema) = schema(document, name)
            {
                reach(document, schema, reached);
            }
            for value in object.values() {
                reach(document, value, reached);
            }
        }
        Value::Array(values) => {
            for value in values {
                reach(document, value, reached);
            }
        }
        _ => {}
    }
}

fn with_effect(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            // A property may have such a name, and its schema is an object.
            let kept = object.iter().filter(|(key, value)| {
                value.is_object() || !WITHOUT_EFFECT.contains(&key.as_str())
            });
            let kept = kept.map(|(key, value)| (key.clone(), with_effect(value)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(values) => values.iter().map(with_effect).collect(),
        other => other.clone(),
    }
}
