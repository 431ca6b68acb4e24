//! Lists the groups that a user can see.

use std::collections::HashSet;

use serde_json::Value;

use crate::{
    role::Role,
    rules::{
        query::Query,
        response::Outcome,
        store::{Group, Store, User},
    },
};

pub(crate) fn list(store: &Store, caller: &User, mut query: Query) -> Outcome {
    let share = query.flag("share");
    query.finish()?;
    let is_admin = caller.role == Role::Admin;
    let own = groups_of(store, &caller.id);
    let groups = store.groups().into_iter().filter(|group| {
        let belongs = || own.contains(group.id.as_str());
        match share {
            // 0.6.43 applies the filter twice, and also for administrators.
            _ if !store.version.lists_shared_with_members() => {
                (is_admin || belongs()) && share.is_none_or(|share| is_shared_by_flag(group, share))
            }
            _ if is_admin => true,
            None => belongs(),
            Some(true) => match share_text(group).as_deref() {
                None | Some("true" | "1") => true,
                Some("members") => belongs(),
                Some(_) => false,
            },
            // SQLite represents false only as "0".
            Some(false) => share_text(group).as_deref() == Some("false"),
        }
    });
    Ok(groups.map(|group| store.group_json(group)).collect())
}

/// The groups that the user is a member of, and their ancestors.
fn groups_of<'a>(store: &'a Store, user: &str) -> HashSet<&'a str> {
    let groups = store.groups().into_iter();
    let own = groups.filter(|group| store.is_member(&group.id, user));
    own.flat_map(|group| store.with_ancestors(&group.id))
        .map(|group| group.id.as_str())
        .collect()
}

fn setting(group: &Group) -> Option<&Value> {
    let setting = group.data.as_ref()?.get("config")?.get("share")?;
    Some(setting).filter(|setting| !setting.is_null())
}

/// The setting as text of SQLite, in lower case.
fn share_text(group: &Group) -> Option<String> {
    Some(match setting(group)? {
        Value::Bool(share) => u8::from(*share).to_string(),
        Value::String(text) => text.to_ascii_lowercase(),
        other => other.to_string().to_ascii_lowercase(),
    })
}

/// Compares the setting as the number 0 or 1. An absent setting is shared. A text matches neither.
fn is_shared_by_flag(group: &Group, share: bool) -> bool {
    let wanted = if share { 1.0 } else { 0.0 };
    match setting(group) {
        None => share,
        Some(Value::Bool(set)) => *set == share,
        Some(Value::Number(number)) => number.as_f64() == Some(wanted),
        Some(_) => false,
    }
}
