//! Adds users and groups to a mock without a request.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::{
    error::MockError,
    record::{GroupRecord, UserRecord},
    role::Role,
    rules::{
        form::Body,
        groups,
        store::{Group, Store, User, now},
    },
    seed::Seed,
    user::{MockUser, NewUser},
};

pub(crate) fn add_seed(store: &mut Store, admin: &str, seed: Seed) -> Result<(), MockError> {
    add_user_records(store, admin, seed.user_records)?;
    add_group_records(store, seed.group_records)?;
    for user in seed.users {
        add_user(store, user)?;
    }
    let mut added: HashMap<String, Vec<String>> = HashMap::new();
    for group in seed.groups {
        let parent = match &group.parent {
            None => None,
            Some(name) => match added.get(name).map(Vec::as_slice) {
                Some([id]) => Some(id.as_str()),
                Some(_) => {
                    return Err(MockError::new(format!(
                        "{:?} is below {name:?}, and several groups before it are called so",
                        group.name
                    )));
                }
                None => {
                    return Err(MockError::new(format!(
                        "{:?} is below {name:?}, which is no group before it",
                        group.name
                    )));
                }
            },
        };
        let id = add_group(store, admin, group.id.clone(), group.form(parent))?;
        let members = group.members.iter().map(|member| user_id(store, member));
        let members = members.collect::<Result<_, _>>()?;
        add_members(store, &id, members)?;
        added.entry(group.name).or_default().push(id);
    }
    Ok(())
}

/// Users are listed by the time of their creation, which a list of them does not have.
fn add_user_records(
    store: &mut Store,
    admin: &str,
    records: Vec<UserRecord>,
) -> Result<(), MockError> {
    let newest = now();
    for (created_at, record) in (0..=newest).rev().zip(records) {
        let is_admin = record.id == admin;
        if !is_admin {
            check_distinct(store, &record.id, &record.email)?;
        }
        let last_active_at = record.profile.get("last_active_at").and_then(Value::as_u64);
        let token = match store.token_of(&record.id).filter(|_| is_admin) {
            Some(token) => token.to_owned(),
            None => store.next_token(),
        };
        let user = User {
            id: record.id,
            name: record.name,
            email: record.email,
            role: if is_admin { Role::Admin } else { record.role },
            created_at,
            last_active_at: last_active_at.unwrap_or_default(),
            profile: record.profile,
            row: 0,
        };
        store.put_user(user, token);
    }
    Ok(())
}

/// The groups may be in any order: a group may come before its parent.
fn add_group_records(store: &mut Store, records: Vec<GroupRecord>) -> Result<(), MockError> {
    let ids: HashSet<String> = records.iter().map(|group| group.id.clone()).collect();
    for record in records {
        if store.group(&record.id).is_some() {
            return Err(group_exists(&record.id));
        }
        if let Some(parent) = &record.parent_group_id {
            check_parents(store)?;
            if !ids.contains(parent) {
                return Err(MockError::new(format!(
                    "{:?} is below {parent:?}, which is no group of the list",
                    record.name
                )));
            }
        }
        let row = store.next_number();
        store.put_group(Group {
            id: record.id,
            user_id: record.user_id,
            parent_group_id: record.parent_group_id,
            name: record.name,
            description: record.description,
            data: record.data,
            permissions: record.permissions,
            created_at: record.created_at,
            updated_at: record.updated_at,
            row,
        });
    }
    Ok(())
}

/// Checks that no user has the ID or the address.
fn check_distinct(store: &Store, id: &str, email: &str) -> Result<(), MockError> {
    let taken = if store.user(id).is_some() {
        format!("id {id}")
    } else if store.user_at(email).is_some() {
        format!("address {email}")
    } else {
        return Ok(());
    };
    Err(MockError::new(format!(
        "there is a user with the {taken} already"
    )))
}

fn check_parents(store: &Store) -> Result<(), MockError> {
    if store.version.has_hierarchy() {
        return Ok(());
    }
    Err(MockError::new(format!(
        "groups of Open WebUI {} have no parents",
        store.version
    )))
}

fn group_exists(id: &str) -> MockError {
    MockError::new(format!("there is a group with the id {id} already"))
}

/// The ID of the only user with this ID, email address or name.
fn user_id(store: &Store, member: &str) -> Result<String, MockError> {
    if store.user(member).is_some() {
        return Ok(member.to_owned());
    }
    let mut users = store
        .users()
        .filter(|user| user.email == member || user.name == member);
    match (users.next(), users.next()) {
        (Some(user), None) => Ok(user.id.clone()),
        (None, _) => Err(MockError::new(format!(
            "no user has the id, address or name {member:?}"
        ))),
        (Some(_), Some(_)) => Err(MockError::new(format!(
            "several users are called {member:?}; give an id or an address"
        ))),
    }
}

pub(crate) fn add_user(store: &mut Store, user: NewUser) -> Result<MockUser, MockError> {
    let set = [
        ("ID", &user.id),
        ("email address", &user.email),
        ("token", &user.token),
    ];
    for (what, value) in set {
        if value.as_deref() == Some("") {
            return Err(MockError::new(format!(
                "the {what} of user `{}` is empty; leave it unset to have one generated",
                user.name
            )));
        }
    }
    let name = user.name;
    let id = user.id.unwrap_or_else(|| store.next_id());
    let email = user.email.unwrap_or_else(|| {
        let letters = name.to_lowercase();
        let letters = letters.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        format!("{letters}-{}@mock.example", store.next_number())
    });
    let user = MockUser {
        id,
        name,
        email,
        role: user.role.unwrap_or(Role::User),
        token: user.token.unwrap_or_else(|| store.next_token()),
    };
    check_distinct(store, &user.id, &user.email)?;
    if store.owner_of(&user.token).is_some() {
        return Err(MockError::new(
            "there is a user with the same token already",
        ));
    }
    let stored = User {
        id: user.id.clone(),
        name: user.name.clone(),
        email: user.email.clone(),
        role: user.role,
        created_at: now(),
        last_active_at: now(),
        profile: Map::new(),
        row: 0,
    };
    store.put_user(stored, user.token.clone());
    Ok(user)
}

/// Creates a group by the rules of the emulated version, and returns its ID.
///
/// # Errors
///
/// Returns the detail of the error response if the version rejects the group.
pub(crate) fn add_group(
    store: &mut Store,
    admin: &str,
    id: Option<String>,
    form: Value,
) -> Result<String, MockError> {
    if form.get("parent_group_id").is_some() {
        check_parents(store)?;
    }
    let id = id.unwrap_or_else(|| store.next_id());
    if store.group(&id).is_some() {
        return Err(group_exists(&id));
    }
    match groups::create(store, admin, id.clone(), &Body::Json(form)) {
        Ok(_) => Ok(id),
        Err(response) => Err(MockError::new(format!(
            "the group is rejected: {}",
            String::from_utf8_lossy(&response.body)
        ))),
    }
}

pub(crate) fn add_members(
    store: &mut Store,
    group: &str,
    users: Vec<String>,
) -> Result<(), MockError> {
    if store.group(group).is_none() {
        return Err(MockError::new(format!(
            "there is no group {group:?} in the mock"
        )));
    }
    if let Some(unknown) = users.iter().find(|id| store.user(id).is_none()) {
        return Err(MockError::new(format!(
            "there is no user {unknown:?} in the mock"
        )));
    }
    store.insert_members(group, users);
    Ok(())
}
