//! Writes shapes as schemas of OpenAPI 3.0.3.

use serde_json::{Map, Value, json};

use crate::document::lower::{
    context::{Lowering, Place, SCHEMAS},
    rust_names::{are_distinct_variants, type_name},
    shape::{Kind, Scalar, Shape},
};

impl Lowering<'_> {
    /// Lowers a schema that is inside another one.
    pub(crate) fn lower(&mut self, schema: &Value, place: &Place) -> Value {
        let shape = self.shape(schema, place);
        self.write(shape, schema, place)
    }

    /// Writes the schema of a shape, with the annotations of a published schema. A type that
    /// needs a name gets a schema of its own.
    pub(crate) fn write(&mut self, shape: Shape, annotated: &Value, place: &Place) -> Value {
        let Shape { kind, nullable } = shape;
        let default = self.default(&kind, annotated, place);
        let mut schema = match kind {
            Kind::Open | Kind::Nothing => return Value::Object(annotations(annotated)),
            Kind::Scalars(scalars) => match scalars.as_slice() {
                [scalar] => scalar.schema(),
                _ => self.hoist(untagged(&scalars), annotated, place),
            },
            Kind::Enum(values) => self.enumeration(&values, annotated, place),
            Kind::Array(items) => object([("type", json!("array")), ("items", items)]),
            Kind::Map(values) => map(values),
            Kind::Object(object) => self.hoist(object, annotated, place),
            Kind::Reference(name) => reference(&name),
        };
        let mut others = annotations(annotated);
        if nullable {
            others.insert("nullable".to_owned(), json!(true));
        }
        if let Some(default) = default {
            others.insert("default".to_owned(), default);
        }
        // What stands beside a `$ref` is ignored in 3.0.3; inside `allOf` it counts.
        if schema.contains_key("$ref") && !others.is_empty() {
            schema = object([("allOf", json!([schema]))]);
        }
        schema.append(&mut others);
        Value::Object(schema)
    }

    /// Lowers a schema that has a name of its own.
    pub(crate) fn component(&mut self, schema: &Value, place: &Place) -> Value {
        let mut shape = self.shape(schema, place);
        let listed = extensible_values(schema);
        if let Some(values) = &listed {
            shape.kind = Kind::Enum(values.clone());
        }
        let needs_name = match &shape.kind {
            Kind::Enum(_) | Kind::Object(_) => true,
            Kind::Scalars(scalars) => scalars.len() > 1,
            _ => false,
        };
        if shape.nullable && needs_name {
            // The type is one of its own, beside that for null.
            let inner = place.inside(&[], "Value");
            return self.write(shape, schema, &inner);
        }
        let is_open = place.received || listed.is_some();
        let mut lowered = match shape.kind {
            Kind::Enum(values) if are_distinct_variants(&values) && is_open => {
                let mut lowered = Scalar::String.schema();
                lowered.insert("x-extensible-enum".to_owned(), json!(values));
                lowered
            }
            Kind::Enum(values) if are_distinct_variants(&values) => {
                object([("type", json!("string")), ("enum", json!(values))])
            }
            Kind::Enum(_) => {
                self.note(
                    &place.at,
                    "lists values that are not different names in Rust",
                );
                Scalar::String.schema()
            }
            Kind::Object(object) => object,
            Kind::Scalars(scalars) if scalars.len() > 1 => untagged(&scalars),
            kind => {
                let shape = Shape { kind, ..shape };
                let lowered = self.write(shape, &Value::Null, place);
                let mut lowered = lowered.as_object().cloned().unwrap_or_default();
                if lowered.contains_key("$ref") {
                    lowered = self::object([("allOf", json!([lowered]))]);
                }
                lowered
            }
        };
        lowered.append(&mut annotations(schema));
        if let Some(name) = schema.get("x-rust-name").filter(|name| name.is_string()) {
            lowered.insert("x-rust-name".to_owned(), name.clone());
        }
        Value::Object(lowered)
    }

    /// Gives a schema a name, and returns a reference to it.
    fn hoist(
        &mut self,
        mut schema: Map<String, Value>,
        annotated: &Value,
        place: &Place,
    ) -> Map<String, Value> {
        let chosen = annotated.get("x-rust-name").and_then(Value::as_str);
        let name = chosen
            .and_then(type_name)
            .unwrap_or_else(|| place.name.clone());
        let name = self.types.take_similar(&name);
        schema.insert("x-inline".to_owned(), json!(true));
        self.hoisted.insert(name.clone(), Value::Object(schema));
        reference(&name)
    }

    fn enumeration(
        &mut self,
        values: &[String],
        annotated: &Value,
        place: &Place,
    ) -> Map<String, Value> {
        let is_named = annotated.get("x-rust-name").is_some_and(Value::is_string);
        if !are_distinct_variants(values) {
            self.note(
                &place.at,
                "lists values that are not different names in Rust",
            );
        } else if !place.received {
            let mut schema = object([("type", json!("string")), ("enum", json!(values))]);
            let default = annotated.get("default").and_then(Value::as_str);
            if let Some(default) = default.filter(|text| values.iter().any(|value| value == text)) {
                schema.insert("default".to_owned(), json!(default));
            }
            return self.hoist(schema, annotated, place);
        } else if is_named {
            let mut schema = Scalar::String.schema();
            schema.insert("x-extensible-enum".to_owned(), json!(values));
            return self.hoist(schema, annotated, place);
        } else {
            self.note(
                &place.at,
                "lists the values of a response, where others may follow; any text is allowed",
            );
        }
        Scalar::String.schema()
    }

    /// The default, if the type can hold it.
    fn default(&mut self, kind: &Kind, annotated: &Value, place: &Place) -> Option<Value> {
        let default = annotated
            .get("default")
            .filter(|default| !default.is_null())?;
        let fits = match kind {
            Kind::Scalars(scalars) if scalars.len() == 1 => {
                scalars.iter().any(|scalar| scalar.holds(default))
            }
            Kind::Enum(_) if place.received => default.is_string(),
            Kind::Array(_) => default.as_array().is_some_and(Vec::is_empty),
            Kind::Map(_) => default.as_object().is_some_and(Map::is_empty),
            // The server applies it.
            _ => return None,
        };
        let is_container = default.is_array() || default.is_object();
        if !fits && !is_container {
            self.note(
                &place.at.child("default"),
                "does not fit its type, and is left out",
            );
        }
        fits.then(|| default.clone())
    }
}

