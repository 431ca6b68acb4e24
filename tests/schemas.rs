//! The JSON Schemas of the public types match the schemas of the document.
#![allow(clippy::indexing_slicing, reason = "what a JSON value lacks is null")]

mod document;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use document::{document, operations};
use expect_test::expect;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

macro_rules! public_types {
    ($($type:path as $name:literal),* $(,)?) => {
        /// The public types for schemas of responses.
        const PUBLIC_TYPES: &[&str] = &[$($name),*];

        /// The JSON Schemas of these types and of all types that they refer to.
        fn json_schemas(mut generator: SchemaGenerator) -> Map<String, Value> {
            $(generator.subschema_for::<$type>();)*
            generator.take_definitions(true)
        }
    };
}

public_types! {
    owui_groups::Permissions as "Permissions",
    owui_groups::types::AdminConfig as "AdminConfig",
    owui_groups::types::AppConfig as "AppConfig",
    owui_groups::types::AppConfigFeatures as "AppConfigFeatures",
    owui_groups::types::AppConfigOAuth as "AppConfigOAuth",
    owui_groups::types::Group as "Group",
    owui_groups::types::GroupExport as "GroupExport",
    owui_groups::types::GroupInfo as "GroupInfo",
    owui_groups::types::GroupPreview as "GroupPreview",
    owui_groups::types::GroupPreviewDefaultModels as "GroupPreviewDefaultModels",
    owui_groups::types::GroupPreviewGroup as "GroupPreviewGroup",
    owui_groups::types::GroupPreviewResource as "GroupPreviewResource",
    owui_groups::types::GroupPreviewResources as "GroupPreviewResources",
    owui_groups::types::LdapConfig as "LdapConfig",
    owui_groups::types::LdapGroupsConfig as "LdapGroupsConfig",
    owui_groups::types::Member as "Member",
    owui_groups::types::MemberCounts as "MemberCounts",
    owui_groups::types::MembersPage as "MembersPage",
    owui_groups::types::MembershipType as "MembershipType",
    owui_groups::types::OAuthGroupsConfig as "OAuthGroupsConfig",
    owui_groups::types::SessionUser as "SessionUser",
    owui_groups::types::User as "User",
    owui_groups::types::UserGroup as "UserGroup",
    owui_groups::types::UserList as "UserList",
    owui_groups::types::UserPreview as "UserPreview",
    owui_groups::types::UserPreviewGroup as "UserPreviewGroup",
    owui_groups::types::UserPreviewUser as "UserPreviewUser",
}

/// A schema without its properties, the same for both dialects.
#[derive(Clone, Debug, PartialEq)]
struct Shape {
    /// The type in words, or the Rust name of a reference.
    kind: String,
    nullable: bool,
}

/// A property, or the schema itself.
#[derive(Clone, Debug, PartialEq)]
struct Field {
    required: bool,
    shape: Shape,
}

/// The fields of a schema by name. The empty name is the schema itself.
type Fields = BTreeMap<String, Field>;

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let null = if self.nullable { " or null" } else { "" };
        write!(formatter, "{}{null}", self.kind)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let presence = if self.required {
            "required"
        } else {
            "optional"
        };
        write!(formatter, "{presence} {}", self.shape)
    }
}

#[test]
fn every_schema_of_an_answer_has_a_public_type() {
    let document = document();
    for schema in answered(&document) {
        let name = rust_name(&document, &schema);
        assert!(
            PUBLIC_TYPES.contains(&name.as_str()),
            "answers have the schema {schema}, which Rust calls {name}: export it in src/types.rs \
             and add it to public_types! in tests/schemas.rs",
        );
    }
}

#[test]
fn every_public_type_stands_for_a_schema_of_an_answer() {
    let document = document();
    let answered = answered(&document);
    for name in PUBLIC_TYPES {
        assert!(
            answered
                .iter()
                .any(|schema| rust_name(&document, schema) == *name),
            "no answer of the document has {name} any more: remove it from public_types! in \
             tests/schemas.rs, and from src/types.rs if nothing else needs it",
        );
    }
}

