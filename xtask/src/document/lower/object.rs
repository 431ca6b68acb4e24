//! Objects, and objects that several schemas describe together.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use crate::document::lower::{
    context::{Lowering, Place, SCHEMAS},
    rust_names::{field_name, is_as_in_rust, type_name},
    shape::{Kind, Shape},
};

/// The field that holds the keys without a field of their own.
const EXTRA: &str = "extra";

impl Lowering<'_> {
    /// Reads an object with known keys, or a map.
    pub(crate) fn object(&mut self, keywords: &Map<String, Value>, place: &Place) -> Shape {
        let empty = Map::new();
        let known = keywords.get("properties").and_then(Value::as_object);
        let mut properties = known.unwrap_or(&empty).clone();
        let required = keywords.get("required").and_then(Value::as_array);
        let mut required: Vec<String> = required
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if !properties.is_empty() {
            for name in &required {
                properties.entry(name).or_insert(Value::Bool(true));
            }
        }
        let mut others = self.other_keys(keywords, place);
        let impossible: Vec<_> = properties
            .iter()
            .filter(|(_, property)| **property == Value::Bool(false))
            .map(|(name, _)| name.clone())
            .collect();
        for name in impossible {
            properties.remove(&name);
            let at = place.at.below(&["properties", &name]);
            self.note(&at, "allows no value, and is left out");
        }
        for name in without_field(&properties, others.is_some()) {
            properties.remove(&name);
            others = Some(json!({}));
            let at = place.at.below(&["properties", &name]);
            self.note(
                &at,
                "has no name of its own in Rust; it is among the other keys of the object",
            );
        }
        if properties.is_empty() {
            return Shape::of(Kind::Map(others.unwrap_or_else(|| json!({}))));
        }
        let mut listed = BTreeSet::new();
        required.retain(|name| properties.contains_key(name) && listed.insert(name.clone()));
        let mut lowered = Map::new();
        for (name, property) in &properties {
            let part = type_name(name).unwrap_or_else(|| "Value".to_owned());
            let inside = place.inside(&["properties", name], &part.to_pascal_case());
            let mut schema = self.lower(property, &inside);
            if place.sent && !required.contains(name) {
                send_only_what_is_set(&mut schema);
            }
            if place.received && self.is_null_taken_for_a_value(&schema) {
                required.retain(|other| other != name);
            }
            lowered.insert(name.clone(), schema);
        }
        let mut object = Map::from_iter([
            ("type".to_owned(), json!("object")),
            ("properties".to_owned(), Value::Object(lowered)),
        ]);
        if !required.is_empty() {
            object.insert("required".to_owned(), json!(required));
        }
        if let Some(others) = others {
            object.insert("additionalProperties".to_owned(), others);
        }
        Shape::of(Kind::Object(object))
    }

    /// The lowered schema of keys that are not listed. `None` if they do not matter.
    fn other_keys(&mut self, keywords: &Map<String, Value>, place: &Place) -> Option<Value> {
        let patterns = keywords.get("patternProperties").and_then(Value::as_object);
        if patterns.is_some_and(|patterns| !patterns.is_empty()) {
            let at = place.at.child("patternProperties");
            self.note(&at, "is left out; other keys may have any value");
            return Some(json!({}));
        }
        match keywords.get("additionalProperties") {
            None | Some(Value::Bool(false)) => None,
            Some(schema) => {
                Some(self.lower(schema, &place.inside(&["additionalProperties"], "Value")))
            }
        }
    }

    /// Whether a required field of this schema would reject an absent value, although it
    /// accepts null.
    fn is_null_taken_for_a_value(&self, schema: &Value) -> bool {
        match schema.as_object() {
            Some(schema) => {
                let is_open = !schema.contains_key("type") && !schema.contains_key("allOf");
                match schema
                    .get("$ref")
                    .or_else(|| schema.get("allOf")?.get(0)?.get("$ref"))
                {
                    Some(reference) => {
                        let name = reference
                            .as_str()
                            .and_then(|text| text.strip_prefix(SCHEMAS));
                        let name = name.map(|name| self.published_name(name));
                        let schema = name.and_then(|name| self.schemas.get(name));
                        schema.is_some_and(|schema| self.may_be_null(schema, 0))
                    }
                    None => is_open,
                }
            }
            None => true,
        }
    }

    /// Whether a published schema clearly allows null.
    fn may_be_null(&self, schema: &Value, depth: usize) -> bool {
        let Some(keywords) = schema.as_object() else {
            return schema == &Value::Bool(true);
        };
        let allows = |keyword: &str| {
            let all = keywords.get(keyword).and_then(Value::as_array);
            all.is_some_and(|all| all.iter().any(|one| self.may_be_null(one, depth)))
        };
        let kind = keywords.get("type");
        let is_null = |kind: &Value| kind == "null";
        let listed = keywords.get("enum").and_then(Value::as_array);
        let structural = ["$ref", "allOf", "anyOf", "const", "enum", "oneOf", "type"];
        let referred = keywords
            .get("$ref")
            .and_then(|reference| self.referred(reference));
        keywords.get("nullable") == Some(&Value::Bool(true))
            || kind.is_some_and(|kind| {
                is_null(kind) || kind.as_array().is_some_and(|all| all.iter().any(is_null))
            })
            || ["allOf", "anyOf", "oneOf"]
                .iter()
                .any(|keyword| allows(keyword))
            || listed.is_some_and(|all| all.contains(&Value::Null))
            || keywords.get("const") == Some(&Value::Null)
            || depth < 8 && referred.is_some_and(|(_, to)| self.may_be_null(to, depth + 1))
            || !structural
                .iter()
                .any(|keyword| keywords.contains_key(*keyword))
                && !keywords.contains_key("properties")
                && !keywords.contains_key("items")
    }

    /// The object that several schemas describe together. `None` if there is only one, or if one
    /// of them is not an object.
    pub(crate) fn merged(
        &mut self,
        keywords: &Map<String, Value>,
        place: &Place,
    ) -> Option<Map<String, Value>> {
        let all = keywords.get("allOf").and_then(Value::as_array);
        let parts = all.map_or(0, Vec::len)
            + usize::from(keywords.contains_key("$ref"))
            + usize::from(keywords.contains_key("properties"));
        if parts < 2 {
            return None;
        }
        let mut merged = Merged::default();
        self.merge(keywords, &mut merged, &mut Vec::new())?;
        for name in &merged.conflicts {
            self.note(
                &place.at,
                format!("has several schemas for `{name}`, which may be any value"),
            );
            merged.properties.insert(name.clone(), Value::Bool(true));
        }
        let mut object = Map::from_iter([
            ("properties".to_owned(), Value::Object(merged.properties)),
            ("required".to_owned(), Value::Array(merged.required)),
        ]);
        if merged.is_open {
            object.insert("additionalProperties".to_owned(), Value::Bool(true));
        }
        Some(object)
    }

    fn merge(
        &self,
        keywords: &Map<String, Value>,
        merged: &mut Merged,
        above: &mut Vec<String>,
    ) -> Option<()> {
        let others = [
            "anyOf",
            "oneOf",
            "enum",
            "const",
            "items",
            "patternProperties",
        ];
        if others.iter().any(|keyword| keywords.contains_key(*keyword)) {
            return None;
        }
        let kind = keywords.get("type");
        if kind.is_some_and(|kind| kind != "object") {
            return None;
        }
        if let Some(reference) = keywords.get("$ref") {
            let (name, schema) = self.referred(reference)?;
            if above.iter().any(|other| other == name) {
                return None;
            }
            above.push(name.to_owned());
            self.merge(schema.as_object()?, merged, above)?;
            above.pop();
        }
        for part in keywords
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            self.merge(part.as_object()?, merged, above)?;
        }
        let properties = keywords.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if let Some(other) = merged.properties.insert(name.clone(), property.clone())
                && other != *property
            {
                merged.conflicts.push(name.clone());
            }
        }
        let required = keywords.get("required").and_then(Value::as_array);
        merged
            .required
            .extend(required.into_iter().flatten().cloned());
        let others = keywords.get("additionalProperties");
        merged.is_open |= others.is_some_and(|others| *others != Value::Bool(false));
        Some(())
    }
}

