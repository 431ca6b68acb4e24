//! The permissions of the members of a group.

pub(crate) mod deserialize;
pub(crate) mod difference;
pub(crate) mod malformed;

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::value::{
    invalid_value::InvalidValue, names::Permission, permission_error::PermissionError,
    permission_name::check_part,
};

/// The permissions of a group, or of a preview.
///
/// A permission is allowed, denied or not set. It is effective for a user if the server's defaults
/// or any of the user's groups allow it. Denying a permission therefore does not override another
/// group.
///
/// ```
/// use owui_groups::{Permission, PermissionError, Permissions};
///
/// let mut permissions = Permissions::new();
/// permissions.allow(Permission::ChatFileUpload)?.deny(Permission::FeaturesWebSearch)?;
/// assert!(permissions.is_allowed(Permission::ChatFileUpload));
/// assert_eq!(permissions.get(Permission::FeaturesWebSearch), Some(false));
/// assert_eq!(permissions.get(Permission::ChatDelete), None);
/// # Ok::<(), PermissionError>(())
/// ```
///
/// # Malformed permissions
///
/// The server stores any JSON, and allows a permission if its value is true in Python. The text
/// `"false"`, for example, allows it. [`get`](Self::get), [`is_allowed`](Self::is_allowed) and
/// [`iter`](Self::iter) report what the server does. [`malformed`](Self::malformed) lists the
/// values that are not booleans. [`set`](Self::set), [`replace`](Self::replace) and
/// [`unset`](Self::unset) correct them.
///
/// ```
/// use owui_groups::{Permission, Permissions};
/// use serde_json::json;
///
/// let mut permissions: Permissions =
///     serde_json::from_value(json!({"workspace": {"tools": "false"}}))?;
/// assert!(permissions.is_allowed(Permission::WorkspaceTools));
/// let found: Vec<_> = permissions.malformed().map(|malformed| malformed.path).collect();
/// assert_eq!(found, ["workspace.tools"]);
///
/// permissions.deny(Permission::WorkspaceTools)?;
/// assert!(permissions.malformed().next().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Everything that the server sent is retained and sent back, even if this crate does not know it.
/// Two values are equal if they store the same JSON. The order of its keys is irrelevant.
///
/// Source: the schema `Permissions` of `openapi/overlay.json`. The server's own document describes
/// permissions only as an object.
#[derive(Clone, PartialEq, Eq)]
pub struct Permissions {
    /// Known permissions that are booleans, each at its [place](Permission::place).
    known: [Option<bool>; Permission::KNOWN.len()],
    /// Everything else, as it is stored. Never an empty map. An empty category is stored here only
    /// if `known` has no permission in it, so that equal permissions have one representation.
    other: Option<Box<Map<String, Value>>>,
}

impl Permissions {
    /// Creates permissions of which none is set.
    pub fn new() -> Self {
        Self {
            known: [None; Permission::KNOWN.len()],
            other: None,
        }
    }

    /// Returns whether the server allows (`true`) or denies (`false`) the permission, or `None` if
    /// it is not set.
    ///
    /// A value that is not a boolean is denied if it is null, 0 or empty, and allowed otherwise. If
    /// the category is not an object, no permission in it is set.
    pub fn get(&self, permission: impl Into<Permission>) -> Option<bool> {
        let permission = permission.into();
        self.known_value(&permission).or_else(|| {
            let [category, name] = permission.path();
            let value = self.other(category)?.as_object()?.get(name)?;
            Some(is_true(value))
        })
    }

    /// Returns whether the permission is set, and the server allows it.
    pub fn is_allowed(&self, permission: impl Into<Permission>) -> bool {
        self.get(permission) == Some(true)
    }

    /// Allows the permission. See [`set`](Self::set).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`set`](Self::set).
    pub fn allow(
        &mut self,
        permission: impl Into<Permission>,
    ) -> Result<&mut Self, PermissionError> {
        self.set(permission, true)
    }

