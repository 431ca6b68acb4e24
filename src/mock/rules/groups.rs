//! The groups operations, as the versions of the server carry them out.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    access::{self, Access},
    answer::{Answer, Outcome},
    form::Body,
    listing, membership, preview,
    query::Query,
    store::{Group, Store, now},
};
use crate::Operation;
use crate::mock::request::Request;

const MISSING: &str = "We could not find what you're looking for :/";
pub(super) const GROUP_MISSING: &str = "Group not found.";

/// Carries out one operation. What a server does first comes first: it reads
/// the body, asks who calls, looks at the parameters, and does the work.
pub(super) fn answer(
    store: &mut Store,
    operation: Operation,
    id: &str,
    request: &Request,
) -> Outcome {
    let body = match operation {
        Operation::CreateGroup
        | Operation::UpdateGroup
        | Operation::AddGroupMembers
        | Operation::RemoveGroupMembers => {
            Body::read(store.version, &request.headers, &request.body)?
        }
        _ => Body::Absent,
    };
    let access = match operation {
        Operation::ListGroups | Operation::GetGroupInfo => Access::Verified,
        _ => Access::Admin,
    };
    let caller = access::caller(store, &request.headers, access)?.clone();
    let query = || Query::parse(request.query.as_deref());
    match operation {
        Operation::ListGroups => listing::list(store, &caller, query()),
        Operation::CreateGroup => {
            let id = store.next_id();
            create_from(store, &caller.id, id, &body)
        }
        Operation::GetGroup => Ok(store.group_json(found(store, id)?)),
        Operation::GetGroupInfo => Ok(store.group_info_json(found(store, id)?)),
        Operation::ExportGroup => export(store, id),
        Operation::ListGroupUsers => Ok(membership::users(store, id)),
        Operation::UpdateGroup => update(store, id, &body),
        Operation::AddGroupMembers => membership::add(store, id, &body),
        Operation::RemoveGroupMembers => membership::remove(store, id, &body),
        Operation::DeleteGroup => delete(store, id),
        Operation::PreviewGroup => {
            let group = store.group(id).ok_or_else(|| missing(MISSING))?;
            preview::preview(store, group)
        }
        Operation::ListGroupMembers => membership::page(store, id, query()),
    }
}

/// A failure that the handler knows.
pub(super) fn bad_request(detail: impl Into<String>) -> Answer {
    Answer::refusal(StatusCode::BAD_REQUEST, detail.into())
}

pub(super) fn missing(detail: &str) -> Answer {
    Answer::refusal(StatusCode::NOT_FOUND, detail)
}

/// How a change of a group that is not there ends, up to 0.11.4.
pub(super) fn no_change(store: &Store, what: &str) -> Answer {
    let refusal = format!("[ERROR: {what}]");
    bad_request(if store.version.wraps_refusals() {
        format!("[ERROR: 400: {refusal}]")
    } else {
        refusal
    })
}

fn found<'a>(store: &'a Store, id: &str) -> Result<&'a Group, Answer> {
    let status = if store.version.has_hierarchy() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::UNAUTHORIZED
    };
    store
        .group(id)
        .ok_or_else(|| Answer::refusal(status, MISSING))
}

fn export(store: &Store, id: &str) -> Outcome {
    let group = found(store, id)?;
    let members: Vec<_> = store.members(id).collect();
    if members.is_empty() && !store.version.shares_among_members() {
        return Err(Answer::crash());
    }
    let mut json = store.group_json(group);
    if let Some(json) = json.as_object_mut() {
        json.insert("user_ids".to_owned(), json!(members));
    }
    Ok(json)
}

/// What a create and an update send.
struct GroupForm {
    parent: Option<String>,
    names_parent: bool,
    name: String,
    description: String,
    permissions: Option<Map<String, Value>>,
    data: Option<Map<String, Value>>,
}

impl GroupForm {
    fn read(store: &Store, body: &Body) -> Result<Self, Answer> {
        let mut fields = body.fields();
        let knows_parents = store.version.has_hierarchy();
        let form = Self {
            names_parent: knows_parents && fields.has("parent_group_id"),
            parent: if knows_parents {
                fields.text_if_any("parent_group_id")
            } else {
                None
            },
            name: fields.text("name"),
            description: fields.text("description"),
            permissions: fields.object_if_any("permissions"),
            data: match fields.object_if_any("data") {
                Some(data) if knows_parents => match check_config(&data) {
                    Ok(data) => Some(data),
                    Err(rule) => {
                        fields.breaks("data", rule, Value::Object(data));
                        None
                    }
                },
                data => data,
            },
        };
        fields.finish().map(|()| form)
    }
}

