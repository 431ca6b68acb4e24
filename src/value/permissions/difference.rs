//! Compares the permissions of two groups.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::value::{
    names::Permission,
    permissions::{Permissions, named},
};

/// A difference between two sets of permissions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PermissionChange {
    /// The path of the value: `chat.edit`, or `chat` for a category that is not an object or is
    /// empty. The server may have chosen the text.
    pub path: String,
    /// The permission with this path. `None` for a category, and for keys that no permission can
    /// have.
    pub permission: Option<Permission>,
    /// The value in the first permissions, or `None` if they do not have one. A boolean unless it
    /// is malformed.
    pub before: Option<Value>,
    /// The value in the other permissions, or `None` if they do not have one. A boolean unless it
    /// is malformed.
    pub after: Option<Value>,
}

impl Permissions {
    /// Returns the differences to other permissions, by category and name. Malformed values are
    /// included.
    ///
    /// The list is empty only if both are equal.
    ///
    /// ```
    /// use owui_groups::{Permission, Permissions};
    ///
    /// let before = Permissions::new();
    /// let after: Permissions = [(Permission::ChatDelete, true)].into_iter().collect();
    /// let changes = before.difference(&after);
    /// assert_eq!(changes[0].path, "chat.delete");
    /// assert_eq!(changes[0].after, Some(true.into()));
    /// ```
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

/// Compares one category.
fn add_changes(
    category: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<PermissionChange>,
) {
    let (names_before, names_after) = (entries(before), entries(after));
    let names: BTreeSet<_> = names_before.keys().chain(names_after.keys()).collect();
    // If a category has entries, they already show that it exists.
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