#[test]
fn json_schemas_agree_with_the_document() {
    let differences = differences(&document());
    assert!(
        differences.is_empty(),
        "the types are not what the document describes:\n{}",
        differences.join("\n")
    );
}

#[test]
fn the_membership_filter_has_the_values_of_the_document() {
    let document = document();
    let documented = operations(&document)
        .into_iter()
        .filter_map(|operation| operation.content["parameters"].as_array().cloned())
        .flatten()
        .find(|parameter| parameter["name"] == "membership")
        .and_then(|parameter| Some(reference(&parameter["schema"]["$ref"])?.to_owned()))
        .map(|name| shape(&document, &document["components"]["schemas"][&name]));
    let rust = schemars::schema_for!(owui_groups::types::Membership).to_value();
    assert_eq!(Some(shape(&document, &rust)), documented);
}

/// A release may add some. `UPDATE_EXPECT=1` accepts that they may be negative.
#[test]
fn every_integer_of_a_response_is_a_time_or_not_negative() {
    let document = document();
    let mut others = String::new();
    for schema in answered(&document) {
        let properties = &document["components"]["schemas"][&schema]["properties"];
        for (name, property) in properties.as_object().into_iter().flatten() {
            let is_signed = property["type"] == "integer" && property["minimum"] != 0;
            if is_signed && !name.ends_with("_at") {
                others.push_str(&format!("{schema}.{name}\n"));
            }
        }
    }
    // A count has `"x-rust-integer": "u64"` in openapi/overlay.json.
    expect![[""]].assert_eq(&others);
}

#[test]
fn a_renamed_field_is_a_difference() {
    let reports = after_a_change(|group| {
        let properties = group["properties"].as_object_mut().unwrap();
        let meta = properties.remove("meta").unwrap();
        properties.insert("metadata".to_owned(), meta);
    });
    assert_eq!(
        reports,
        [
            "Group.meta: the document has nothing, Rust has optional map of anything or null",
            "Group.metadata: the document has optional map of anything or null, Rust has nothing",
        ]
    );
}

#[test]
fn a_field_that_is_required_no_more_is_a_difference() {
    let reports = after_a_change(|group| {
        let required = group["required"].as_array_mut().unwrap();
        required.retain(|name| name != "name");
    });
    assert_eq!(
        reports,
        ["Group.name: the document has optional string, Rust has required string"]
    );
}

#[test]
fn a_field_that_becomes_required_is_a_difference() {
    let reports = after_a_change(|group| {
        let required = group["required"].as_array_mut().unwrap();
        required.push("member_count".into());
    });
    assert_eq!(
        reports,
        [
            "Group.member_count: the document has required integer or null, \
          Rust has optional integer or null"
        ]
    );
}

#[test]
fn a_field_that_may_become_null_is_a_difference() {
    let reports = after_a_change(|group| group["properties"]["name"]["nullable"] = json!(true));
    assert_eq!(
        reports,
        ["Group.name: the document has required string or null, Rust has required string"]
    );
}

#[test]
fn a_field_of_another_type_is_a_difference() {
    let reports =
        after_a_change(|group| group["properties"]["created_at"]["type"] = json!("string"));
    assert_eq!(
        reports,
        ["Group.created_at: the document has required string, Rust has required integer"]
    );
}

#[test]
fn a_list_of_another_type_is_a_difference() {
    let document = document();
    let list = |items: &str| {
        shape(
            &document,
            &json!({"type": "array", "items": {"type": items}}),
        )
    };
    assert_ne!(list("string"), list("integer"));
}

