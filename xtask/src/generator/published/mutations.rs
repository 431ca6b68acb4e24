//! The server's own document with keywords in places where nobody expects them.

use std::ops::Range;

use serde_json::{Map, json};

use super::*;
use crate::document::files::Folder;

/// Numbers that look random, and are the same for one seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The pointers of all objects at and below a place.
fn objects(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            found.push(pointer.to_owned());
            for (key, value) in object {
                let key = key.replace('~', "~0").replace('/', "~1");
                objects(value, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                objects(value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn keywords(schemas: &Map<String, Value>, random: &mut Random) -> (&'static str, Value) {
    let names = Vec::from_iter(schemas.keys());
    let reference = json!({"$ref": format!("#/components/schemas/{}", random.one_of(&names))});
    let inner = [
        json!({}),
        json!(true),
        json!(false),
        json!(null),
        json!({"type": "null"}),
        json!({"type": "string", "format": "date-time", "minLength": 1}),
        json!({"type": "integer", "minimum": 1, "maximum": 3}),
        json!({"type": "object", "properties": {"a-b": {}, "a_b": {"type": "integer"}}, "required": ["a_b"]}),
        json!({"type": "array", "items": reference}),
        json!({"enum": ["a", 1, null]}),
        json!({"type": "string", "enum": ["a-b", "c"], "title": "Id"}),
        json!({"const": "z"}),
        reference.clone(),
    ];
    let schema = random.one_of(&inner).clone();
    let other = random.one_of(&inner).clone();
    let all = [
        ("$defs", json!({"A": schema})),
        ("$ref", reference["$ref"].clone()),
        ("$ref", json!("#/components/schemas/None")),
        ("$ref", json!("https://example.com/schema")),
        ("additionalProperties", schema.clone()),
        ("allOf", json!([schema, other])),
        ("allOf", json!([schema])),
        ("anyOf", json!([schema, other])),
        ("const", json!("a")),
        ("const", json!(null)),
        ("contentMediaType", json!("image/png")),
        ("default", json!({"a": 1})),
        ("default", json!("a")),
        ("default", json!(1.5)),
        ("default", json!([1])),
        ("dependentRequired", json!({"a": ["b"]})),
        ("deprecated", json!(true)),
        ("description", json!(["a"])),
        ("description", json!("*/ \"a\" \\ {} \u{0}")),
        ("discriminator", json!({"propertyName": "a"})),
        ("enum", json!([])),
        ("enum", json!(["a", "b", 1, null, 1.5])),
        ("enum", json!(["", " ", "-"])),
        ("enum", json!(["x", "y"])),
        ("examples", json!([1])),
        ("exclusiveMaximum", json!(5)),
        ("exclusiveMinimum", json!(true)),
        ("format", json!("uuid")),
        ("format", json!(5)),
        ("if", schema.clone()),
        ("items", schema.clone()),
        ("items", json!([schema, other])),
        ("maxItems", json!(1)),
        ("maximum", json!(1e300)),
        ("minItems", json!(1)),
        ("minLength", json!(1)),
        ("minimum", json!(-5)),
        ("minimum", json!("a")),
        ("multipleOf", json!(0.1)),
        ("not", schema.clone()),
        ("nullable", json!(true)),
        ("oneOf", json!([schema, other, {"type": "null"}])),
        ("pattern", json!("(")),
        ("patternProperties", json!({"^a": schema})),
        ("prefixItems", json!([schema, other])),
        (
            "properties",
            json!({"a b": schema, "extra": other, "": {}, "type": {"type": "string"}}),
        ),
        ("propertyNames", schema.clone()),
        ("readOnly", json!("a")),
        ("required", json!(["nowhere", 1])),
        ("required", json!(true)),
        ("schema", schema.clone()),
        ("title", json!("Group")),
        ("title", json!(5)),
        ("type", json!("null")),
        ("type", json!("unheard-of")),
        ("type", json!(["array", "object", "null"])),
        ("type", json!(["string", "integer"])),
        ("type", json!([])),
        ("type", json!(5)),
        ("unevaluatedProperties", json!(false)),
        ("unheard-of", json!({"a": 1})),
        ("uniqueItems", json!(true)),
        (
            "x-rust-type",
            json!({"crate": "a", "version": "1", "path": "a::B"}),
        ),
    ];
    random.one_of(&all).clone()
}

/// The code of the server's document after these changes, by what was inserted.
pub(super) fn all_generated(seeds: Range<u64>) -> BTreeMap<String, [String; 2]> {
    let folder = Folder::of_project();
    let upstream = folder.upstream().unwrap().unwrap();
    let (slice, provenance) = Provenance::detach(upstream).unwrap();
    let history = folder.history().unwrap();
    let overlay = folder.overlay().unwrap();
    let mut all = BTreeMap::new();
    for seed in seeds {
        let mut random = Random(seed);
        let mut document = slice.clone();
        let inserted = insert(&mut document, &mut random);
        let shown = format!("seed {seed}: {}", inserted.join(", "));
        let derived = match document::derive(&document, &provenance, &history, &overlay) {
            Ok(derived) => derived,
            // It merges into objects alone.
            Err(error) if error.to_string().contains("overlay") => continue,
            Err(error) => panic!("{shown}: {error:#}"),
        };
        let code = generate(&derived).unwrap_or_else(|error| panic!("{shown}: {error}"));
        all.insert(shown, code);
    }
    all
}

/// Inserts keywords at places of a document, and returns them.
fn insert(document: &mut Value, random: &mut Random) -> Vec<String> {
    let schemas = &document["components"]["schemas"];
    let mut places = Vec::new();
    objects(schemas, "/components/schemas", &mut places);
    places.remove(0);
    objects(&document["paths"], "/paths", &mut places);
    let schemas = schemas.as_object().unwrap().clone();
    let mut inserted = Vec::new();
    for _ in 0..1 + random.below(4) {
        let place = random.one_of(&places).clone();
        let (keyword, value) = keywords(&schemas, random);
        // An earlier one may have replaced the place.
        if let Some(Value::Object(object)) = document.pointer_mut(&place) {
            inserted.push(format!("{place}/{keyword}: {value}"));
            object.insert(keyword.to_owned(), value);
        }
    }
    inserted
}

/// Tries `MUTATIONS` documents, or few.
#[test]
fn unexpected_keywords_are_generated_too() {
    let count = env::var("MUTATIONS").map_or(40, |count| count.parse().unwrap());
    let generated = all_generated(0..count).len();
    println!("generated {generated} of {count} documents; the overlay rejects the others");
    assert!(generated > 0);
}
