//! Releases that a server might publish next, as changes of the published document.

mod breaking;
mod directions;
mod fields;
mod operations;
mod parameters;
mod permissions;

use serde_json::{Value, json};

pub(crate) const GROUPS: &str = "/api/v1/groups/";
pub(crate) const CREATE: &str = "/api/v1/groups/create";
pub(crate) const GROUP: &str = "/api/v1/groups/id/{id}";
pub(crate) const INFO: &str = "/api/v1/groups/id/{id}/info";
pub(crate) const MEMBERS: &str = "/api/v1/groups/id/{id}/members";

/// One change of the published document.
pub(crate) struct Release {
    /// What changes.
    pub(crate) name: &'static str,
    pub(crate) change: fn(&mut Value),
    pub(crate) outcome: Outcome,
}

/// What becomes of a release without an edit by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It compiles.
    Taken,
    /// It compiles, and a test asks for a method.
    NeedsMethod,
    /// It compiles, and the report has breaking changes.
    Breaking,
    /// It does not compile. These files have to change, and may be more.
    Refused(&'static [&'static str]),
    /// It concerns other parts of the server.
    Unchanged,
}

impl Release {
    /// Whether it only adds something, and does not concern code that uses the older ones.
    pub(crate) fn is_addition(&self) -> bool {
        matches!(self.outcome, Outcome::Taken | Outcome::NeedsMethod)
    }
}

/// Some of those that only add something, in their order.
pub(crate) fn combination(releases: &[Release], seed: u64) -> Vec<&Release> {
    let mut state = seed;
    // SplitMix64.
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let additions = releases.iter().filter(|release| release.is_addition());
    additions.filter(|_| next().is_multiple_of(3)).collect()
}

/// All of them.
pub(crate) fn releases() -> Vec<Release> {
    let parts = [
        fields::RELEASES,
        parameters::RELEASES,
        permissions::RELEASES,
        operations::RELEASES,
        breaking::RELEASES,
        directions::RELEASES,
    ];
    let all = parts.into_iter().flatten();
    all.map(|(name, outcome, change)| Release {
        name,
        change: *change,
        outcome: *outcome,
    })
    .collect()
}

/// A name, what becomes of it, and the change.
type Row = (&'static str, Outcome, fn(&mut Value));

fn schemas(document: &mut Value) -> &mut Value {
    &mut document["components"]["schemas"]
}

fn optional(document: &mut Value, schema: &str, name: &str, content: Value) {
    schemas(document)[schema]["properties"][name] = content;
}

fn required(document: &mut Value, schema: &str, name: &str, content: Value) {
    optional(document, schema, name, content);
    let required = &mut schemas(document)[schema]["required"];
    if required.is_null() {
        *required = json!([]);
    }
    required.as_array_mut().unwrap().push(json!(name));
}

fn remove(document: &mut Value, schema: &str, name: &str) {
    let schema = &mut schemas(document)[schema];
    schema["properties"].as_object_mut().unwrap().remove(name);
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|required| required != name);
    }
}

fn query(document: &mut Value, method: &str, path: &str, name: &str, schema: Value) {
    let parameter = json!({"in": "query", "name": name, "required": false, "schema": schema});
    parameters(&mut document["paths"][path][method]).push(parameter);
}

fn parameters(of: &mut Value) -> &mut Vec<Value> {
    if of["parameters"].is_null() {
        of["parameters"] = json!([]);
    }
    of["parameters"].as_array_mut().unwrap()
}

/// An operation as FastAPI publishes it, with a JSON response.
fn operation(function: &str, method: &str, path: &str, response: Value) -> Value {
    let parameters = if path.contains("{id}") {
        json!([{"in": "path", "name": "id", "required": true,
            "schema": {"type": "string", "title": "Id"}}])
    } else {
        json!([])
    };
    let suffix = format!("{path}_{method}").replace(|sign: char| !sign.is_alphanumeric(), "_");
    json!({
        "tags": ["groups"],
        "summary": function,
        "operationId": format!("{function}{suffix}"),
        "security": [{"HTTPBearer": []}],
        "parameters": parameters,
        "responses": {
            "200": {"description": "Successful Response",
                "content": {"application/json": {"schema": response}}},
            "422": {"description": "Validation Error", "content": {"application/json":
                {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}}},
        }
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// A schema, or null, as Pydantic publishes `Optional`.
fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}], "title": "Optional"})
}

/// Renames a schema and all references to it.
fn rename(document: &mut Value, old: &str, new: &str) {
    let schema = schemas(document).as_object_mut().unwrap().remove(old);
    let (from, to) = (reference(old), reference(new));
    replace(document, &from["$ref"], &to["$ref"]);
    schemas(document)[new] = schema.unwrap();
}

fn replace(value: &mut Value, old: &Value, new: &Value) {
    match value {
        _ if value == old => value.clone_from(new),
        Value::Object(object) => object
            .values_mut()
            .for_each(|value| replace(value, old, new)),
        Value::Array(array) => array.iter_mut().for_each(|value| replace(value, old, new)),
        _ => {}
    }
}
