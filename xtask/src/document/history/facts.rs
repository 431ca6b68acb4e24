//! What one release has.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use anyhow::Result;
use serde_json::Value;

use crate::document::{
    history::{
        fields::{self, Fields},
        permissions,
        raw::{PREVIEW, Raw},
    },
    slice,
};

/// A kind of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    /// `GET /api/v1/groups/`
    Operations,
    /// `GET /api/v1/groups/ query share`, and the same with ` required`.
    Parameters,
    /// `POST /api/v1/groups/create body .name`, and the same with ` required` or ` nullable`.
    Requests,
    /// `GET /api/v1/groups/ 200 [].name`, and the same with ` required` or ` nullable`.
    Responses,
    /// A parameter or a field, with ` = ` and a value that its schema lists.
    Values,
    /// `chat.delete`, if the document names it.
    Permissions,
    /// `chat.delete = true`, if that is the server's default.
    Defaults,
}

impl Section {
    /// All of them, in the order of the file.
    pub(crate) const ALL: [Self; 7] = [
        Self::Operations,
        Self::Parameters,
        Self::Requests,
        Self::Responses,
        Self::Values,
        Self::Permissions,
        Self::Defaults,
    ];

    /// Its key in the file.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Parameters => "parameters",
            Self::Requests => "requests",
            Self::Responses => "responses",
            Self::Values => "values",
            Self::Permissions => "permissions",
            Self::Defaults => "defaults",
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.key())
    }
}

/// The items that one release has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts(BTreeMap<Section, BTreeSet<String>>);

impl Facts {
    /// The items of a release, from its slice and its other responses.
    ///
    /// # Errors
    ///
    /// If the slice has a reference that leads nowhere.
    pub(crate) fn of(slice: &Value, raw: &Raw) -> Result<Self> {
        let mut facts = Self::default();
        for operation in described(slice)? {
            facts.add(Section::Operations, operation.place.clone());
            facts.add_parameters(&operation);
            if let Some(body) = &operation.body {
                facts.add_fields(
                    Section::Requests,
                    &format!("{} body", operation.place),
                    body,
                );
            }
            for (status, response) in &operation.responses {
                let place = format!("{} {status}", operation.place);
                match &raw.preview {
                    Some(preview) if operation.place == PREVIEW && status == "200" => {
                        let recorded = fields::recorded(preview);
                        facts.add_fields(Section::Responses, &place, &recorded);
                    }
                    _ => facts.add_fields(Section::Responses, &place, response),
                }
            }
        }
        for permission in permissions::named(slice) {
            facts.add(Section::Permissions, permission.name);
        }
        for (name, value) in permissions::defaults(&raw.default_permissions) {
            facts.add(Section::Defaults, format!("{name} = {value}"));
        }
        Ok(facts)
    }

    /// The facts of these items.
    pub(crate) fn from_items(items: impl IntoIterator<Item = (Section, String)>) -> Self {
        let mut facts = Self::default();
        for (section, item) in items {
            facts.add(section, item);
        }
        facts
    }

    /// Each item with its section, in order.
    pub(crate) fn items(&self) -> impl Iterator<Item = (Section, &str)> {
        self.0.iter().flat_map(|(section, items)| {
            let items = items.iter().map(String::as_str);
            items.map(|item| (*section, item))
        })
    }

    /// One line for each item that only one of the two has: `+` if it is the other.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let (old, new) = (
            BTreeSet::from_iter(self.items()),
            BTreeSet::from_iter(other.items()),
        );
        let differences = old.symmetric_difference(&new);
        differences
            .map(|item| {
                let sign = if new.contains(item) { '+' } else { '-' };
                format!("{sign} {}: {}", item.0, item.1)
            })
            .collect()
    }

    fn add(&mut self, section: Section, item: String) {
        self.0.entry(section).or_default().insert(item);
    }

    fn add_parameters(&mut self, operation: &Described) {
        for parameter in &operation.parameters {
            let text = |key| parameter.get(key).and_then(Value::as_str).unwrap_or("?");
            let item = format!("{} {} {}", operation.place, text("in"), text("name"));
            if parameter.get("required") == Some(&Value::Bool(true)) {
                self.add(Section::Parameters, format!("{item} required"));
            }
            for value in fields::values(parameter.get("schema").unwrap_or(&Value::Null)) {
                self.add(Section::Values, format!("{item} = {value}"));
            }
            self.add(Section::Parameters, item);
        }
    }

    fn add_fields(&mut self, section: Section, place: &str, fields: &Fields) {
        for (path, field) in fields {
            let item = item(place, path);
            if field.required {
                self.add(section, format!("{item} required"));
            }
            if field.nullable {
                self.add(section, format!("{item} nullable"));
            }
            for value in &field.values {
                self.add(Section::Values, format!("{item} = {value}"));
            }
            self.add(section, item);
        }
    }
}

