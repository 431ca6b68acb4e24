//! What members of a group may do.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::value::{invalid_value::InvalidValue, names::Permission, text_check};

/// The permissions of a group, or of a preview.
///
/// A permission is allowed, denied or not set at all. Groups only ever add to
/// what users may do: a permission is effective when the server's defaults or
/// any of a user's groups allow it, so denying takes nothing from anybody that
/// another group gives.
///
/// Whatever the server sent is kept, names that this crate does not know
/// included.
///
/// ```
/// use owui_groups::{Permission, Permissions};
///
/// let mut permissions = Permissions::new();
/// permissions.allow(Permission::ChatFileUpload).deny("features.web_search");
/// assert_eq!(permissions.get(Permission::FeaturesWebSearch), Some(false));
/// assert_eq!(permissions.get("chat.delete"), None);
/// ```
///
/// Source: the schema `Permissions` of `openapi/overlay.json`; the server's own
/// document has an open object in its place.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    object: Map<String, Value>,
    /// Why a permission could not be set or unset; kept for whoever sends this.
    problem: Option<String>,
}

/// One permission that differs between two sets of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PermissionChange {
    /// Which permission.
    pub permission: Permission,
    /// What the first set has; `None` where it is not set.
    pub before: Option<bool>,
    /// What the other set has; `None` where it is not set.
    pub after: Option<bool>,
}

impl Permissions {
    /// No permission set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the permission is allowed, denied or not set.
    pub fn get(&self, permission: impl Into<Permission>) -> Option<bool> {
        find(&self.object, permission.into().as_str())?.as_bool()
    }

    /// Whether the permission is set and allowed.
    pub fn is_allowed(&self, permission: impl Into<Permission>) -> bool {
        self.get(permission) == Some(true)
    }

    /// Allows the permission; see [`set`](Self::set).
    pub fn allow(&mut self, permission: impl Into<Permission>) -> &mut Self {
        self.set(permission, true)
    }

    /// Denies the permission; see [`set`](Self::set).
    pub fn deny(&mut self, permission: impl Into<Permission>) -> &mut Self {
        self.set(permission, false)
    }

    /// Allows or denies the permission.
    ///
    /// A name that is a whole category here (`chat`), that leads through
    /// something other than a category, or that has an empty part cannot be
    /// set. Neither can a name with a control character in it, or with white space or an invisible
    /// character at an end of one of its parts. Nothing changes then, and these permissions cannot
    /// be sent any more. [`problem`](Self::problem) explains why.
    pub fn set(&mut self, permission: impl Into<Permission>, allowed: bool) -> &mut Self {
        let permission = permission.into();
        let path = permission.as_str();
        let outcome = check_name(path, path).and_then(|()| {
            set(&mut self.object, path, allowed).map_err(|obstacle| problem(path, obstacle))
        });
        if let Err(InvalidValue(problem)) = outcome {
            self.problem = Some(problem);
        }
        self
    }

    /// Leaves the permission to the server's defaults and to other groups. A
    /// category that becomes empty stays; a name that is a whole category does
    /// nothing.
    ///
    /// A name that is not set here and that [`set`](Self::set) rejects for its characters or for an
    /// empty part is rejected in the same way.
    pub fn unset(&mut self, permission: impl Into<Permission>) -> &mut Self {
        let permission = permission.into();
        let path = permission.as_str();
        if !unset(&mut self.object, path)
            && let Err(InvalidValue(problem)) = check_name(path, path)
        {
            self.problem = Some(problem);
        }
        self
    }

    /// Why a permission could not be set or unset, if one could not.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// # Errors
    ///
    /// Rejects a name that [`set`](Self::set) rejects, whatever way it got here, unless these
    /// permissions of a server have it.
    pub(crate) fn check_names(&self, known: Option<&Self>) -> Result<(), InvalidValue> {
        check_names(&self.object, known.map(Self::as_object), "")
    }

    /// # Errors
    ///
    /// Why a permission could not be set or unset.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        self.problem
            .clone()
            .map_or(Ok(()), |problem| Err(InvalidValue(problem)))
    }

    /// Every permission that is set, by category and name.
    pub fn iter(&self) -> impl Iterator<Item = (Permission, bool)> {
        let mut found = Vec::new();
        collect(&self.object, "", &mut found);
        found.into_iter()
    }

    /// What it takes to get from these permissions to the other ones.
    pub fn diff(&self, other: &Self) -> Vec<PermissionChange> {
        let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) =
            (self.iter().collect(), other.iter().collect());
        let mut changes: Vec<_> = before
            .keys()
            .chain(after.keys().filter(|name| !before.contains_key(name)))
            .map(|permission| PermissionChange {
                permission: permission.clone(),
                before: before.get(permission).copied(),
                after: after.get(permission).copied(),
            })
            .filter(|change| change.before != change.after)
            .collect();
        changes.sort_by(|one, other| one.permission.as_str().cmp(other.permission.as_str()));
        changes
    }

    /// Whether nothing is set and nothing else is there.
    pub fn is_empty(&self) -> bool {
        self.object.is_empty()
    }

    /// All of it, as the server has it.
    pub fn as_object(&self) -> &Map<String, Value> {
        &self.object
    }

    /// All of it, as the server has it.
    pub fn into_object(self) -> Map<String, Value> {
        self.object
    }
}