/// The generator would send the default of an absent field, with which an update overwrites what is
/// stored, and would leave out an empty array or map, which a server may take for "no change".
fn send_only_what_is_set(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("default");
        let is_array = schema.contains_key("items");
        let is_map = schema.contains_key("additionalProperties");
        if is_array || is_map {
            schema.insert("nullable".to_owned(), json!(true));
        }
    }
}

#[derive(Default)]
struct Merged {
    properties: Map<String, Value>,
    required: Vec<Value>,
    conflicts: Vec<String>,
    is_open: bool,
}

/// The properties whose names in Rust are unknown, or those of others. Of several, the one that is
/// written as in Rust keeps its field, so that a release that adds a similar one does not remove it.
fn without_field(properties: &Map<String, Value>, is_open: bool) -> Vec<String> {
    let mut names: BTreeMap<Option<String>, Vec<&String>> = BTreeMap::new();
    for name in properties.keys() {
        names.entry(field_name(name)).or_default().push(name);
    }
    let mut lost = BTreeSet::new();
    for (field, all) in &names {
        let owner = match all.as_slice() {
            [only] if field.is_some() => Some(*only),
            several => several
                .iter()
                .copied()
                .find(|name| field.is_some() && is_as_in_rust(name)),
        };
        lost.extend(all.iter().copied().filter(|name| Some(*name) != owner));
    }
    if is_open || !lost.is_empty() {
        let extra = names.get(&Some(EXTRA.to_owned()));
        lost.extend(extra.into_iter().flatten().copied());
    }
    lost.into_iter().cloned().collect()
}