/// The item of a field: `GET /api/v1/groups/ 200 [].name`.
pub(crate) fn item(place: &str, path: &str) -> String {
    match path {
        "" => place.to_owned(),
        path => format!("{place} {path}"),
    }
}

/// An operation of a document, with the fields of what it accepts and returns.
pub(crate) struct Described {
    /// `GET /api/v1/groups/`
    pub(crate) place: String,
    parameters: Vec<Value>,
    pub(crate) body: Option<Fields>,
    /// By status.
    pub(crate) responses: BTreeMap<String, Fields>,
}

/// The operations of a slice.
///
/// # Errors
///
/// If a reference leads nowhere.
pub(crate) fn described(slice: &Value) -> Result<Vec<Described>> {
    let mut found = Vec::new();
    for (pointer, place) in slice::operation_pointers(slice) {
        let get = |rest: &str| slice.pointer(&format!("{pointer}{rest}"));
        let content = |rest: &str| -> Result<Option<Fields>> {
            let schema = format!("{pointer}{rest}/content/application~1json/schema");
            match slice.pointer(&schema) {
                Some(_) => fields::fields(slice, &schema).map(Some),
                None => Ok(None),
            }
        };
        let mut body = content("/requestBody")?;
        if let Some(itself) = body.as_mut().and_then(|fields| fields.get_mut("")) {
            itself.required = get("/requestBody/required") == Some(&Value::Bool(true));
        }
        let mut responses = BTreeMap::new();
        let statuses = get("/responses").and_then(Value::as_object);
        for status in statuses.into_iter().flat_map(|object| object.keys()) {
            let fields = content(&format!("/responses/{status}"))?;
            responses.insert(status.clone(), fields.unwrap_or_default());
        }
        // Those of the path count for all of its operations.
        let of_path = pointer.rsplit_once('/').map(|(path, _)| path);
        let of_path = of_path.and_then(|path| slice.pointer(&format!("{path}/parameters")));
        let lists = [of_path, get("/parameters")].into_iter().flatten();
        let parameters = lists.filter_map(Value::as_array).flatten().cloned();
        found.push(Described {
            parameters: parameters.collect(),
            place,
            body,
            responses,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn raw(document: Value) -> Raw {
        Raw {
            release: "0.12.4".parse().unwrap(),
            workaround: None,
            document,
            default_permissions: json!({"chat": {"delete": true}}),
            preview: Some(json!({"group": {"id": "1"}})),
        }
    }

    #[test]
    fn every_part_of_an_operation_is_an_item() {
        let document = json!({
            "paths": {
                "/groups": {"post": {
                    "parameters": [{"in": "query", "name": "share", "required": true,
                                    "schema": {"enum": ["all"]}}],
                    "requestBody": {"required": true, "content": {"application/json": {"schema":
                        {"properties": {"name": {"type": ["string", "null"]}}, "required": ["name"]}}}},
                    "responses": {"200": {"content": {"application/json": {"schema":
                        {"properties": {"kind": {"enum": ["a"]}}}}}}}
                }},
                "/api/v1/groups/id/{id}/preview": {"get": {"responses": {"200": {"content":
                    {"application/json": {"schema": {}}}}}}},
            },
            "components": {"schemas": {"UserPermissions": {"properties": {"chat":
                {"$ref": "#/components/schemas/Chat"}}}, "Chat": {"properties": {"delete": {}}}}}
        });
        let facts = Facts::of(&document, &raw(document.clone())).unwrap();
        let items: Vec<_> = facts
            .items()
            .map(|(section, item)| format!("{section}: {item}"))
            .collect();
        assert_eq!(
            items,
            [
                "operations: GET /api/v1/groups/id/{id}/preview",
                "operations: POST /groups",
                "parameters: POST /groups query share",
                "parameters: POST /groups query share required",
                "requests: POST /groups body",
                "requests: POST /groups body .name",
                "requests: POST /groups body .name nullable",
                "requests: POST /groups body .name required",
                "requests: POST /groups body required",
                "responses: GET /api/v1/groups/id/{id}/preview 200",
                "responses: GET /api/v1/groups/id/{id}/preview 200 .group",
                "responses: GET /api/v1/groups/id/{id}/preview 200 .group.id",
                "responses: POST /groups 200",
                "responses: POST /groups 200 .kind",
                "values: POST /groups 200 .kind = a",
                "values: POST /groups query share = all",
                "permissions: chat.delete",
                "defaults: chat.delete = true",
            ]
        );
    }

    #[test]
    fn a_difference_names_the_item_and_the_side_that_has_it() {
        let facts = |items: &[&str]| {
            let items = items.iter().map(|item| (*item).to_owned());
            Facts::from_items(items.map(|item| (Section::Operations, item)))
        };
        assert_eq!(
            facts(&["GET /a", "GET /b"]).differences(&facts(&["GET /b", "GET /c"])),
            ["- operations: GET /a", "+ operations: GET /c"]
        );
    }
}
