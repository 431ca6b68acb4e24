//! The fields that a schema describes, by their path.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use anyhow::{Context, Result};
use serde_json::Value;

/// The fields of a schema. `.` leads to a property, `[]` to the items of an array, and `.*` to
/// any other property; the empty path is the value itself.
pub(crate) type Fields = BTreeMap<String, Field>;

/// What a schema promises about one of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    /// It is there whenever the object is.
    pub(crate) required: bool,
    /// It may be null.
    pub(crate) nullable: bool,
    /// The only values that it may have, if the schema lists them.
    pub(crate) values: BTreeSet<String>,
    /// The pointers of the schemas that have it as a property.
    pub(crate) owners: BTreeSet<String>,
}

/// The fields of the schema at a pointer. A schema inside itself is not followed, and neither is a
/// reference that leads out of the document.
///
/// # Errors
///
/// If a reference leads nowhere.
pub(crate) fn fields(document: &Value, pointer: &str) -> Result<Fields> {
    Walk {
        document,
        above: Vec::new(),
    }
    .schema(pointer)
}

/// The fields of a value that a server sent.
pub(crate) fn recorded(value: &Value) -> Fields {
    let mut fields = Fields::new();
    let mut itself = Field::default();
    match value {
        Value::Null => itself.nullable = true,
        Value::Object(object) => {
            for (key, value) in object {
                let inner = match is_open(key) {
                    true => Fields::from([(String::new(), Field::default())]),
                    false => recorded(value),
                };
                either(&mut fields, below(&format!(".{key}"), inner));
            }
        }
        Value::Array(items) => {
            for item in items {
                either(&mut fields, below("[]", recorded(item)));
            }
        }
        _ => {}
    }
    // One response does not show whether a field is always there.
    fields.values_mut().for_each(|field| field.required = false);
    fields.insert(String::new(), itself);
    fields
}

/// The keys of permissions are data, not fields.
fn is_open(key: &str) -> bool {
    key.ends_with("permissions")
}

struct Walk<'a> {
    document: &'a Value,
    /// The named schemas that the current one is part of.
    above: Vec<String>,
}

impl Walk<'_> {
    fn schema(&mut self, pointer: &str) -> Result<Fields> {
        let schema = self
            .document
            .pointer(pointer)
            .with_context(|| format!("the document has nothing at {pointer}"))?;
        let mut fields = Fields::new();
        let mut itself = Field::default();
        itself.nullable |= is_null(schema)
            || schema
                .get("type")
                .and_then(Value::as_array)
                .is_some_and(|types| types.iter().any(|kind| kind == "null"));
        itself.values = values(schema);
        fields.insert(String::new(), itself);

        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            both(&mut fields, self.reference(reference)?);
        }
        for (index, _) in array(schema, "allOf") {
            both(
                &mut fields,
                self.schema(&format!("{pointer}/allOf/{index}"))?,
            );
        }
        for key in ["anyOf", "oneOf"] {
            let mut alternatives: Option<Fields> = None;
            for (index, alternative) in array(schema, key) {
                if is_null(alternative) {
                    fields.entry(String::new()).or_default().nullable = true;
                    continue;
                }
                let found = self.schema(&format!("{pointer}/{key}/{index}"))?;
                match &mut alternatives {
                    Some(all) => either(all, found),
                    None => alternatives = Some(found),
                }
            }
            both(&mut fields, alternatives.unwrap_or_default());
        }
        let required: BTreeSet<_> = array(schema, "required")
            .filter_map(|(_, name)| name.as_str())
            .collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        for name in properties.into_iter().flat_map(|object| object.keys()) {
            let mut found = self.schema(&format!("{pointer}/properties/{}", escaped(name)))?;
            let field = found.entry(String::new()).or_default();
            field.required = required.contains(name.as_str());
            field.owners = BTreeSet::from([pointer.to_owned()]);
            both(&mut fields, below(&format!(".{name}"), found));
        }
        for (key, path) in [("items", "[]"), ("additionalProperties", ".*")] {
            if schema.get(key).is_some_and(Value::is_object) {
                let found = self.schema(&format!("{pointer}/{key}"))?;
                both(&mut fields, below(path, found));
            }
        }
        Ok(fields)
    }

    fn reference(&mut self, reference: &str) -> Result<Fields> {
        let target = reference.strip_prefix('#').unwrap_or_default().to_owned();
        let is_here = self
            .document
            .pointer(&target)
            .is_some_and(|_| !target.is_empty());
        if !is_here || self.above.contains(&target) {
            return Ok(Fields::new());
        }
        self.above.push(target.clone());
        let fields = self.schema(&target);
        self.above.pop();
        fields
    }
}

