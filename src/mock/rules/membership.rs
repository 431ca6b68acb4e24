//! Who belongs to a group: reading and changing it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    answer::{Answer, Outcome},
    form::Body,
    groups::{GROUP_MISSING, missing, no_change},
    query::Query,
    store::{Store, User, now},
};

/// The size of a page of members; the server has no other.
const PAGE: u64 = 30;

/// The direct members, of a group that is not there as well.
pub(super) fn users(store: &Store, group: &str) -> Value {
    let users = store.members(group).filter_map(|id| store.user(id));
    users.map(|user| store.user_json(user)).collect()
}

pub(super) fn add(store: &mut Store, group: &str, body: &Body) -> Outcome {
    let ids = user_ids(body)?;
    // The database answers in the order of the ids, each once.
    let valid: BTreeSet<String> = ids
        .into_iter()
        .filter(|id| store.user(id).is_some())
        .collect();
    exists(store, group, "Error adding users to group")?;
    let added = if store.version.has_hierarchy() {
        valid.into_iter().collect()
    } else {
        added_one_by_one(store, group, valid)
    };
    store.insert_members(group, added);
    changed(store, group)
}

/// Up to 0.11.4, an id that is a member already undoes the whole transaction,
/// and the loop goes on as if nothing had happened.
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

pub(super) fn remove(store: &mut Store, group: &str, body: &Body) -> Outcome {
    let ids = user_ids(body)?;
    exists(store, group, "Error removing users from group")?;
    if ids.is_empty() && !store.version.has_hierarchy() {
        return written(store, group);
    }
    store.remove_members(group, &ids);
    changed(store, group)
}

fn user_ids(body: &Body) -> Result<Vec<String>, Answer> {
    let mut fields = body.fields();
    let ids = fields.texts("user_ids");
    fields.finish().map(|()| ids)
}

fn exists(store: &Store, group: &str, otherwise: &str) -> Result<(), Answer> {
    if store.group(group).is_some() {
        Ok(())
    } else if store.version.has_hierarchy() {
        Err(missing(GROUP_MISSING))
    } else {
        Err(no_change(store, otherwise))
    }
}

fn changed(store: &mut Store, id: &str) -> Outcome {
    if let Some(group) = store.group_mut(id) {
        group.updated_at = now();
    }
    written(store, id)
}

fn written(store: &Store, id: &str) -> Outcome {
    let group = store.group(id).ok_or_else(|| missing(GROUP_MISSING))?;
    Ok(store.group_json(group))
}

/// One page of members, with the way they belong.
pub(super) fn page(store: &Store, group: &str, mut query: Query) -> Outcome {
    let kinds = ["direct", "inherited", "effective"];
    let membership = query.word("membership", &kinds).unwrap_or("effective");
    let search = query.text("query").unwrap_or_default().to_owned();
    let page = query.count("page").unwrap_or(1);
    query.finish()?;
    if store.group(group).is_none() {
        return Err(missing(GROUP_MISSING));
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
        .filter(|user| {
            let pattern = format!("%{search}%");
            search.is_empty() || is_like(&pattern, &user.name) || is_like(&pattern, &user.email)
        })
        .collect();
    members.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    // SQLite's integers have 64 bits, and the driver refuses more.
    let skipped = (page - 1)
        .checked_mul(PAGE)
        .filter(|skipped| i64::try_from(*skipped).is_ok())
        .ok_or_else(Answer::crash)?;
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

/// The groups of the branch that each of its members is in.
fn sources<'a>(store: &'a Store, group: &str) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut sources: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for id in store.branch_of(group) {
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

/// SQL's `LIKE`, as the server uses it: `%` is any text, `_` any character,
/// and both cases of a letter are alike.
fn is_like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let mut reached = vec![false; pattern.len() + 1];
    let follow = |reached: &mut Vec<bool>| {
        for (place, letter) in pattern.iter().enumerate() {
            if *letter == '%' && reached.get(place) == Some(&true) {
                set(reached, place + 1);
            }
        }
    };
    set(&mut reached, 0);
    follow(&mut reached);
    for letter in text.to_lowercase().chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (place, wanted) in pattern.iter().enumerate() {
            if reached.get(place) != Some(&true) {
                continue;
            }
            match wanted {
                '%' => set(&mut next, place),
                '_' => set(&mut next, place + 1),
                wanted if *wanted == letter => set(&mut next, place + 1),
                _ => {}
            }
        }
        follow(&mut next);
        reached = next;
    }
    reached.last() == Some(&true)
}

fn set(places: &mut [bool], place: usize) {
    if let Some(place) = places.get_mut(place) {
        *place = true;
    }
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn like_is_that_of_the_server() {
        for (pattern, text, alike) in [
            ("%ann%", "Ann Example", true),
            ("%a%e%", "Ann Example", true),
            ("%_nn%", "Ann", true),
            ("%É%", "é", true),
            ("%m_ller%", "ZOË MÜLLER", true),
            ("%", "", true),
            ("%_%", "", false),
            ("%x%", "Ann", false),
            ("%%%", "Ann", true),
        ] {
            assert_eq!(is_like(pattern, text), alike, "{pattern} {text}");
        }
    }
}
