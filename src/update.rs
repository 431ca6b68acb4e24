//! What is sent to create and to update a group.

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error as _};
use serde_json::{Map, Value};

use crate::{
    Error, Operation, Permissions, Result, Share, data,
    generated::types::{GroupForm, GroupUpdateForm},
    types::Group,
};

/// A group to create.
///
/// ```
/// use owui_groups::{NewGroup, Permissions, Permission, Share};
///
/// let mut permissions = Permissions::new();
/// permissions.allow(Permission::FeaturesWebSearch);
/// let group = NewGroup::named("engineering")
///     .description("builds things")
///     .permissions(permissions)
///     .share(Share::Members);
/// # let _ = group;
/// ```
///
/// Source: the schema `GroupForm` of the server's document.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct NewGroup {
    form: GroupForm,
    /// What to set in `data.config`, whatever data comes before or after.
    config: Vec<(&'static str, Value)>,
}

impl NewGroup {
    /// A group with this name and nothing else. Names need not be unique.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            form: GroupForm {
                name: name.into(),
                description: String::new(),
                parent_group_id: None,
                permissions: None,
                data: None,
            },
            config: Vec::new(),
        }
    }

    /// What the group is for; empty unless set.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.form.description = description.into();
        self
    }

    /// Puts the group below another one. Needs a server since 0.12.
    pub fn parent(mut self, id: impl Into<String>) -> Self {
        self.form.parent_group_id = Some(id.into());
        self
    }

    /// What members may do.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.form.permissions = Some(permissions);
        self
    }

    /// Open data to keep with the group.
    pub fn data(mut self, data: Map<String, Value>) -> Self {
        self.form.data = Some(data);
        self
    }

    /// Who may share with the group; as the server is set up unless set here.
    pub fn share(mut self, share: Share) -> Self {
        self.config.push(("share", share.into()));
        self
    }

    /// The models that a new chat of a member starts with. Servers before 0.12
    /// keep them and ignore them.
    ///
    /// # Errors
    ///
    /// *Invalid input* for an empty id.
    pub fn default_models<I>(mut self, models: I) -> Result<Self>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.config
            .push(("default_models", data::model_ids(models)?));
        Ok(self)
    }

    /// The name of the group.
    pub(crate) fn name(&self) -> &str {
        &self.form.name
    }

    /// What is sent.
    ///
    /// # Errors
    ///
    /// *Invalid input* when a permission could not be set.
    pub(crate) fn into_body(self, operation: Operation) -> Result<GroupForm> {
        let mut form = self.form;
        check(form.permissions.as_ref(), operation)?;
        for (key, value) in self.config {
            data::set_config(form.data.get_or_insert_default(), key, value);
        }
        Ok(form)
    }
}

/// As it is sent to the server.
impl Serialize for NewGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = self.clone().into_body(Operation::CreateGroup);
        body.map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// What an update writes, as the server takes it.
///
/// The name and the description are always written. The parent, permissions
/// and data are left alone unless set here. To change a group without reading
/// it first, or without losing what others wrote, see
/// [`GroupsClient::edit`](crate::GroupsClient::edit).
///
/// Source: the schema `GroupUpdateForm` of the server's document.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct GroupUpdate(pub(crate) GroupUpdateForm);

impl GroupUpdate {
    /// An update that writes this name and description.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self(GroupUpdateForm {
            name: name.into(),
            description: description.into(),
            parent_group_id: None,
            permissions: None,
            data: None,
        })
    }

    /// An update that leaves everything as this group has it.
    pub fn keeping(group: &Group) -> Self {
        Self::new(&group.name, &group.description)
    }

    /// Moves the group below another one. Needs a server since 0.12.
    pub fn parent(mut self, id: impl Into<String>) -> Self {
        self.0.parent_group_id = Some(ParentChange::MoveBelow(id.into()));
        self
    }

    /// Takes the group out from under its parent. Needs a server since 0.12.
    pub fn detach(mut self) -> Self {
        self.0.parent_group_id = Some(ParentChange::Detach);
        self
    }

    /// Replaces the permissions, all of them.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.0.permissions = Some(permissions);
        self
    }

    /// Writes the data. A server up to 0.11.4 replaces all of it; one since
    /// 0.12 replaces the keys given here, and within `config` the keys given
    /// there.
    pub fn data(mut self, data: Map<String, Value>) -> Self {
        self.0.data = Some(data);
        self
    }
}

impl GroupUpdate {
    /// # Errors
    ///
    /// *Invalid input* when a permission could not be set.
    pub(crate) fn check(&self, operation: Operation) -> Result<()> {
        check(self.0.permissions.as_ref(), operation)
    }
}

fn check(permissions: Option<&Permissions>, operation: Operation) -> Result<()> {
    match permissions.and_then(Permissions::problem) {
        Some(problem) => Err(Error::invalid_input(problem).in_operation(operation)),
        None => Ok(()),
    }
}

/// What an update does to the parent; absent, it leaves it.
///
/// Source: the schema `ParentChange` of `openapi/overlay.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParentChange {
    /// Null on the wire.
    Detach,
    /// An id on the wire.
    MoveBelow(String),
}

impl Serialize for ParentChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Detach => serializer.serialize_none(),
            Self::MoveBelow(id) => serializer.serialize_str(id),
        }
    }
}

impl<'de> Deserialize<'de> for ParentChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            None => Self::Detach,
            Some(id) => Self::MoveBelow(id),
        })
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for ParentChange {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ParentChange".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "null"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn absent_null_and_a_parent_are_three_things_on_the_wire() {
        let wire = |update: GroupUpdate| serde_json::to_value(update.0).unwrap();
        let update = || GroupUpdate::new("n", "d");
        assert_eq!(wire(update()), json!({"name": "n", "description": "d"}));
        assert_eq!(
            wire(update().detach()),
            json!({"name": "n", "description": "d", "parent_group_id": null})
        );
        assert_eq!(
            wire(update().parent("p")),
            json!({"name": "n", "description": "d", "parent_group_id": "p"})
        );
    }

    #[test]
    fn empty_permissions_and_data_are_sent() {
        let update = GroupUpdate::new("n", "d")
            .permissions(Permissions::new())
            .data(Map::new());
        assert_eq!(
            serde_json::to_value(update.0).unwrap(),
            json!({"name": "n", "description": "d", "permissions": {}, "data": {}})
        );
    }

    #[test]
    fn a_new_group_sends_what_was_set() {
        let group = NewGroup::named("n")
            .share(Share::Members)
            .data(json!({"mine": 1}).as_object().unwrap().clone())
            .default_models(["m"])
            .unwrap();
        assert_eq!(
            serde_json::to_value(group.into_body(Operation::CreateGroup).unwrap()).unwrap(),
            json!({"name": "n", "description": "",
                   "data": {"mine": 1, "config": {"share": "members", "default_models": ["m"]}}})
        );
    }

    proptest::proptest! {
        #[test]
        fn any_parent_change_survives_the_wire(id in ".{0,8}") {
            for change in [ParentChange::Detach, ParentChange::MoveBelow(id)] {
                let text = serde_json::to_string(&change).unwrap();
                let read: ParentChange = serde_json::from_str(&text).unwrap();
                proptest::prop_assert_eq!(read, change);
            }
        }
    }
}
