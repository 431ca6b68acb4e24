//! Finds malformed permissions.

use serde::Serialize;
use serde_json::Value;

use crate::value::{
    names::Permission,
    permissions::{Permissions, named},
};

/// A value among the stored permissions that is not a boolean of a permission.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MalformedPermission<'a> {
    /// The path of the value: `chat.edit`, or `chat` for a category that is not an object. The
    /// server chose the text.
    pub path: String,
    /// The permission with this path. `None` for a category, and for keys that no permission can
    /// have.
    pub permission: Option<Permission>,
    /// The stored value.
    pub value: &'a Value,
}

impl Permissions {
    /// Returns the malformed values, by category and name: values that are not booleans, and
    /// entries whose keys no [`Permission`] can have.
    pub fn malformed(&self) -> impl Iterator<Item = MalformedPermission<'_>> {
        let other = self.other.iter().flat_map(|other| other.iter());
        other.flat_map(|(category, value)| {
            let (whole, entries) = match value.as_object() {
                None => (Some(whole(category, value)), None),
                Some(entries) => (None, Some(entries)),
            };
            let entries = entries.into_iter().flatten();
            let entries = entries.filter_map(|(name, value)| entry(category, name, value));
            whole.into_iter().chain(entries)
        })
    }

    /// Removes the malformed values for which `keep` returns `false`. A category that becomes empty
    /// is retained.
    ///
    /// This can also remove entries that [`unset`](Self::unset) cannot name.
    pub fn retain_malformed(&mut self, mut keep: impl FnMut(MalformedPermission<'_>) -> bool) {
        for (category, value) in self.other.take().into_iter().flat_map(|other| *other) {
            match value {
                Value::Object(mut entries) => {
                    entries
                        .retain(|name, value| entry(&category, name, value).is_none_or(&mut keep));
                    self.put_category(&category, entries);
                }
                value => {
                    if keep(whole(&category, &value)) {
                        self.put_other(&category, value);
                    }
                }
            }
        }
    }
}

fn whole<'a>(category: &str, value: &'a Value) -> MalformedPermission<'a> {
    MalformedPermission {
        path: category.to_owned(),
        permission: None,
        value,
    }
}

/// The entry of a category, if it is malformed.
fn entry<'a>(category: &str, name: &str, value: &'a Value) -> Option<MalformedPermission<'a>> {
    let permission = named(category, name);
    if permission.is_some() && value.is_boolean() {
        return None;
    }
    Some(MalformedPermission {
        path: format!("{category}.{name}"),
        permission,
        value,
    })
}