#[test]
fn a_reference_to_another_schema_is_a_difference() {
    let reports = after_a_change(|group| {
        group["properties"]["permissions"]["allOf"] =
            json!([{"$ref": "#/components/schemas/GroupInfoResponse"}]);
    });
    assert_eq!(
        reports,
        [
            "Group.permissions: the document has optional GroupInfo or null, \
          Rust has optional Permissions or null"
        ]
    );
}

/// The differences in the type Group after a change of its schema.
fn after_a_change(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = document();
    change(&mut document["components"]["schemas"]["GroupResponse"]);
    let mut reports = differences(&document);
    reports.retain(|report| report.starts_with("Group."));
    reports
}

/// The differences between the document and the Rust types in the schemas of responses.
fn differences(document: &Value) -> Vec<String> {
    let settings = SchemaSettings::draft2020_12();
    let read = json_schemas(settings.clone().for_deserialize().into_generator());
    let written = json_schemas(settings.for_serialize().into_generator());
    let schemas = &document["components"]["schemas"];
    let answered = answered(document);
    // Another test asks for the types of the others.
    let answered = answered
        .iter()
        .filter(|schema| PUBLIC_TYPES.contains(&rust_name(document, schema).as_str()));
    answered
        .flat_map(|schema| {
            let name = rust_name(document, schema);
            let (Some(read), Some(written)) = (read.get(&name), written.get(&name)) else {
                return vec![format!("{name}: Rust has no such type")];
            };
            let documented = fields(document, &schemas[schema]);
            let rust = as_rust_reads(fields(document, read), &fields(document, written), read);
            compare(&name, &documented, &rust)
        })
        .collect()
}

/// Reads the required fields as serde does.
///
/// For schemars, an `Option` is never required. serde requires an `Option` with `deserialize_with`
/// and no default. The generator creates one for a required field that may be null, which is the
/// only `Option` without a default that is always written.
fn as_rust_reads(mut read: Fields, written: &Fields, schema: &Value) -> Fields {
    for (name, field) in &mut read {
        let has_default = schema["properties"][name].get("default").is_some();
        let always_written = written.get(name).is_some_and(|field| field.required);
        field.required |= always_written && !has_default;
    }
    read
}

fn compare(type_name: &str, documented: &Fields, rust: &Fields) -> Vec<String> {
    let names: BTreeSet<_> = documented.keys().chain(rust.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (documented, rust) = (documented.get(name), rust.get(name));
            if let (Some(documented), Some(rust)) = (documented, rust)
                && agree(documented, rust)
            {
                return None;
            }
            let show = |field: Option<&Field>| {
                field.map_or_else(|| "nothing".to_owned(), ToString::to_string)
            };
            let dot = if name.is_empty() { "" } else { "." };
            Some(format!(
                "{type_name}{dot}{name}: the document has {}, Rust has {}",
                show(documented),
                show(rust),
            ))
        })
        .collect()
}

/// Whether both fields match. The exception is an optional field, which may be null in the Rust
/// schema although it may not in the document. Its type is an `Option`, which also accepts null.
fn agree(documented: &Field, rust: &Field) -> bool {
    let mut expected = documented.clone();
    expected.shape.nullable |= !documented.required && rust.shape.nullable;
    expected == *rust
}

/// The schemas that responses of the document refer to.
fn answered(document: &Value) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    for operation in operations(document) {
        reach(
            document,
            &operation.content["responses"]["200"],
            &mut reached,
        );
    }
    reached
}

fn reach(document: &Value, value: &Value, reached: &mut BTreeSet<String>) {
    if let Some(name) = value.get("$ref").and_then(reference)
        && reached.insert(name.to_owned())
    {
        reach(document, &document["components"]["schemas"][name], reached);
    }
    let members = value.as_object().into_iter().flat_map(Map::values);
    for value in members.chain(value.as_array().into_iter().flatten()) {
        reach(document, value, reached);
    }
}

