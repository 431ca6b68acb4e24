//! Schemas: JSON Schema 2020-12 to the dialect of OpenAPI 3.0.3.
//!
//! A schema is read into a [`Shape`] and written from it, so the generator gets only what it
//! makes dependable types of. Every keyword narrows what its schema allows, so one that is left
//! out makes the type more open and never wrong.

use serde_json::{Map, Value};

use crate::document::lower::{
    context::{Lowering, Place},
    shape::{Kind, Scalar, Shape, add_scalars},
};

/// Keywords whose loss the server notices anyway, or that describe.
const HARMLESS: [&str; 39] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$schema",
    "$vocabulary",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "nullable",
    "pattern",
    "readOnly",
    "title",
    "uniqueItems",
    "writeOnly",
    "xml",
];

/// Keywords that are read with others, or that have a note of their own.
const OTHERS: [&str; 3] = ["propertyNames", "required", "type"];

/// Keywords with other schemas for the same value.
const COMPOSING: [&str; 4] = ["$ref", "allOf", "anyOf", "oneOf"];

/// Keywords that describe the value itself, without its type.
const DESCRIBING: [&str; 7] = [
    "additionalProperties",
    "const",
    "enum",
    "items",
    "patternProperties",
    "prefixItems",
    "properties",
];

impl Lowering<'_> {
    /// Reads what a schema allows.
    pub(crate) fn shape(&mut self, schema: &Value, place: &Place) -> Shape {
        let keywords = match schema {
            Value::Bool(true) => return Shape::OPEN,
            Value::Bool(false) => return Shape::of(Kind::Nothing),
            Value::Object(keywords) => keywords,
            _ => return self.open(place, "is not a schema"),
        };
        self.note_losses(keywords, place);
        let has_one_of = |names: &[&str]| names.iter().any(|name| keywords.contains_key(*name));
        if has_one_of(&COMPOSING)
            && let Some(object) = self.merged(keywords, place)
        {
            return self.object(&object, place);
        }
        let mut parts = Vec::new();
        if let Some(reference) = keywords.get("$ref") {
            parts.push(self.reference(reference, &place.same(&["$ref"])));
        }
        if let Some(all) = keywords.get("allOf").and_then(Value::as_array) {
            for (index, part) in all.iter().enumerate() {
                parts.push(self.shape(part, &place.same(&["allOf", &index.to_string()])));
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(any) = keywords.get(keyword).and_then(Value::as_array) {
                parts.push(self.union(any, &place.same(&[keyword])));
            }
        }
        // A type alone adds nothing to a reference beside it.
        if parts.is_empty() || has_one_of(&DESCRIBING) {
            parts.push(self.own_shape(keywords, place));
        }
        let nullable = keywords.get("nullable") == Some(&Value::Bool(true));
        self.intersection(parts, place).or_null(nullable)
    }

    /// Widens a schema to every value, and reports it.
    pub(crate) fn open(&mut self, place: &Place, reason: &str) -> Shape {
        self.note(&place.at, format!("{reason}; any value is allowed"));
        Shape::OPEN
    }

    fn note_losses(&mut self, keywords: &Map<String, Value>, place: &Place) {
        let losses: Vec<_> = keywords
            .keys()
            .map(String::as_str)
            .filter(|key| !HARMLESS.contains(key) && !COMPOSING.contains(key))
            .filter(|key| !DESCRIBING.contains(key) && !OTHERS.contains(key))
            .filter(|key| !key.starts_with("x-"))
            .collect();
        for key in losses {
            self.note(&place.at.child(key), "is left out");
        }
        if keywords.contains_key("propertyNames") {
            let at = place.at.child("propertyNames");
            self.note(&at, "is left out; any key is allowed");
        }
    }

    fn reference(&mut self, reference: &Value, place: &Place) -> Shape {
        match self.referred(reference) {
            Some((name, _)) => {
                let renamed = self.renamed.get(name);
                let name = renamed.map_or(name, String::as_str).to_owned();
                Shape::of(Kind::Reference(name))
            }
            None => self.open(place, "leads to no schema of the document"),
        }
    }

    /// What the keywords allow that belong to no other schema.
    fn own_shape(&mut self, keywords: &Map<String, Value>, place: &Place) -> Shape {
        if let Some(value) = keywords.get("const") {
            return self.values(std::slice::from_ref(value), &place.same(&["const"]));
        }
        if let Some(values) = keywords.get("enum").and_then(Value::as_array) {
            return self.values(values, &place.same(&["enum"]));
        }
        let kinds = match keywords.get("type") {
            Some(Value::String(kind)) => vec![kind.as_str()],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => {
                let has = |keyword: &str| keywords.contains_key(keyword);
                let object = ["properties", "additionalProperties", "patternProperties"];
                if object.iter().any(|keyword| has(keyword)) {
                    vec!["object"]
                } else if has("items") || has("prefixItems") {
                    vec!["array"]
                } else {
                    return Shape::OPEN;
                }
            }
        };
        let nullable = kinds.contains(&"null");
        let kinds: Vec<_> = kinds.into_iter().filter(|kind| *kind != "null").collect();
        let shape = match kinds.as_slice() {
            [] => Shape::of(Kind::Nothing),
            ["array"] => self.array(keywords, place),
            ["object"] => self.object(keywords, place),
            _ => {
                let scalars: Option<Vec<_>> = kinds
                    .iter()
                    .map(|kind| Scalar::from_type_name(kind))
                    .collect();
                let Some(mut scalars) = scalars else {
                    return self.open(&place.same(&["type"]), "is more than one type of JSON");
                };
                if let [Scalar::Integer] = scalars.as_slice() {
                    scalars = vec![self.integer(keywords, place)];
                }
                let mut distinct = Vec::new();
                add_scalars(&mut distinct, &scalars);
                Shape::of(Kind::Scalars(distinct))
            }
        };
        shape.or_null(nullable)
    }

    /// The overlay may choose the integer. The bounds of the published document do not: a
    /// response out of them must not fail to decode.
    fn integer(&mut self, keywords: &Map<String, Value>, place: &Place) -> Scalar {
        match keywords.get("x-rust-integer").map(Value::as_str) {
            None => Scalar::Integer,
            Some(Some("u64")) => Scalar::Unsigned,
            Some(Some("NonZeroU64")) => Scalar::Positive,
            Some(_) => {
                let at = place.at.child("x-rust-integer");
                self.note(&at, "is neither `u64` nor `NonZeroU64`, and is left out");
                Scalar::Integer
            }
        }
    }

    fn array(&mut self, keywords: &Map<String, Value>, place: &Place) -> Shape {
        if let Some(first) = keywords.get("prefixItems") {
            let place = place.inside(&["prefixItems"], "Item");
            let mark = self.mark();
            let mut items: Vec<Shape> = Vec::new();
            for (index, item) in first.as_array().into_iter().flatten().enumerate() {
                let shape = self.shape(item, &place.same(&[&index.to_string()]));
                items.push(shape);
            }
            if let [first, others @ ..] = items.as_slice()
                && others.iter().all(|other| other == first)
                && let Kind::Scalars(_) = first.kind
            {
                let items = self.write(first.clone(), &Value::Null, &place);
                return Shape::of(Kind::Array(items));
            }
            self.return_to(mark);
            self.note(&place.at, "is a tuple; its items may be any value");
            return Shape::of(Kind::Array(Value::Object(Map::new())));
        }
        let items = match keywords.get("items") {
            Some(items) => self.lower(items, &place.inside(&["items"], "Item")),
            None => Value::Object(Map::new()),
        };
        Shape::of(Kind::Array(items))
    }

    /// What all of the parts allow.
    fn intersection(&mut self, parts: Vec<Shape>, place: &Place) -> Shape {
        let nullable = parts.iter().all(|part| part.nullable);
        let mut kinds: Vec<Kind> = Vec::new();
        for part in parts {
            if part.kind != Kind::Open && !kinds.contains(&part.kind) {
                kinds.push(part.kind);
            }
        }
        match <[Kind; 1]>::try_from(kinds) {
            Ok([kind]) => Shape { kind, nullable },
            Err(kinds) if kinds.is_empty() => Shape::OPEN,
            Err(_) => self.open(place, "combines schemas of which no type can be made"),
        }
    }
}