/// The values of an enum that may grow, as the overlay gives them.
fn extensible_values(schema: &Value) -> Option<Vec<String>> {
    let values = schema.get("x-extensible-enum")?.as_array()?;
    let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
    texts
        .collect::<Option<Vec<_>>>()
        .filter(|values| !values.is_empty())
}

fn annotations(schema: &Value) -> Map<String, Value> {
    let description = schema.get("description").filter(|text| text.is_string());
    let description = description.map(|text| ("description".to_owned(), text.clone()));
    let of_history = ["x-since", "x-defaults"]
        .map(|key| Some((key.to_owned(), schema.get(key)?.clone())))
        .into_iter()
        .flatten();
    description.into_iter().chain(of_history).collect()
}

fn reference(name: &str) -> Map<String, Value> {
    object([("$ref", json!(format!("{SCHEMAS}{name}")))])
}

fn map(values: Value) -> Map<String, Value> {
    let is_open = values.as_object().is_some_and(Map::is_empty);
    let values = if is_open { json!(true) } else { values };
    object([("type", json!("object")), ("additionalProperties", values)])
}

fn untagged(scalars: &[Scalar]) -> Map<String, Value> {
    let schemas: Vec<_> = scalars.iter().map(|scalar| scalar.schema()).collect();
    object([("anyOf", json!(schemas))])
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect()
}
