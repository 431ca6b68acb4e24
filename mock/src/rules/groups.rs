//! Reads, creates, updates and deletes a group.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::rules::{
    form::Body,
    lookup,
    response::{Outcome, Response},
    store::{Group, Store, now},
};

pub(crate) fn get(store: &Store, id: &str) -> Outcome {
    Ok(store.group_json(lookup::for_read(store, id)?))
}

pub(crate) fn info(store: &Store, id: &str) -> Outcome {
    Ok(store.group_info_json(lookup::for_read(store, id)?))
}

pub(crate) fn export(store: &Store, id: &str) -> Outcome {
    let group = lookup::for_read(store, id)?;
    let members: Vec<_> = store.members(id).collect();
    if members.is_empty() && !store.version.exports_groups_without_members() {
        return Err(Response::internal_server_error());
    }
    let mut json = store.group_json(group);
    if let Some(json) = json.as_object_mut() {
        json.insert("user_ids".to_owned(), json!(members));
    }
    Ok(json)
}

/// The body of a create and of an update.
struct GroupForm {
    parent: Option<String>,
    sets_parent: bool,
    name: String,
    description: String,
    permissions: Option<Map<String, Value>>,
    data: Option<Map<String, Value>>,
}

impl GroupForm {
    fn read(store: &Store, body: &Body) -> Result<Self, Response> {
        let mut fields = body.fields();
        let has_hierarchy = store.version.has_hierarchy();
        let form = Self {
            sets_parent: has_hierarchy && fields.has("parent_group_id"),
            parent: if has_hierarchy {
                fields.optional_text("parent_group_id")
            } else {
                None
            },
            name: fields.text("name"),
            description: fields.text("description"),
            permissions: fields.optional_object("permissions"),
            data: match fields.optional_object("data") {
                Some(data) if store.version.validates_config() => match check_config(&data) {
                    Ok(data) => Some(data),
                    Err(rule) => {
                        fields.add_value_error("data", rule, Value::Object(data));
                        None
                    }
                },
                data => data,
            },
        };
        fields.finish().map(|()| form)
    }
}

/// Applies the rules of 0.12 for `data.config`. White space around default models and duplicates are
/// removed.
fn check_config(data: &Map<String, Value>) -> Result<Map<String, Value>, &'static str> {
    const MODELS: &str = "Default models must be a list of non-empty model IDs.";
    let mut data = data.clone();
    let Some(config) = data.get_mut("config") else {
        return Ok(data);
    };
    let config = config
        .as_object_mut()
        .ok_or("Group config must be an object.")?;
    if let Some(models) = config
        .get_mut("default_models")
        .filter(|models| !models.is_null())
    {
        let mut unique: Vec<Value> = Vec::new();
        let mut seen = HashSet::new();
        for model in models.as_array().ok_or(MODELS)? {
            let model = model.as_str().map(str::trim).unwrap_or_default();
            if model.is_empty() {
                return Err(MODELS);
            }
            if seen.insert(model.to_owned()) {
                unique.push(model.into());
            }
        }
        *models = Value::Array(unique);
    }
    Ok(data)
}

/// Creates a group with this ID.
pub(crate) fn create(store: &mut Store, caller: &str, id: String, body: &Body) -> Outcome {
    let form = GroupForm::read(store, body)?;
    check_parent(store, None, form.parent.as_deref())?;
    let mut data = form.data;
    if store.version.sets_default_share() {
        set_default_share(store, data.get_or_insert_default())?;
    }
    let row = store.next_number();
    let now = now();
    store.put_group(Group {
        id: id.clone(),
        user_id: caller.to_owned(),
        parent_group_id: form.parent,
        name: form.name,
        description: form.description,
        data,
        permissions: form.permissions,
        created_at: now,
        updated_at: now,
        row,
    });
    get(store, &id)
}

/// Sets `config.share` if it is not set. Returns an error for a config that is not an object, like
/// Python.
fn set_default_share(store: &Store, data: &mut Map<String, Value>) -> Result<(), Response> {
    let config = data
        .entry("config")
        .or_insert_with(|| Value::Object(Map::new()));
    let exception = |what: &str| {
        bad_request(if store.version.returns_exception_texts() {
            format!("[ERROR: {what}]")
        } else {
            "[ERROR: Error creating group]".to_owned()
        })
    };
    match config {
        Value::Object(config) => {
            config.entry("share").or_insert_with(|| "members".into());
            Ok(())
        }
        Value::Array(items) if items.iter().any(|item| item == "share") => Ok(()),
        Value::Array(_) => Err(exception(
            "list indices must be integers or slices, not str",
        )),
        Value::String(text) if text.contains("share") => Ok(()),
        Value::String(_) => Err(exception("'str' object does not support item assignment")),
        other => {
            let kind = match other {
                Value::Null => "NoneType",
                Value::Bool(_) => "bool",
                Value::Number(number) if number.is_f64() => "float",
                _ => "int",
            };
            Err(exception(&format!(
                "argument of type '{kind}' is not iterable"
            )))
        }
    }
}

fn check_parent(store: &Store, id: Option<&str>, parent: Option<&str>) -> Result<(), Response> {
    let Some(parent) = parent else {
        return Ok(());
    };
    if parent.is_empty() {
        return Err(bad_request("Parent group must be a group ID or null."));
    }
    if store.group(parent).is_none() {
        return Err(Response::error(
            StatusCode::NOT_FOUND,
            "Parent group not found.",
        ));
    }
    if store
        .with_ancestors(parent)
        .iter()
        .any(|above| Some(above.id.as_str()) == id)
    {
        return Err(bad_request(
            "A group cannot be its own parent or a descendant of itself.",
        ));
    }
    Ok(())
}

pub(crate) fn update(store: &mut Store, id: &str, body: &Body) -> Outcome {
    let form = GroupForm::read(store, body)?;
    let merges = store.version.merges_data();
    lookup::check_for_change(store, id, "Error updating group")?;
    if form.sets_parent {
        check_parent(store, Some(id), form.parent.as_deref())?;
    }
    if let Some(group) = store.group_mut(id) {
        group.name = form.name;
        group.description = form.description;
        if form.sets_parent {
            group.parent_group_id = form.parent;
        }
        if let Some(permissions) = form.permissions {
            group.permissions = Some(permissions);
        }
        if let Some(data) = form.data {
            let old = group.data.take();
            group.data = Some(if merges {
                merged(old.unwrap_or_default(), data)
            } else {
                data
            });
        }
        group.updated_at = now();
    }
    get(store, id)
}

/// Merges two objects one level deep, and their `config` one level deeper.
fn merged(mut old: Map<String, Value>, new: Map<String, Value>) -> Map<String, Value> {
    let config_of = |data: &Map<String, Value>| {
        let config = data.get("config").and_then(Value::as_object);
        config.cloned().unwrap_or_default()
    };
    let mut config = config_of(&old);
    config.extend(config_of(&new));
    old.extend(new);
    old.insert("config".to_owned(), Value::Object(config));
    old
}

pub(crate) fn delete(store: &mut Store, id: &str) -> Outcome {
    if !store.remove_group(id) && store.version.reports_missing_groups_on_delete() {
        return Err(lookup::not_found());
    }
    Ok(Value::Bool(true))
}

fn bad_request(detail: impl Into<String>) -> Response {
    Response::error(StatusCode::BAD_REQUEST, detail.into())
}