impl From<Map<String, Value>> for Permissions {
    fn from(object: Map<String, Value>) -> Self {
        Self {
            object,
            problem: None,
        }
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
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
            permissions.set(permission, allowed);
        }
        permissions
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Permissions ")?;
        formatter
            .debug_map()
            .entries(
                self.iter()
                    .map(|(name, allowed)| (name.to_string(), allowed)),
            )
            .finish()
    }
}

/// A key may have a dot in it, so every place to split the path is tried.
fn find<'a>(category: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = category.get(path) {
        return Some(value);
    }
    splits(path).find_map(|(name, rest)| find(category.get(name)?.as_object()?, rest))
}

fn unset(category: &mut Map<String, Value>, path: &str) -> bool {
    if category.get(path).is_some_and(Value::is_boolean) {
        category.remove(path);
        return true;
    }
    splits(path).any(|(name, rest)| {
        let inner = category.get_mut(name).and_then(Value::as_object_mut);
        inner.is_some_and(|inner| unset(inner, rest))
    })
}

/// Checks the names of a category and of those in it, except for known ones.
fn check_names(
    category: &Map<String, Value>,
    known: Option<&Map<String, Value>>,
    prefix: &str,
) -> Result<(), InvalidValue> {
    for (name, value) in category {
        let known = known.and_then(|known| known.get(name));
        let path = format!("{prefix}{name}");
        if known.is_none() {
            check_name(name, &path)?;
        }
        if let Value::Object(inner) = value {
            check_names(inner, known.and_then(Value::as_object), &format!("{path}."))?;
        }
    }
    Ok(())
}

/// Checks a name, which may have several parts, at the end of a path.
fn check_name(name: &str, path: &str) -> Result<(), InvalidValue> {
    if let Some(flaw) = name.split('.').find_map(text_check::flaw) {
        return Err(problem(path, &format!("has a part that {flaw}; remove it")));
    }
    if name.split('.').any(str::is_empty) {
        return Err(problem(path, "has an empty part"));
    }
    Ok(())
}

fn problem(path: &str, obstacle: &str) -> InvalidValue {
    let path = text_check::shown(path);
    InvalidValue(format!("the permission `{path}` {obstacle}"))
}

/// # Errors
///
/// Says what is in the way; then nothing was changed.
fn set(category: &mut Map<String, Value>, path: &str, allowed: bool) -> Result<(), &'static str> {
    match category.get_mut(path) {
        Some(Value::Object(_)) => return Err("is a whole category here"),
        Some(value) => {
            *value = Value::Bool(allowed);
            return Ok(());
        }
        None => {}
    }
    // Into a category that is there, rather than beside it.
    let there = splits(path).find(|(name, _)| category.get(*name).is_some_and(Value::is_object));
    let Some((name, rest)) = there.or_else(|| path.split_once('.')) else {
        category.insert(path.to_owned(), Value::Bool(allowed));
        return Ok(());
    };
    let inner = category.entry(name).or_insert(Value::Null);
    if inner.is_null() {
        *inner = Value::Object(Map::new());
    }
    match inner {
        Value::Object(inner) => set(inner, rest, allowed),
        _ => Err("leads through something that is no category here"),
    }
}

/// Every way to cut a path in two at a dot, the longest rest first.
fn splits(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.match_indices('.')
        .filter_map(|(at, _)| Some((path.get(..at)?, path.get(at + 1..)?)))
}

