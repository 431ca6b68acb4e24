//! Stores the users, groups and members of the mock.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value, json};

use crate::{emulated_version::EmulatedVersion, role::Role};

pub(crate) struct Store {
    pub(crate) version: EmulatedVersion,
    users: BTreeMap<String, User>,
    /// The IDs of users by email address.
    addresses: HashMap<String, String>,
    /// The IDs of users by token. Tokens of removed users are retained.
    tokens: HashMap<String, String>,
    groups: BTreeMap<String, Group>,
    /// The members by group. Up to 0.11.4, those of deleted groups are retained.
    members: BTreeMap<String, BTreeSet<String>>,
    counter: u64,
    user_rows: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: Role,
    pub(crate) created_at: u64,
    pub(crate) last_active_at: u64,
    /// The profile of the user, by the field names of the server.
    pub(crate) profile: Map<String, Value>,
    /// The position among all users ever created. Set by the store.
    pub(crate) row: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) parent_group_id: Option<String>,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) data: Option<Map<String, Value>>,
    pub(crate) permissions: Option<Map<String, Value>>,
    pub(crate) created_at: u64,
    pub(crate) updated_at: u64,
    /// The position among all groups ever created.
    pub(crate) row: u64,
}

impl Store {
    pub(crate) fn new(version: EmulatedVersion) -> Self {
        Self {
            version,
            users: BTreeMap::new(),
            addresses: HashMap::new(),
            tokens: HashMap::new(),
            groups: BTreeMap::new(),
            members: BTreeMap::new(),
            counter: 0,
            user_rows: 0,
        }
    }

    /// Returns the next ID. IDs count up, so that they are the same in every run. IDs that a test has
    /// chosen are skipped.
    pub(crate) fn next_id(&mut self) -> String {
        loop {
            let id = format!("00000000-0000-4000-8000-{:012x}", self.next_number());
            if !self.users.contains_key(&id) && !self.groups.contains_key(&id) {
                return id;
            }
        }
    }

    pub(crate) fn next_token(&mut self) -> String {
        loop {
            let token = format!("mock-token-{}", self.next_number());
            if !self.tokens.contains_key(&token) {
                return token;
            }
        }
    }

    pub(crate) fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    // Users

    pub(crate) fn put_user(&mut self, mut user: User, token: String) {
        self.user_rows += 1;
        user.row = self.user_rows;
        if let Some(before) = self.users.get(&user.id) {
            self.addresses.remove(&before.email);
        }
        self.set_token(token, user.id.clone());
        self.addresses.insert(user.email.clone(), user.id.clone());
        self.users.insert(user.id.clone(), user);
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.get(id)
    }

    pub(crate) fn user_at(&self, email: &str) -> Option<&User> {
        self.users.get(self.addresses.get(email)?)
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    pub(crate) fn set_token(&mut self, token: impl Into<String>, user_id: impl Into<String>) {
        self.tokens.insert(token.into(), user_id.into());
    }

    /// A token of the user.
    pub(crate) fn token_of(&self, id: &str) -> Option<&str> {
        let mut tokens = self.tokens.iter();
        tokens.find_map(|(token, owner)| (owner == id).then_some(token.as_str()))
    }

    /// The ID of the token's user.
    pub(crate) fn owner_of(&self, token: &str) -> Option<&str> {
        self.tokens.get(token).map(String::as_str)
    }

    /// Removes the user from the server and from all groups.
    pub(crate) fn remove_user(&mut self, id: &str) -> bool {
        for (group, members) in &mut self.members {
            if members.remove(id)
                && let Some(group) = self.groups.get_mut(group)
            {
                group.updated_at = now();
            }
        }
        let gone = self.users.remove(id);
        if let Some(user) = &gone {
            self.addresses.remove(&user.email);
        }
        gone.is_some()
    }

    // Groups

    pub(crate) fn put_group(&mut self, group: Group) {
        self.groups.insert(group.id.clone(), group);
    }

    pub(crate) fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(id)
    }