    /// Denies the permission. See [`set`](Self::set).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`set`](Self::set).
    pub fn deny(
        &mut self,
        permission: impl Into<Permission>,
    ) -> Result<&mut Self, PermissionError> {
        self.set(permission, false)
    }

    /// Allows or denies the permission. Replaces a null, a number or a text.
    ///
    /// # Errors
    ///
    /// Returns an error, and changes nothing, if other data would be lost:
    ///
    /// - The value of the permission is an object or a list.
    /// - The category is neither an object nor null.
    ///
    /// To overwrite this data, use [`replace`](Self::replace).
    pub fn set(
        &mut self,
        permission: impl Into<Permission>,
        allowed: bool,
    ) -> Result<&mut Self, PermissionError> {
        let permission = permission.into();
        let [category, name] = permission.path();
        let problem = match self.other(category) {
            None | Some(Value::Null) => None,
            Some(Value::Object(names)) => names
                .get(name)
                .filter(|value| value.is_object() || value.is_array())
                .map(|value| format!("has {} as its value, not a boolean", kind(value))),
            Some(value) => Some(format!(
                "is in a category whose value is {}, not an object",
                kind(value)
            )),
        };
        match problem {
            None => Ok(self.replace(permission, allowed)),
            Some(problem) => Err(PermissionError::new(
                permission.as_str(),
                format_args!("{problem}; use `replace` to overwrite it"),
            )),
        }
    }

    /// Allows or denies the permission, and overwrites any value of it or of its category.
    pub fn replace(&mut self, permission: impl Into<Permission>, allowed: bool) -> &mut Self {
        let permission = permission.into();
        let [category, name] = permission.path();
        let mut entries = match self.take_other(category) {
            Some(Value::Object(entries)) => entries,
            _ => Map::new(),
        };
        match permission
            .place()
            .and_then(|place| self.known.get_mut(place))
        {
            Some(known) => {
                *known = Some(allowed);
                entries.remove(name);
            }
            None => _ = entries.insert(name.to_owned(), Value::Bool(allowed)),
        }
        if !entries.is_empty() {
            self.put_other(category, Value::Object(entries));
        }
        self
    }

    /// Removes the value of the permission, so that the server's defaults and other groups apply.
    ///
    /// A category that becomes empty is retained.
    pub fn unset(&mut self, permission: impl Into<Permission>) -> &mut Self {
        let permission = permission.into();
        let [category, name] = permission.path();
        let known = permission
            .place()
            .and_then(|place| self.known.get_mut(place));
        let was_known = known.and_then(Option::take).is_some();
        match self.take_other(category) {
            Some(Value::Object(mut entries)) => {
                entries.remove(name);
                self.put_category(category, entries);
            }
            Some(value) => self.put_other(category, value),
            None if was_known => self.put_category(category, Map::new()),
            None => {}
        }
        self
    }

    /// Returns every permission that is set, and whether the server allows it, by category and
    /// name.
    ///
    /// Entries that no [`Permission`] can name are only in [`malformed`](Self::malformed).
    pub fn iter(&self) -> impl Iterator<Item = (Permission, bool)> {
        let known = Permission::KNOWN.iter().zip(&self.known);
        let known = known.filter_map(|(permission, value)| Some((permission.clone(), (*value)?)));
        let other = self.other.iter().flat_map(|other| other.iter());
        let other = other.flat_map(|(category, value)| {
            let entries = value.as_object().into_iter().flatten();
            entries.filter_map(|(name, value)| Some((named(category, name)?, is_true(value))))
        });
        let mut all: Vec<_> = known.chain(other).collect();
        all.sort_by(|(one, _), (other, _)| one.path().cmp(&other.path()));
        all.into_iter()
    }

    /// Whether nothing is stored, not even an empty category.
    pub fn is_empty(&self) -> bool {
        self.other.is_none() && self.known.iter().all(Option::is_none)
    }

