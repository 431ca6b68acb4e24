//! What an update writes.

use serde_json::{Map, Value};

use crate::{
    generated::types::GroupUpdateForm,
    types::Group,
    value::{invalid_value::InvalidValue, parent_change::ParentChange, permissions::Permissions},
};

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
    pub fn from_group(group: &Group) -> Self {
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
    /// A permission that could not be set.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        self.0
            .permissions
            .as_ref()
            .map_or(Ok(()), Permissions::check)
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
}
