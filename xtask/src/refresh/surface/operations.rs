//! The lines of the operations.

use serde_json::Value;

use crate::{
    generator::{self, Operation},
    refresh::surface::{
        client::{Client, Method},
        line::{Addition, Item, Line, Place, UNKNOWN},
        text::text,
    },
};

/// The new parameter is an argument of the method.
const LACKED_BY_CALLERS: Addition = Addition::Breaking("callers have to set it");

/// The lines of all operations: the document's, with the types of the generated methods.
///
/// # Errors
///
/// Names the operation that has no method.
pub(crate) fn lines(document: &Value, client: &Client<'_>) -> Result<Vec<(Place, Line)>, String> {
    let mut lines = Vec::new();
    for operation in generator::operations(document) {
        let id = id(&operation);
        let method = client
            .method(&id)
            .ok_or_else(|| format!("the generated client has no method for `{id}`"))?;
        add(&mut lines, document, &operation, &method);
    }
    Ok(lines)
}

/// The methods and the paths alone.
pub(crate) fn headings(document: &Value) -> Vec<(Place, Line)> {
    let operations = generator::operations(document);
    operations.map(|operation| heading(&operation)).collect()
}

/// The name of an operation, which is its place if the overlay gives it none.
pub(crate) fn id(operation: &Operation<'_>) -> String {
    let id = operation.content.get("operationId").and_then(Value::as_str);
    id.map_or_else(|| operation.place(), str::to_owned)
}

fn heading(operation: &Operation<'_>) -> (Place, Line) {
    let id = id(operation);
    let line = Line {
        text: format!("{id}: {}", operation.place()),
        addition: Addition::Additive,
    };
    (Item::Operation(id).place(), line)
}

fn add(
    lines: &mut Vec<(Place, Line)>,
    document: &Value,
    operation: &Operation<'_>,
    method: &Method<'_>,
) {
    let (place, line) = heading(operation);
    let item = place.item.clone();
    let id = id(operation);
    lines.push((place, line));
    let mut line = |part: String, text: String, addition| {
        let text = format!("{id}: {text}");
        lines.push((item.part(part), Line { text, addition }));
    };
    for (key, word) in [
        ("x-since", "since Open WebUI"),
        ("x-retry", "retry"),
        ("x-safe", "safe"),
    ] {
        if let Some(value) = operation.content.get(key) {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            line(key.replace("x-", ""), format!("{word} {value}"), UNKNOWN);
        }
    }
    for parameter in parameters(document, operation) {
        let text_of = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or("?");
        let (name, place) = (text_of("name"), text_of("in"));
        let is_required = parameter.get("required") == Some(&Value::Bool(true));
        let (required, addition) = match is_required {
            true => ("required", LACKED_BY_CALLERS),
            false => ("optional", Addition::Additive),
        };
        let of = method.parameter(name).unwrap_or_else(|| "?".to_owned());
        let default = default_value(document, parameter).map(|value| format!(", default {value}"));
        let text = format!(
            "{required} {place} parameter `{name}`: {of}{}",
            default.unwrap_or_default()
        );
        line(format!("parameter {name}"), text, addition);
    }
    let keys = |pointer: &str| {
        let object = operation
            .content
            .pointer(pointer)
            .and_then(Value::as_object);
        object
            .into_iter()
            .flat_map(|object| object.keys().map(String::as_str))
    };
    if let Some(body) = method.arguments.get("body") {
        let media = Vec::from_iter(keys("/requestBody/content")).join(" or ");
        if !media.is_empty() {
            let body = text(body);
            let text = format!("request body {} as {media}", body.trim_start_matches('&'));
            line("request".to_owned(), text, LACKED_BY_CALLERS);
        }
    }
    let statuses = keys("/responses").filter(|status| status.starts_with('2'));
    let statuses = Vec::from_iter(statuses).join(" or ");
    let response = text(method.response);
    line(
        "response".to_owned(),
        format!("response {response} with status {statuses}"),
        UNKNOWN,
    );
    let error = text(method.error);
    line(
        "response of an error".to_owned(),
        format!("error response {error}"),
        UNKNOWN,
    );
}

/// The parameters of the operation and those of its path that it does not replace.
fn parameters<'a>(document: &'a Value, operation: &Operation<'a>) -> Vec<&'a Value> {
    let path = document
        .get("paths")
        .and_then(|paths| paths.get(operation.path));
    let mut all: Vec<&Value> = Vec::new();
    for content in path.into_iter().chain([operation.content]) {
        let parameters = content.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let parameter = target(document, parameter);
            let is_same = |other: &&Value, key: &str| other.get(key) == parameter.get(key);
            all.retain(|other| !(is_same(other, "name") && is_same(other, "in")));
            all.push(parameter);
        }
    }
    all
}

/// What a reference leads to. The generator has rejected those that lead nowhere.
fn target<'a>(document: &'a Value, parameter: &'a Value) -> &'a Value {
    let mut current = parameter;
    while let Some(found) = current
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| document.pointer(reference.strip_prefix('#')?))
    {
        current = found;
    }
    current
}

/// The default of a parameter, which an enum has where the type is described.
fn default_value<'a>(document: &'a Value, parameter: &'a Value) -> Option<&'a Value> {
    let schema = parameter.get("schema")?;
    let referred = || {
        let reference = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
        document.pointer(reference)?.get("default")
    };
    schema.get("default").or_else(referred)
}