    pub(crate) fn group_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.groups.get_mut(id)
    }

    /// All groups, the most recently changed first.
    pub(crate) fn groups(&self) -> Vec<&Group> {
        let mut groups: Vec<_> = self.groups.values().collect();
        groups.sort_by_key(|group| (std::cmp::Reverse(group.updated_at), group.row));
        groups
    }

    /// Removes a group. On servers with hierarchy, its children get its parent.
    pub(crate) fn remove_group(&mut self, id: &str) -> bool {
        let Some(group) = self.groups.remove(id) else {
            return false;
        };
        if self.version.has_hierarchy() {
            for child in self.groups.values_mut() {
                if child.parent_group_id.as_deref() == Some(id) {
                    child.parent_group_id.clone_from(&group.parent_group_id);
                    child.updated_at = now();
                }
            }
        }
        if self.version.deletes_members_with_group() {
            self.members.remove(id);
        }
        true
    }

    // Members

    /// The IDs of the direct members, in the order of SQLite.
    pub(crate) fn members(&self, group: &str) -> impl Iterator<Item = &str> {
        self.members
            .get(group)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    pub(crate) fn is_member(&self, group: &str, user: &str) -> bool {
        self.members
            .get(group)
            .is_some_and(|members| members.contains(user))
    }

    pub(crate) fn member_count(&self, group: &str) -> usize {
        self.members.get(group).map_or(0, BTreeSet::len)
    }

    pub(crate) fn insert_members(&mut self, group: &str, users: impl IntoIterator<Item = String>) {
        self.members
            .entry(group.to_owned())
            .or_default()
            .extend(users);
    }

    pub(crate) fn remove_members(&mut self, group: &str, users: &[String]) {
        if let Some(members) = self.members.get_mut(group) {
            for user in users {
                members.remove(user);
            }
        }
    }

    // Hierarchy

    /// The group and its ancestors, the nearest first. Stops at a cycle.
    pub(crate) fn with_ancestors(&self, id: &str) -> Vec<&Group> {
        let mut line: Vec<&Group> = Vec::new();
        let mut seen = HashSet::new();
        let mut next = self.group(id);
        while let Some(group) = next {
            if !seen.insert(group.id.as_str()) {
                break;
            }
            line.push(group);
            next = group
                .parent_group_id
                .as_deref()
                .and_then(|id| self.group(id));
        }
        line
    }

    /// The IDs of the group and of all its descendants.
    pub(crate) fn with_descendants(&self, id: &str) -> HashSet<&str> {
        let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
        for group in self.groups.values() {
            if let Some(parent) = group.parent_group_id.as_deref() {
                children.entry(parent).or_default().push(&group.id);
            }
        }
        let mut branch = HashSet::new();
        let mut waiting: Vec<&str> = self
            .group(id)
            .map(|group| group.id.as_str())
            .into_iter()
            .collect();
        while let Some(id) = waiting.pop() {
            if branch.insert(id) {
                waiting.extend(children.get(id).into_iter().flatten());
            }
        }
        branch
    }

    // JSON

    pub(crate) fn group_json(&self, group: &Group) -> Value {
        let mut json = self.group_info_json(group);
        if let Some(json) = json.as_object_mut() {
            json.insert("data".to_owned(), json!(group.data));
            json.insert("meta".to_owned(), Value::Null);
            json.insert("permissions".to_owned(), json!(group.permissions));
        }
        json
    }

    pub(crate) fn group_info_json(&self, group: &Group) -> Value {
        let mut json = json!({
            "id": group.id,
            "user_id": group.user_id,
            "name": group.name,
            "description": group.description,
            "created_at": group.created_at,
            "updated_at": group.updated_at,
            "member_count": self.member_count(&group.id),
        });
        if self.version.has_hierarchy()
            && let Some(json) = json.as_object_mut()
        {
            json.insert("parent_group_id".to_owned(), json!(group.parent_group_id));
        }
        json
    }

    pub(crate) fn user_json(&self, user: &User) -> Value {
        let mut json = json!({
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "role": user.role,
            "status_emoji": null,
            "status_message": null,
            "status_expires_at": null,
        });
        if let Some(json) = json.as_object_mut() {
            if self.version.returns_user_profiles() {
                json.insert("bio".to_owned(), Value::Null);
                json.insert("groups".to_owned(), json!([]));
                json.insert("is_active".to_owned(), json!(false));
            }
            if self.version.returns_user_activity() {
                json.insert("last_active_at".to_owned(), json!(user.last_active_at));
                json.insert("timezone".to_owned(), Value::Null);
            }
            for (name, value) in &user.profile {
                // Fields that this version does not have are ignored.
                if let Some(field) = json.get_mut(name) {
                    field.clone_from(value);
                }
            }
        }
        json
    }
}

/// The current time in seconds since the Unix epoch, like the times of the server.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}