fn collect(category: &Map<String, Value>, prefix: &str, found: &mut Vec<(Permission, bool)>) {
    for (name, value) in category {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            Value::Bool(allowed) => found.push((Permission::from(path), *allowed)),
            Value::Object(inner) => collect(inner, &path, found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn permissions(value: Value) -> Permissions {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn unknown_names_are_reachable_and_kept() {
        let mut known = permissions(json!({"chat": {"new_thing": true, "level": 3}, "odd": [1]}));
        assert!(known.is_allowed("chat.new_thing"));
        known.allow(Permission::ChatDelete).unset("chat.new_thing");
        assert_eq!(
            serde_json::to_value(&known).unwrap(),
            json!({"chat": {"delete": true, "level": 3}, "odd": [1]})
        );
    }

    #[test]
    fn the_document_names_every_permission_once() {
        let mut names: Vec<_> = Permission::KNOWN.iter().map(Permission::as_str).collect();
        assert!(names.contains(&"chat.file_upload"));
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(
            Permission::from("chat.file_upload"),
            Permission::ChatFileUpload
        );
        assert!(!Permission::from("chat.nonsense").is_known());
    }

    #[test]
    fn a_difference_names_what_is_set_unset_and_changed() {
        let before = permissions(json!({"chat": {"delete": true, "edit": false, "share": true}}));
        let after = permissions(json!({"chat": {"delete": true, "edit": true, "call": false}}));
        let changes: Vec<_> = before
            .diff(&after)
            .into_iter()
            .map(|change| (change.permission.to_string(), change.before, change.after))
            .collect();
        assert_eq!(
            changes,
            [
                ("chat.call".to_owned(), None, Some(false)),
                ("chat.edit".to_owned(), Some(false), Some(true)),
                ("chat.share".to_owned(), Some(true), None),
            ]
        );
    }

    #[test]
    fn a_category_that_is_null_becomes_one() {
        let mut broken = permissions(json!({"chat": null}));
        broken.allow(Permission::ChatEdit);
        assert!(broken.is_allowed(Permission::ChatEdit));
        assert_eq!(broken.unset("nothing.here").get("nothing.here"), None);
        assert_eq!(broken.problem(), None);
    }

    #[test]
    fn what_would_destroy_others_is_rejected_and_changes_nothing() {
        let before = permissions(json!({"chat": {"edit": true}, "odd": [1]}));
        for name in ["chat", "chat.edit.x", "odd.x", "", "chat.", "a..b"] {
            let mut after = before.clone();
            after.allow(name).unset("chat");
            assert_eq!(after.as_object(), before.as_object(), "{name:?}");
            assert!(after.problem().is_some(), "{name:?}");
        }
    }

    #[test]
    fn a_key_with_a_dot_in_it_is_reached_as_it_is() {
        let mut dotted = permissions(json!({"chat": {"a.b": true}}));
        assert_eq!(dotted.get("chat.a.b"), Some(true));
        let denied = permissions(json!({"chat": {"a.b": false}}));
        assert_eq!(dotted.diff(&denied).len(), 1);
        dotted.deny("chat.a.b");
        assert_eq!(dotted, denied);
        assert!(dotted.unset("chat.a.b").iter().next().is_none());
    }

    mod any {
        use super::*;
        use proptest::prelude::*;

        /// Objects of any depth, as a server may send them.
        fn object(keys: &'static str) -> impl Strategy<Value = Map<String, Value>> {
            let scalar = prop_oneof![
                Just(Value::Null),
                any::<bool>().prop_map(Value::from),
                any::<i64>().prop_map(Value::from),
                ".{0,4}".prop_map(Value::from),
            ];
            let value = scalar.prop_recursive(3, 24, 4, move |inner| {
                prop_oneof![
                    prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                    prop::collection::hash_map(keys, inner, 0..4)
                        .prop_map(|entries| entries.into_iter().collect()),
                ]
            });
            prop::collection::hash_map(keys, value, 0..4)
                .prop_map(|entries| entries.into_iter().collect())
        }

        proptest! {
            #[test]
            fn reading_and_writing_changes_nothing(object in object("[a-d.]{0,2}")) {
                let permissions = Permissions::from(object.clone());
                prop_assert_eq!(serde_json::to_value(&permissions).unwrap(), Value::from(object));
            }

            #[test]
            fn setting_one_permission_leaves_all_others(
                object in object("[a-d]{1,2}"), category in "[a-e]", name in "[a-e]", allowed: bool
            ) {
                let before = Permissions::from(object);
                let mut after = before.clone();
                let path = format!("{category}.{name}");
                after.set(path.as_str(), allowed);
                if after.problem().is_some() {
                    prop_assert_eq!(before.as_object(), after.as_object());
                } else {
                    prop_assert_eq!(after.get(path.as_str()), Some(allowed));
                    for (permission, value) in before.iter().filter(|(name, _)| name.as_str() != path) {
                        prop_assert_eq!(after.get(permission), Some(value));
                    }
                }
            }

            #[test]
            fn a_difference_leads_from_one_to_the_other(
                one in object("[a-d]{1,2}"), other in object("[a-d]{1,2}")
            ) {
                let (mut one, other) = (Permissions::from(one), Permissions::from(other));
                let changes = one.diff(&other);
                prop_assert!(one.diff(&one).is_empty());
                for change in changes.iter().filter(|change| change.after.is_none()) {
                    one.unset(change.permission.clone());
                }
                for change in changes {
                    if let Some(allowed) = change.after {
                        one.set(change.permission, allowed);
                    }
                }
                // What is no permission may stand in the way, and is not touched.
                if one.problem().is_none() {
                    for (permission, allowed) in other.iter() {
                        prop_assert_eq!(one.get(permission), Some(allowed));
                    }
                }
            }
        }
    }
}
