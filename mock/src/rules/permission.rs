//! Decides whether a user has a permission, like the server.

use serde_json::Value;

use crate::rules::{
    response::Response,
    store::{Store, User},
};

/// Whether one of the user's groups, or an ancestor, allows the permission.
///
/// # Errors
///
/// Returns the response to an exception if a category is not an object.
pub(crate) fn is_allowed(
    store: &Store,
    user: &User,
    category: &str,
    name: &str,
) -> Result<bool, Response> {
    let groups = store.groups().into_iter();
    let own = groups.filter(|group| store.is_member(&group.id, &user.id));
    let all = own.flat_map(|group| store.with_ancestors(&group.id));
    for permissions in all.filter_map(|group| group.permissions.as_ref()) {
        if let Some(names) = permissions.get(category)
            && is_allowed_in(names, name)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_allowed_in(category: &Value, name: &str) -> Result<bool, Response> {
    let fails = match category {
        Value::Object(names) => return Ok(names.get(name).is_some_and(is_true)),
        Value::Array(items) => items.iter().any(|item| item == name),
        Value::String(text) => text.contains(name),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    };
    match fails {
        true => Err(Response::internal_server_error()),
        false => Ok(false),
    }
}

/// Whether Python treats the value as true.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}