/// The last part of a reference, in the document or in a JSON Schema.
fn reference(text: &Value) -> Option<&str> {
    let text = text.as_str()?;
    let name = text.strip_prefix("#/components/schemas/");
    name.or_else(|| text.strip_prefix("#/$defs/"))
}

/// The Rust name of a schema of the document. Other names stay unchanged.
fn rust_name(document: &Value, schema: &str) -> String {
    let name = &document["components"]["schemas"][schema]["x-rust-name"];
    let parts = schema.split(|sign: char| !sign.is_alphanumeric());
    let pascal_case = |part: &str| {
        let mut characters = part.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        Vec::from_iter(first.into_iter().chain(characters))
    };
    match name.as_str() {
        Some(name) => name.to_owned(),
        None => parts.flat_map(pascal_case).collect(),
    }
}

fn fields(document: &Value, schema: &Value) -> Fields {
    let required = schema["required"].as_array();
    let itself = Field {
        required: true,
        shape: shape(document, schema),
    };
    schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let field = Field {
                required: required.is_some_and(|required| required.iter().any(|one| one == name)),
                shape: shape(document, property),
            };
            (name.clone(), field)
        })
        .chain([(String::new(), itself)])
        .collect()
}

/// Reads a schema of either dialect: OpenAPI 3.0.3, where null is the keyword `nullable`, or JSON
/// Schema 2020-12, where null is a type.
fn shape(document: &Value, schema: &Value) -> Shape {
    refuse_unknown_keywords(schema);
    let mut types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let mut nullable = schema["nullable"] == true || types.contains(&"null");
    types.retain(|one| *one != "null");
    let choices = ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .find_map(|keyword| schema.get(keyword)?.as_array());
    let values = schema.get("enum").and_then(Value::as_array);
    let kind = if let Some(name) = schema.get("$ref").and_then(reference) {
        rust_name(document, name)
    } else if let Some(choices) = choices {
        let mut kinds = BTreeSet::new();
        for choice in choices {
            let choice = shape(document, choice);
            nullable |= choice.nullable;
            kinds.insert(choice.kind);
        }
        // A schema that allows only null.
        kinds.remove("null");
        assert!(
            schema.get("allOf").is_none() || kinds.len() == 1,
            "tests/schemas.rs cannot read more than one schema in `allOf`: {schema}"
        );
        Vec::from_iter(kinds).join(" or ")
    } else if let Some(values) = values {
        let values: BTreeSet<_> = values.iter().map(Value::to_string).collect();
        Vec::from_iter(values).join(" or ")
    } else {
        let kinds: BTreeSet<_> = types
            .into_iter()
            .map(|one| match one {
                "array" => format!("list of {}", shape(document, &schema["items"])),
                "object" if schema.get("properties").is_some() => "object".to_owned(),
                "object" => format!(
                    "map of {}",
                    shape(document, &schema["additionalProperties"])
                ),
                scalar => scalar.to_owned(),
            })
            .collect();
        match (kinds.is_empty(), nullable) {
            (false, _) => Vec::from_iter(kinds).join(" or "),
            (true, true) => "null".to_owned(),
            (true, false) => "anything".to_owned(),
        }
    };
    Shape { kind, nullable }
}

/// Fails for keywords that the comparison does not cover.
fn refuse_unknown_keywords(schema: &Value) {
    const READ: &[&str] = &[
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "enum",
        "items",
        "nullable",
        "oneOf",
        "properties",
        "required",
        "type",
    ];
    // These do not affect the type.
    const PASSED_OVER: &[&str] = &[
        "$schema",
        "default",
        "description",
        "format",
        "minimum",
        "title",
        "x-extensible-enum",
        "x-inline",
        "x-rust-name",
    ];
    for keyword in schema.as_object().into_iter().flat_map(Map::keys) {
        assert!(
            READ.contains(&keyword.as_str()) || PASSED_OVER.contains(&keyword.as_str()),
            "tests/schemas.rs cannot read the keyword `{keyword}`: {schema}"
        );
    }
}
