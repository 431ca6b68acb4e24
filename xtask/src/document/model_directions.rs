//! Models that are sent and received in different forms.
//!
//! A server publishes a model as `X` while it has one direction or both forms are the same, and as
//! `X-Input` and `X-Output` from the moment when they differ. The form of the older direction keeps
//! the name `X`, so that the overlay and the code that uses it still find it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::document::{
    history::{
        History,
        facts::{self, Section},
        fields::Fields,
        release::Release,
    },
    note::Note,
};

const SCHEMAS: &str = "#/components/schemas/";

/// Renames `X-Output` to `X`, or `X-Input` if releases accepted it before they returned the other.
/// Nothing is renamed if there is an `X`.
///
/// # Errors
///
/// If a reference leads nowhere.
pub(crate) fn rename(document: &mut Value, history: &History) -> Result<Vec<Note>> {
    let pointer = "/components/schemas";
    let Some(schemas) = document.pointer(pointer).and_then(Value::as_object) else {
        return Ok(Vec::new());
    };
    let models: Vec<_> = schemas
        .keys()
        .filter_map(|name| name.strip_suffix("-Output"))
        .filter(|plain| !plain.is_empty() && !schemas.contains_key(*plain))
        .map(str::to_owned)
        .collect();
    if models.is_empty() {
        return Ok(Vec::new());
    }
    let first = first_releases(document, history)?;
    let mut renamed = Map::new();
    let mut notes = Vec::new();
    for plain in models {
        let [input, output] = ["Input", "Output"].map(|form| format!("{plain}-{form}"));
        let is_older = match (first.get(&input), first.get(&output)) {
            (Some(input), Some(output)) => input < output,
            (input, _) => input.is_some(),
        };
        let (name, text) = match is_older {
            true => (
                input,
                format!("the form that callers send; the one that they receive is `{output}`"),
            ),
            false => (
                output,
                format!("the model that callers receive; the form that they send is `{input}`"),
            ),
        };
        let schemas = document.pointer_mut(pointer).and_then(Value::as_object_mut);
        if let Some(schemas) = schemas
            && let Some(schema) = schemas.remove(&name)
        {
            schemas.insert(plain.clone(), schema);
        }
        notes.push(Note {
            pointer: format!("{pointer}/{name}"),
            text: format!("is named `{plain}`, as {text}"),
        });
        renamed.insert(
            format!("{SCHEMAS}{name}"),
            format!("{SCHEMAS}{plain}").into(),
        );
    }
    rename_references(document, &renamed);
    Ok(notes)
}

/// The first release that has a field of each schema, whatever its name was.
fn first_releases(document: &Value, history: &History) -> Result<BTreeMap<String, Release>> {
    let mut first: BTreeMap<String, Release> = BTreeMap::new();
    let mut read = |section, place: &str, fields: &Fields| {
        for (path, field) in fields {
            let Some(since) = history.since(section, &facts::item(place, path)) else {
                continue;
            };
            let names = field
                .owners
                .iter()
                .filter_map(|owner| owner.strip_prefix("/components/schemas/"));
            for name in names {
                let known = first.get(name);
                if known.is_none_or(|known| since < *known) {
                    first.insert(name.to_owned(), since.clone());
                }
            }
        }
    };
    for operation in facts::described(document)? {
        if let Some(body) = &operation.body {
            read(
                Section::Requests,
                &format!("{} body", operation.place),
                body,
            );
        }
        for (status, fields) in &operation.responses {
            read(
                Section::Responses,
                &format!("{} {status}", operation.place),
                fields,
            );
        }
    }
    Ok(first)
}

fn rename_references(value: &mut Value, renamed: &Map<String, Value>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if key == "$ref" => {
                        if let Some(Value::String(new)) = renamed.get(text.as_str()) {
                            text.clone_from(new);
                        }
                    }
                    value => rename_references(value, renamed),
                }
            }
        }
        Value::Array(array) => array
            .iter_mut()
            .for_each(|value| rename_references(value, renamed)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::history::tests::raw;
    use serde_json::json;

    #[test]
    fn received_form_of_a_model_has_its_plain_name() {
        let mut document = json!({
            "a": [{"$ref": "#/components/schemas/X-Output"}, {"$ref": "#/components/schemas/X-Input"}],
            "components": {"schemas": {"X-Input": {}, "X-Output": {"type": "object"}}}
        });
        let notes = rename(&mut document, &History::default()).unwrap();
        assert_eq!(document["a"][0]["$ref"], "#/components/schemas/X");
        assert_eq!(document["a"][1]["$ref"], "#/components/schemas/X-Input");
        assert_eq!(
            document["components"]["schemas"],
            json!({"X": {"type": "object"}, "X-Input": {}})
        );
        assert_eq!(notes.len(), 1);
    }

    /// A form that a release accepts at `POST /x`, and what `GET /x` returns.
    fn document(accepted: &str, returned: Option<&str>) -> Value {
        let content = |schema: &str| {
            json!({"content": {"application/json": {"schema":
            {"$ref": format!("{SCHEMAS}{schema}")}}}})
        };
        let schema = json!({"type": "object", "properties": {"name": {}}});
        let mut document = json!({
            "paths": {"/x": {"post": {"tags": ["groups"], "requestBody": content(accepted)}}},
            "components": {"schemas": {accepted: schema, "UserPermissions": {}}}
        });
        if let Some(returned) = returned {
            document["components"]["schemas"][returned] = schema;
            document["paths"]["/x"]["get"] =
                json!({"tags": ["groups"], "responses": {"200": content(returned)}});
        }
        document
    }

    #[test]
    fn form_that_releases_accepted_first_keeps_its_plain_name() {
        let mut raw = raw("0.12.0", "POST /x", true);
        raw.document = document("X", None);
        let mut history = History::default();
        history.add(&raw).unwrap();
        let mut document = document("X-Input", Some("X-Output"));
        let notes = rename(&mut document, &history).unwrap();
        let paths = &document["paths"]["/x"];
        let schema = "/content/application~1json/schema/$ref";
        assert_eq!(
            paths["post"]["requestBody"].pointer(schema),
            Some(&json!("#/components/schemas/X"))
        );
        assert_eq!(
            paths["get"]["responses"]["200"].pointer(schema),
            Some(&json!("#/components/schemas/X-Output"))
        );
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn name_of_another_model_is_not_taken() {
        let mut document = json!({"components": {"schemas": {"X": {}, "X-Output": {}}}});
        let before = document.clone();
        assert_eq!(rename(&mut document, &History::default()).unwrap(), []);
        assert_eq!(document, before);
    }
}