    /// # Errors
    ///
    /// Rejects a category or a name that no [`Permission`] can have, unless `server` has it.
    pub(crate) fn check_names(&self, server: Option<&Self>) -> Result<(), InvalidValue> {
        for (category, value) in self.other.iter().flat_map(|other| other.iter()) {
            let there = server.and_then(|server| server.other(category));
            if there.is_none() {
                check_path(category, category)?;
            }
            for name in value.as_object().into_iter().flat_map(Map::keys) {
                if there.is_none_or(|there| there.get(name).is_none()) {
                    check_path(name, &format!("{category}.{name}"))?;
                }
            }
        }
        Ok(())
    }

    fn known_value(&self, permission: &Permission) -> Option<bool> {
        *self.known.get(permission.place()?)?
    }

    fn other(&self, category: &str) -> Option<&Value> {
        self.other.as_ref()?.get(category)
    }

    fn take_other(&mut self, category: &str) -> Option<Value> {
        let value = self.other.as_mut()?.remove(category);
        self.other.take_if(|other| other.is_empty());
        value
    }

    fn put_other(&mut self, category: &str, value: Value) {
        let other = self.other.get_or_insert_default();
        other.insert(category.to_owned(), value);
    }

    /// Stores the entries of a category that are not known booleans. The category exists even if it
    /// is empty.
    fn put_category(&mut self, category: &str, entries: Map<String, Value>) {
        if !entries.is_empty() || !self.has_known(category) {
            self.put_other(category, Value::Object(entries));
        }
    }

    /// Whether a known permission of the category is a boolean.
    fn has_known(&self, category: &str) -> bool {
        let mut categories = Permission::CATEGORIES.iter();
        let places = categories.find_map(|(name, places)| (*name == category).then_some(places));
        places
            .and_then(|places| self.known.get(places.clone()))
            .is_some_and(|values| values.iter().any(Option::is_some))
    }
}

impl Default for Permissions {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Map<String, Value>> for Permissions {
    fn from(object: Map<String, Value>) -> Self {
        let mut permissions = Self::new();
        for (category, value) in object {
            let Value::Object(entries) = value else {
                permissions.put_other(&category, value);
                continue;
            };
            let mut rest = Map::new();
            for (name, value) in entries {
                let place = Permission::place_of(&category, &name);
                match (
                    place.and_then(|place| permissions.known.get_mut(place)),
                    &value,
                ) {
                    (Some(known), Value::Bool(allowed)) => *known = Some(*allowed),
                    _ => _ = rest.insert(name, value),
                }
            }
            permissions.put_category(&category, rest);
        }
        permissions
    }
}

/// Converts to the object that the server stores.
impl From<Permissions> for Map<String, Value> {
    fn from(permissions: Permissions) -> Self {
        let mut object = permissions.other.map(|other| *other).unwrap_or_default();
        for (permission, value) in Permission::KNOWN.iter().zip(permissions.known) {
            let [category, name] = permission.path();
            if let Some(allowed) = value {
                let entries = object
                    .entry(category)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(entries) = entries {
                    entries.insert(name.to_owned(), Value::Bool(allowed));
                }
            }
        }
        object
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Map::from(self.clone()).serialize(serializer)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Permissions {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Permissions".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": true })
    }
}

impl<P: Into<Permission>> FromIterator<(P, bool)> for Permissions {
    fn from_iter<I: IntoIterator<Item = (P, bool)>>(entries: I) -> Self {
        let mut permissions = Self::new();
        for (permission, allowed) in entries {
            permissions.replace(permission, allowed);
        }
        permissions
    }
}

/// Shows the JSON that the server stores.
impl fmt::Debug for Permissions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = Value::Object(self.clone().into());
        write!(formatter, "Permissions({object})")
    }
}

/// The permission with these keys, if a permission can have them.
fn named(category: &str, name: &str) -> Option<Permission> {
    if category.contains('.') || name.contains('.') {
        return None;
    }
    Permission::try_from(format!("{category}.{name}")).ok()
}

fn check_path(part: &str, path: &str) -> Result<(), InvalidValue> {
    check_part(part).map_err(|flaw| InvalidValue(PermissionError::new(path, flaw).to_string()))
}

/// Whether the value is true in Python.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
