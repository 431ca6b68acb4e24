//! Adds users and groups to a mock without a request.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    error::MockError,
    role::Role,
    rules::{
        form::Body,
        groups,
        store::{Store, User, now},
    },
    seed::Seed,
    user::{MockUser, NewUser},
};

pub(crate) fn add_seed(store: &mut Store, admin: &str, seed: Seed) -> Result<(), MockError> {
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
    let taken = |what: &str| {
        Err(MockError::new(format!(
            "there is a user with the {what} already"
        )))
    };
    if store.user(&user.id).is_some() {
        return taken(&format!("id {}", user.id));
    }
    if store.user_at(&user.email).is_some() {
        return taken(&format!("address {}", user.email));
    }
    if store.owner_of(&user.token).is_some() {
        return taken("same token");
    }
    let stored = User {
        id: user.id.clone(),
        name: user.name.clone(),
        email: user.email.clone(),
        role: user.role,
        last_active_at: now(),
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
    if form.get("parent_group_id").is_some() && !store.version.has_hierarchy() {
        return Err(MockError::new(format!(
            "groups of Open WebUI {} have no parents",
            store.version
        )));
    }
    let id = id.unwrap_or_else(|| store.next_id());
    if store.group(&id).is_some() {
        return Err(MockError::new(format!(
            "there is a group with the id {id} already"
        )));
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
