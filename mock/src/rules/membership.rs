//! Lists, adds and removes members of a group.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::rules::{
    form::Body,
    lookup,
    pattern::Pattern,
    query::Query,
    response::{Outcome, Response},
    store::{Store, User, now},
};

/// The fixed size of a page of members.
const PAGE: u64 = 30;

/// The direct members of a group, or an empty list if it does not exist.
pub(crate) fn users(store: &Store, group: &str) -> Value {
    let users = store.members(group).filter_map(|id| store.user(id));
    users.map(|user| store.user_json(user)).collect()
}

pub(crate) fn add(store: &mut Store, group: &str, body: &Body) -> Outcome {
    let ids = user_ids(body)?;
    // The database returns each ID once, in ascending order.
    let valid: BTreeSet<String> = ids
        .into_iter()
        .filter(|id| store.user(id).is_some())
        .collect();
    lookup::check_for_change(store, group, "Error adding users to group")?;
    let added = if store.version.adds_members_in_one_transaction() {
        valid.into_iter().collect()
    } else {
        added_one_by_one(store, group, valid)
    };
    store.insert_members(group, added);
    updated(store, group)
}

/// Adds users one by one. Up to 0.11.4, an existing member rolls back the whole transaction, and the
/// loop continues.
fn added_one_by_one(store: &Store, group: &str, ids: BTreeSet<String>) -> Vec<String> {
    let mut added = Vec::new();
    for id in ids {
        if store.is_member(group, &id) {
            added.clear();
        } else {
            added.push(id);
        }
    }
    added
}

pub(crate) fn remove(store: &mut Store, group: &str, body: &Body) -> Outcome {
    let ids = user_ids(body)?;
    lookup::check_for_change(store, group, "Error removing users from group")?;
    if ids.is_empty() && !store.version.empty_removal_updates_group() {
        return group_response(store, group);
    }
    store.remove_members(group, &ids);
    updated(store, group)
}

fn user_ids(body: &Body) -> Result<Vec<String>, Response> {
    let mut fields = body.fields();
    let ids = fields.texts("user_ids");
    fields.finish().map(|()| ids)
}

fn updated(store: &mut Store, id: &str) -> Outcome {
    if let Some(group) = store.group_mut(id) {
        group.updated_at = now();
    }
    group_response(store, id)
}

fn group_response(store: &Store, id: &str) -> Outcome {
    let group = store.group(id).ok_or_else(lookup::not_found)?;
    Ok(store.group_json(group))
}

/// Returns one page of members, with their types of membership.
pub(crate) fn page(store: &Store, group: &str, mut query: Query) -> Outcome {
    let kinds = ["direct", "inherited", "effective"];
    let membership = query.word("membership", &kinds).unwrap_or("effective");
    let pattern = Pattern::within(
        query.text("query").unwrap_or_default(),
        store.version.folds_case_beyond_ascii(),
    );
    let page = query.count("page").unwrap_or(1);
    query.finish()?;
    if store.group(group).is_none() {
        return Err(lookup::not_found());
    }

    let sources = sources(store, group);
    let direct = store.member_count(group);
    let is_direct = |id: &str| store.is_member(group, id);
    let mut members: Vec<&User> = sources
        .keys()
        .filter_map(|id| store.user(id))
        .filter(|user| match membership {
            "direct" => is_direct(&user.id),
            "inherited" => !is_direct(&user.id),
            _ => true,
        })
        .filter(|user| pattern.is_like(&user.name) || pattern.is_like(&user.email))
        .collect();
    members.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    // SQLite's integers have 64 bits, and the driver rejects larger ones.
    let skipped = (page - 1)
        .checked_mul(PAGE)
        .filter(|skipped| i64::try_from(*skipped).is_ok())
        .ok_or_else(Response::internal_server_error)?;
    let items: Vec<_> = members
        .iter()
        .skip(usize::try_from(skipped).unwrap_or(usize::MAX))
        .take(PAGE as usize)
        .map(|user| member_json(store, group, user, &sources))
        .collect();
    Ok(json!({
        "items": items,
        "total": members.len(),
        "counts": {
            "direct": direct,
            "effective": sources.len(),
            "inherited": sources.len() - direct,
        },
    }))
}

/// The members of the group and of its descendants, and the groups that each is a direct member of.
fn sources<'a>(store: &'a Store, group: &str) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut sources: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for id in store.with_descendants(group) {
        for user in store.members(id) {
            sources.entry(user).or_default().insert(id);
        }
    }
    sources
}

fn member_json(
    store: &Store,
    group: &str,
    user: &User,
    sources: &BTreeMap<&str, BTreeSet<&str>>,
) -> Value {
    let via = sources.get(user.id.as_str()).into_iter().flatten();
    let via: Vec<_> = via.filter(|source| **source != group).collect();
    let mut json = store.user_json(user);
    if let Some(json) = json.as_object_mut() {
        let direct = store.is_member(group, &user.id);
        let kind = if direct { "direct" } else { "inherited" };
        json.insert("membership_type".to_owned(), kind.into());
        json.insert("via_group_ids".to_owned(), json!(via));
        json.insert("last_active_at".to_owned(), Value::Null);
    }
    json
}
