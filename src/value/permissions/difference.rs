//! What differs between the permissions of two groups.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::value::{
    names::Permission,
    permissions::{Permissions, named},
};

/// One place in which two permissions differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PermissionChange {
    /// The place: `chat.edit`, or `chat` for a whole category, which is not an object or is empty.
    /// The server may have chosen the text.
    pub path: String,
    /// The permission in this place. `None` for a category, and for keys that no permission has.
    pub permission: Option<Permission>,
    /// The value that the first permissions have; a boolean unless it is malformed. `None` if they
    /// have none.
    pub before: Option<Value>,
    /// The value that the other permissions have; a boolean unless it is malformed. `None` if they
    /// have none.
    pub after: Option<Value>,
}

impl Permissions {
    /// What is different in the other permissions, by category and name, malformed values included.
    /// Returns nothing only if both are equal.
    pub fn difference(&self, other: &Self) -> Vec<PermissionChange> {
        let (before, after) = (Map::from(self.clone()), Map::from(other.clone()));
        let categories: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let mut changes = Vec::new();
        for category in categories {
            add_changes(
                category,
                before.get(category),
                after.get(category),
                &mut changes,
            );
        }
        changes
    }
}

/// Compares a category of both sides.
fn add_changes(
    category: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<PermissionChange>,
) {
    let (names_before, names_after) = (entries(before), entries(after));
    let names: BTreeSet<_> = names_before.keys().chain(names_after.keys()).collect();
    // The entries show that there is a category.
    let whole = |value: Option<&Value>| {
        let shown = |value: &&Value| !value.is_object() || names.is_empty();
        value.filter(shown).cloned()
    };
    let (whole_before, whole_after) = (whole(before), whole(after));
    if whole_before != whole_after {
        changes.push(PermissionChange {
            path: category.to_owned(),
            permission: None,
            before: whole_before,
            after: whole_after,
        });
    }
    for name in names {
        let (before, after) = (names_before.get(name), names_after.get(name));
        if before != after {
            changes.push(PermissionChange {
                path: format!("{category}.{name}"),
                permission: named(category, name),
                before: before.cloned(),
                after: after.cloned(),
            });
        }
    }
}

fn entries(category: Option<&Value>) -> Map<String, Value> {
    let entries = category.and_then(Value::as_object);
    entries.cloned().unwrap_or_default()
}