/// The rules of 0.12 for `data.config`; default models lose their blanks and
/// what they have twice.
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
        let mut kept: Vec<Value> = Vec::new();
        let mut seen = HashSet::new();
        for model in models.as_array().ok_or(MODELS)? {
            let model = model.as_str().map(str::trim).unwrap_or_default();
            if model.is_empty() {
                return Err(MODELS);
            }
            if seen.insert(model.to_owned()) {
                kept.push(model.into());
            }
        }
        *models = Value::Array(kept);
    }
    Ok(data)
}

/// Creates a group with this id, of a form in JSON.
pub(in crate::mock) fn create(store: &mut Store, caller: &str, id: String, form: Value) -> Outcome {
    create_from(store, caller, id, &Body::Json(form))
}

fn create_from(store: &mut Store, caller: &str, id: String, body: &Body) -> Outcome {
    let form = GroupForm::read(store, body)?;
    check_parent(store, None, form.parent.as_deref())?;
    let mut data = form.data;
    if store.version.shares_among_members() {
        share_by_default(store, data.get_or_insert_default())?;
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
    found(store, &id).map(|group| store.group_json(group))
}

/// Sets `config.share` where nothing is set, and stumbles, as Python does,
/// over a config of another kind.
fn share_by_default(store: &Store, data: &mut Map<String, Value>) -> Result<(), Answer> {
    let config = data
        .entry("config")
        .or_insert_with(|| Value::Object(Map::new()));
    let stumble = |what: &str| {
        bad_request(if store.version.wraps_refusals() {
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
        Value::Array(_) => Err(stumble("list indices must be integers or slices, not str")),
        Value::String(text) if text.contains("share") => Ok(()),
        Value::String(_) => Err(stumble("'str' object does not support item assignment")),
        other => {
            let kind = match other {
                Value::Null => "NoneType",
                Value::Bool(_) => "bool",
                Value::Number(number) if number.is_f64() => "float",
                _ => "int",
            };
            Err(stumble(&format!(
                "argument of type '{kind}' is not iterable"
            )))
        }
    }
}

fn check_parent(store: &Store, id: Option<&str>, parent: Option<&str>) -> Result<(), Answer> {
    let Some(parent) = parent else {
        return Ok(());
    };
    if parent.is_empty() {
        return Err(bad_request("Parent group must be a group ID or null."));
    }
    if store.group(parent).is_none() {
        return Err(missing("Parent group not found."));
    }
    if store
        .line_of(parent)
        .iter()
        .any(|above| Some(above.id.as_str()) == id)
    {
        return Err(bad_request(
            "A group cannot be its own parent or a descendant of itself.",
        ));
    }
    Ok(())
}

fn update(store: &mut Store, id: &str, body: &Body) -> Outcome {
    let form = GroupForm::read(store, body)?;
    let merges = store.version.has_hierarchy();
    if store.group(id).is_none() {
        return Err(if merges {
            missing(GROUP_MISSING)
        } else {
            no_change(store, "Error updating group")
        });
    }
    if form.names_parent {
        check_parent(store, Some(id), form.parent.as_deref())?;
    }
    if let Some(group) = store.group_mut(id) {
        group.name = form.name;
        group.description = form.description;
        if form.names_parent {
            group.parent_group_id = form.parent;
        }
        if let Some(permissions) = form.permissions {
            group.permissions = Some(permissions);
        }
        if let Some(data) = form.data {
            let kept = group.data.take().filter(|_| merges);
            group.data = Some(if merges {
                merged(kept.unwrap_or_default(), data)
            } else {
                data
            });
        }
        group.updated_at = now();
    }
    found(store, id).map(|group| store.group_json(group))
}

/// One level deep, and `config` one more.
fn merged(mut kept: Map<String, Value>, new: Map<String, Value>) -> Map<String, Value> {
    let config_of = |data: &Map<String, Value>| {
        let config = data.get("config").and_then(Value::as_object);
        config.cloned().unwrap_or_default()
    };
    let mut config = config_of(&kept);
    config.extend(config_of(&new));
    kept.extend(new);
    kept.insert("config".to_owned(), Value::Object(config));
    kept
}

fn delete(store: &mut Store, id: &str) -> Outcome {
    if !store.remove_group(id) && store.version.has_hierarchy() {
        return Err(missing(GROUP_MISSING));
    }
    Ok(Value::Bool(true))
}