/// Adds the fields of a value that conforms to two schemas at once.
fn both(fields: &mut Fields, more: Fields) {
    for (path, field) in more {
        match fields.entry(path) {
            Entry::Vacant(entry) => _ = entry.insert(field),
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                known.required |= field.required;
                known.add(field);
            }
        }
    }
}

/// Adds the fields of a value that conforms to one of two schemas.
fn either(fields: &mut Fields, more: Fields) {
    for (path, field) in fields.iter_mut() {
        field.required &= more.contains_key(path);
    }
    for (path, mut field) in more {
        match fields.entry(path) {
            Entry::Vacant(entry) => {
                field.required = false;
                entry.insert(field);
            }
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                known.required &= field.required;
                known.add(field);
            }
        }
    }
}

impl Field {
    fn add(&mut self, other: Self) {
        self.nullable |= other.nullable;
        self.values.extend(other.values);
        self.owners.extend(other.owners);
    }
}

fn below(prefix: &str, fields: Fields) -> Fields {
    fields
        .into_iter()
        .map(|(path, field)| (format!("{prefix}{path}"), field))
        .collect()
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
}

/// The values that a schema lists.
pub(crate) fn values(schema: &Value) -> BTreeSet<String> {
    let listed = array(schema, "enum").map(|(_, value)| value);
    listed
        .chain(schema.get("const"))
        .map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect()
}

fn array<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = (usize, &'a Value)> {
    let entries = schema.get(key).and_then(Value::as_array);
    entries.into_iter().flatten().enumerate()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Each field as its path, with `!` if it is required and `?` if it may be null.
    fn described(fields: &Fields) -> Vec<String> {
        let mark = |set, mark| if set { mark } else { "" };
        fields
            .iter()
            .map(|(path, field)| {
                let required = mark(field.required, "!");
                format!("{path}{required}{}", mark(field.nullable, "?"))
            })
            .collect()
    }

    fn of(schema: Value) -> Vec<String> {
        let document = json!({"schema": schema, "components": {"schemas": {
            "Group": {"properties": {"id": {}, "children": {"items": {"$ref": "#/components/schemas/Group"}}}, "required": ["id"]},
            "Counted": {"properties": {"id": {}, "count": {}}, "required": ["id", "count"]},
        }}});
        described(&fields(&document, "/schema").unwrap())
    }

    #[test]
    fn a_field_has_the_path_of_its_properties_and_items() {
        assert_eq!(
            of(
                json!({"type": "array", "items": {"properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]}})
            ),
            ["", "[]", "[].a!?"]
        );
        assert_eq!(
            of(json!({"additionalProperties": {"type": "integer"}})),
            ["", ".*"]
        );
    }

    #[test]
    fn a_schema_inside_itself_is_not_followed() {
        assert_eq!(
            of(json!({"$ref": "#/components/schemas/Group"})),
            ["", ".children", ".children[]", ".id!"]
        );
    }

    #[test]
    fn a_field_of_one_alternative_is_not_required() {
        assert_eq!(
            of(
                json!({"anyOf": [{"$ref": "#/components/schemas/Counted"}, {"$ref": "#/components/schemas/Group"}, {"type": "null"}]})
            ),
            ["?", ".children", ".children[]", ".count", ".id!"]
        );
    }

    #[test]
    fn a_field_of_one_part_is_required() {
        assert_eq!(
            of(
                json!({"allOf": [{"$ref": "#/components/schemas/Counted"}, {"properties": {"more": {}}}]})
            ),
            ["", ".count!", ".id!", ".more"]
        );
    }

    #[test]
    fn a_recorded_value_has_fields_but_promises_none() {
        let value = json!({"group": {"id": "1"}, "parent": null, "items": [{"a": 1}, {"b": 2}],
            "own_permissions": {"chat": {}}});
        assert_eq!(
            described(&recorded(&value)),
            [
                "",
                ".group",
                ".group.id",
                ".items",
                ".items[]",
                ".items[].a",
                ".items[].b",
                ".own_permissions",
                ".parent?"
            ]
        );
    }
}
