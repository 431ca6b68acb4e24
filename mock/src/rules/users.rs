//! Lists and searches users, and returns the groups and the preview of a user.

use std::cmp::{Ordering, Reverse};

use http::StatusCode;
use serde_json::{Value, json};

use crate::rules::{
    pattern::Pattern,
    query::Query,
    response::{Outcome, Response},
    store::{Group, Store, User},
};

/// The fixed size of a page of users.
const PAGE: i128 = 30;

/// All users, the most recently created first.
pub(crate) fn all(store: &Store) -> Outcome {
    let mut users: Vec<_> = store.users().collect();
    users.sort_by_key(|user| (Reverse(user.created_at), user.row));
    Ok(list_json(store, &users, users.len()))
}

/// Returns one page of the users whose name or email address matches the query.
pub(crate) fn search(store: &Store, mut query: Query) -> Outcome {
    let page = query.number("page").unwrap_or(1).max(1);
    let text = |query: &Query, name| query.text(name).unwrap_or_default().to_owned();
    let [search, order, direction] =
        ["query", "order_by", "direction"].map(|name| text(&query, name));
    query.finish()?;
    let pattern = Pattern::within(&search, store.version.folds_case_beyond_ascii());
    let is_like = |user: &&User| pattern.is_like(&user.name) || pattern.is_like(&user.email);
    let mut users: Vec<_> = store.users().filter(is_like).collect();
    // Without an order, SQLite returns the rows in the order of their creation.
    users.sort_by_key(|user| user.row);
    if let Some(order) = known_order(&order) {
        users.sort_by(|one, other| match direction.as_str() {
            "asc" => order(one, other),
            _ => order(one, other).reverse(),
        });
    } else if let Some(group) = order.strip_prefix("group_id:") {
        users.sort_by(|one, other| {
            let [one_in, other_in] = [one, other].map(|user| store.is_member(group, &user.id));
            let members = match direction.as_str() {
                "asc" => one_in.cmp(&other_in),
                _ => other_in.cmp(&one_in),
            };
            members.then_with(|| one.name.cmp(&other.name))
        });
    } else {
        let is_plain = order.is_empty() && direction.is_empty();
        if search.is_empty() && (is_plain || store.version.ignores_unknown_orders()) {
            users.sort_by_key(|user| Reverse(user.created_at));
        }
    }
    // SQLite's integers have 64 bits, and the driver rejects larger ones.
    let skipped = i64::try_from((page - 1).saturating_mul(PAGE))
        .map_err(|_| Response::internal_server_error())?;
    let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
    let total = users.len();
    let page: Vec<_> = users
        .into_iter()
        .skip(skipped)
        .take(PAGE as usize)
        .collect();
    Ok(list_json(store, &page, total))
}

type Order = fn(&User, &User) -> Ordering;

fn known_order(order: &str) -> Option<Order> {
    Some(match order {
        "name" => |one, other| one.name.cmp(&other.name),
        "email" => |one, other| one.email.cmp(&other.email),
        "role" => |one, other| one.role.as_str().cmp(other.role.as_str()),
        "created_at" | "updated_at" => |one, other| one.created_at.cmp(&other.created_at),
        "last_active_at" => |one, other| one.last_active_at.cmp(&other.last_active_at),
        _ => return None,
    })
}

fn list_json(store: &Store, users: &[&User], total: usize) -> Value {
    let users: Vec<_> = users.iter().map(|user| store.user_json(user)).collect();
    json!({"users": users, "total": total})
}

/// The groups of a user, or an empty list if the user does not exist.
pub(crate) fn groups(store: &Store, user: &str, mut query: Query) -> Outcome {
    let with_inherited = if store.version.has_hierarchy() {
        let with_inherited = query.flag("include_inherited").unwrap_or_default();
        query.finish()?;
        with_inherited
    } else {
        false
    };
    let groups = groups_of(store, user, with_inherited).into_iter();
    Ok(groups
        .map(|group| {
            let mut json = store.group_json(group);
            if let Some(json) = json.as_object_mut() {
                json.remove("member_count");
                if with_inherited {
                    let is_direct = store.is_member(&group.id, user);
                    let kind = if is_direct { "direct" } else { "inherited" };
                    json.insert("membership_type".to_owned(), kind.into());
                }
            }
            json
        })
        .collect())
}

/// Returns the preview of a user. The lists of resources are empty, because the mock has no models,
/// knowledge bases and tools.
pub(crate) fn preview(store: &Store, user: &str) -> Outcome {
    let user = store.user(user).ok_or_else(|| {
        Response::error(
            StatusCode::NOT_FOUND,
            "We could not find what you're looking for :/",
        )
    })?;
    let groups = groups_of(store, &user.id, store.version.has_hierarchy());
    let groups: Vec<_> = groups
        .iter()
        .map(|group| json!({"id": group.id, "name": group.name}))
        .collect();
    let nothing = json!({"items": [], "total": 0});
    Ok(json!({
        "user": {"id": user.id, "name": user.name},
        "groups": groups,
        "models": nothing,
        "knowledge": nothing,
        "tools": nothing,
    }))
}

/// The groups of a user, the most recently changed first.
fn groups_of<'a>(store: &'a Store, user: &str, with_inherited: bool) -> Vec<&'a Group> {
    let direct = store.groups().into_iter();
    let direct = direct.filter(|group| store.is_member(&group.id, user));
    let mut groups: Vec<_> = match with_inherited {
        true => direct
            .flat_map(|group| store.with_ancestors(&group.id))
            .collect(),
        false => direct.collect(),
    };
    groups.sort_by_key(|group| (Reverse(group.updated_at), &group.id));
    groups.dedup_by_key(|group| &group.id);
    groups
}
