//! Models that are sent and received in different forms.
//!
//! A server publishes a model as `X` while both forms are the same, and as `X-Input` and
//! `X-Output` from the moment when they differ. The type that callers receive keeps the name `X`,
//! so that the overlay and the code that uses it still find it.

use serde_json::{Map, Value};

use crate::document::note::Note;

const SCHEMAS: &str = "#/components/schemas/";

/// Renames `X-Output` to `X`, unless there is an `X`.
pub(crate) fn rename(document: &mut Value) -> Vec<Note> {
    let pointer = "/components/schemas";
    let Some(schemas) = document.pointer_mut(pointer).and_then(Value::as_object_mut) else {
        return Vec::new();
    };
    let names: Vec<_> = schemas
        .keys()
        .filter_map(|name| Some((name.clone(), name.strip_suffix("-Output")?.to_owned())))
        .filter(|(_, plain)| !plain.is_empty() && !schemas.contains_key(plain))
        .collect();
    for (name, plain) in &names {
        if let Some(schema) = schemas.remove(name) {
            schemas.insert(plain.clone(), schema);
        }
    }
    let renamed: Map<_, _> = names
        .iter()
        .map(|(name, plain)| {
            (
                format!("{SCHEMAS}{name}"),
                format!("{SCHEMAS}{plain}").into(),
            )
        })
        .collect();
    rename_references(document, &renamed);
    names
        .into_iter()
        .map(|(name, plain)| Note {
            pointer: format!("{pointer}/{name}"),
            text: format!(
                "is named `{plain}`, as the model that callers receive; the form that they send \
                 is `{plain}-Input`"
            ),
        })
        .collect()
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
    use serde_json::json;

    #[test]
    fn received_form_of_a_model_has_its_plain_name() {
        let mut document = json!({
            "a": [{"$ref": "#/components/schemas/X-Output"}, {"$ref": "#/components/schemas/X-Input"}],
            "components": {"schemas": {"X-Input": {}, "X-Output": {"type": "object"}}}
        });
        let notes = rename(&mut document);
        assert_eq!(document["a"][0]["$ref"], "#/components/schemas/X");
        assert_eq!(document["a"][1]["$ref"], "#/components/schemas/X-Input");
        assert_eq!(
            document["components"]["schemas"],
            json!({"X": {"type": "object"}, "X-Input": {}})
        );
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn name_of_another_model_is_not_taken() {
        let mut document = json!({"components": {"schemas": {"X": {}, "X-Output": {}}}});
        let before = document.clone();
        assert_eq!(rename(&mut document), []);
        assert_eq!(document, before);
    }
}
