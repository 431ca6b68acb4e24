//! The responses that an operation may have, according to `openapi/groups.json`.

use std::sync::LazyLock;

use jsonschema::Validator;
use owui_groups::Operation;
use serde_json::{Map, Value, json};

use crate::subject::Response;

/// Explains why a response of an operation does not match the document.
///
/// Responses that are not JSON are not checked: the HTML page that real servers send for unknown
/// routes, and the text of an exception.
pub(crate) fn violation(operation: Operation, response: &Response) -> Option<String> {
    if response.content_type.as_deref() != Some("application/json") {
        return None;
    }
    let complaint = |what: String| Some(format!("{operation}, {}: {what}", response.status));
    let Ok(body) = serde_json::from_slice(&response.body) else {
        return complaint("the body is not JSON".to_owned());
    };
    let described = DESCRIBED
        .iter()
        .find(|described| described.operation == operation && described.is_for(response.status));
    match described.map(|described| &described.schema) {
        None => complaint("the document does not have this status".to_owned()),
        Some(Err(problem)) => complaint(problem.clone()),
        Some(Ok(schema)) => {
            let error = schema.iter_errors(&body).next()?;
            complaint(format!("{error}, at {:?}", error.instance_path().as_str()))
        }
    }
}

/// One response that the document describes.
struct Described {
    operation: Operation,
    /// `200`, or `4XX` for all statuses of that class without an entry of their own.
    status: String,
    schema: Result<Validator, String>,
}

impl Described {
    fn is_for(&self, status: u16) -> bool {
        let class = format!("{}XX", status / 100);
        self.status == status.to_string() || self.status == class
    }
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    // If the document were not JSON, the build would already have failed.
    serde_json::from_str(include_str!("../../../openapi/groups.json")).unwrap_or_default()
});

/// Exact statuses take precedence over classes.
static DESCRIBED: LazyLock<Vec<Described>> = LazyLock::new(|| {
    let schemas = DOCUMENT.pointer("/components/schemas");
    let schemas = as_json_schema(schemas.unwrap_or(&Value::Null));
    let mut described: Vec<_> = Operation::ALL
        .iter()
        .flat_map(|&operation| {
            let responses = DOCUMENT
                .get("paths")
                .and_then(|paths| paths.get(operation.path()))
                .and_then(|path| path.get(operation.method().as_str().to_ascii_lowercase()))
                .and_then(|operation| operation.get("responses"))
                .and_then(Value::as_object);
            let schemas = &schemas;
            responses
                .into_iter()
                .flatten()
                .map(move |(status, response)| {
                    let schema = response.pointer("/content/application~1json/schema");
                    let schema = as_json_schema(schema.unwrap_or(&Value::Bool(true)));
                    let whole = json!({
                        "allOf": [schema],
                        "components": {"schemas": schemas},
                    });
                    Described {
                        operation,
                        status: status.clone(),
                        schema: jsonschema::draft202012::new(&whole)
                            .map_err(|error| error.to_string()),
                    }
                })
        })
        .collect();
    described.sort_by(|one, other| one.status.cmp(&other.status));
    described
});

/// OpenAPI 3.0 has `nullable` where JSON Schema has the type `null`.
fn as_json_schema(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let mut plain: Map<String, Value> = object
                .iter()
                .filter(|(key, _)| *key != "nullable")
                .map(|(key, value)| (key.clone(), as_json_schema(value)))
                .collect();
            if object.get("nullable") == Some(&Value::Bool(true)) {
                plain = Map::from_iter([("anyOf".to_owned(), json!([plain, {"type": "null"}]))]);
            }
            Value::Object(plain)
        }
        Value::Array(items) => items.iter().map(as_json_schema).collect(),
        other => other.clone(),
    }
}
