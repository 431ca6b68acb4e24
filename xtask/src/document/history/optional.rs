//! Fields of responses that some release leaves out.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;

use crate::document::{
    history::{
        History,
        facts::{self, Section},
    },
    note::Note,
};

/// Makes each field of a response optional that a release with the response does not have or does
/// not require, and reports them.
///
/// A schema of both a response and a request changes for both.
///
/// # Errors
///
/// If a reference leads nowhere.
pub(crate) fn make_optional(slice: &mut Value, history: &History) -> Result<Vec<Note>> {
    let mut found: BTreeMap<(String, String), String> = BTreeMap::new();
    for operation in facts::described(slice)? {
        for (status, fields) in &operation.responses {
            let place = format!("{} {status}", operation.place);
            for (path, field) in fields.iter().filter(|(_, field)| field.required) {
                let Some((parent, name)) = path.rsplit_once('.') else {
                    continue;
                };
                let item = facts::item(&place, path);
                let mut lacking = history.having(Section::Responses, &facts::item(&place, parent));
                for release in history.having(Section::Responses, &format!("{item} required")) {
                    lacking.remove(&release);
                }
                if lacking.is_empty() {
                    continue;
                }
                let text = format!(
                    "`{name}` is optional, because Open WebUI {} may leave it out of {item}",
                    history.ranges(&lacking)
                );
                for owner in &field.owners {
                    let key = (format!("{owner}/required"), name.to_owned());
                    found.entry(key).or_insert_with(|| text.clone());
                }
            }
        }
    }
    Ok(found
        .into_iter()
        .map(|((pointer, name), text)| {
            if let Some(Value::Array(required)) = slice.pointer_mut(&pointer) {
                required.retain(|required| *required != *name);
            }
            Note { pointer, text }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{
        files::Folder,
        history::{
            raw::PREVIEW,
            tests::{history, raw},
        },
        slice,
    };
    use serde_json::json;

    /// A document whose `GET /d` returns a group with these required fields.
    fn document(required: &[&str]) -> Value {
        let mut document = raw("0.12.0", "GET /d", true).document;
        document["paths"]["/d"]["get"]["responses"]["200"]["content"]["application/json"] =
            json!({"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Group"}}});
        document["components"]["schemas"]["Group"] = json!({
            "properties": {"id": {}, "parent": {}, "count": {"properties": {"direct": {}}, "required": ["direct"]}},
            "required": required,
        });
        document
    }

    fn derived(older: &[&str], newer: &[&str]) -> (Value, Vec<String>) {
        let mut history = history();
        let mut raw = raw("0.12.0", "GET /d", true);
        raw.document = document(older);
        history.add(&raw).unwrap();
        let mut slice = slice::cut(&document(newer)).unwrap();
        let notes = make_optional(&mut slice, &history).unwrap();
        let required = slice["components"]["schemas"]["Group"]["required"].clone();
        (required, notes.iter().map(Note::to_string).collect())
    }

    #[test]
    fn a_field_that_a_release_may_leave_out_is_optional() {
        let (required, notes) = derived(&["id"], &["id", "parent"]);
        assert_eq!(required, json!(["id"]));
        assert_eq!(
            notes,
            [
                "#/components/schemas/Group/required: `parent` is optional, because Open WebUI \
              0.12.0.. may leave it out of GET /d 200 [].parent"
            ]
        );
    }

    #[test]
    fn a_field_that_every_release_requires_stays_so() {
        assert_eq!(derived(&["id"], &["id"]), (json!(["id"]), Vec::new()));
    }

    /// Whether its object is there is not its own matter.
    #[test]
    fn a_field_inside_an_optional_one_stays_required() {
        let (_, notes) = derived(&["id"], &["id", "count"]);
        assert_eq!(notes.len(), 1, "{notes:?}");
    }

    #[test]
    fn a_response_that_no_release_has_stays_as_it_is() {
        let mut slice = slice::cut(&document(&["id"])).unwrap();
        assert!(make_optional(&mut slice, &history()).unwrap().is_empty());
    }

    /// The overlay describes the preview, because the document does not. What a release lacks is in
    /// its recorded response.
    #[test]
    fn what_the_preview_of_some_release_lacks_is_optional() {
        let folder = Folder::of_project();
        let history = folder.history().unwrap();
        let groups = serde_json::from_str(&folder.groups().unwrap().unwrap()).unwrap();
        let operations = facts::described(&groups).unwrap();
        let preview = operations.iter().find(|one| one.place == PREVIEW).unwrap();
        let place = format!("{PREVIEW} 200");
        let fields = &preview.responses["200"];
        let having = |path: &str| history.having(Section::Responses, &facts::item(&place, path));
        for (path, _) in fields.iter().filter(|(_, field)| field.required) {
            let (parent, _) = path.rsplit_once('.').unwrap();
            let lacking = &having(parent) - &having(path);
            assert!(
                lacking.is_empty(),
                "{path} is required, but not in {}",
                history.ranges(&lacking)
            );
        }
        assert!(having("").len() > having(".default_models").len());
    }
}
