//! What an update writes.

use serde_json::{Map, Value};

use crate::{
    generated::types::GroupUpdateForm,
    model::group_config::check_models,
    types::Group,
    value::{
        invalid_value::InvalidValue, parent_change::ParentChange, permissions::Permissions,
        text_check,
    },
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
pub struct GroupUpdate {
    pub(crate) form: GroupUpdateForm,
    /// Whether the name and the description are those that a server has already.
    has_texts_of_a_server: bool,
    /// Whether the permissions and the data were checked, as far as a server does not have them.
    has_checked_content: bool,
}

impl GroupUpdate {
    /// An update that writes this name and description.
    ///
    /// A name cannot be written if it has a control character in it, or white space or an invisible
    /// character at an end. Direction marks and joiners may be at an end if they can have an effect
    /// on the letters of the name. A description cannot be written if it has a control character in
    /// it, except for line ends and tabs.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            has_texts_of_a_server: false,
            ..Self::with_texts_as_they_are(name, description)
        }
    }

    /// An update that leaves everything as this group has it. Its name and its description are
    /// written as they are.
    pub fn from_group(group: &Group) -> Self {
        Self::with_texts_as_they_are(&group.name, &group.description)
    }

    /// An update whose name, description, permissions and data were checked, or are those that a
    /// server has already.
    pub(crate) fn checked(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            has_checked_content: true,
            ..Self::with_texts_as_they_are(name, description)
        }
    }

    fn with_texts_as_they_are(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            form: GroupUpdateForm::new(description, name),
            has_texts_of_a_server: true,
            has_checked_content: false,
        }
    }

    /// Moves the group below another one. Requires Open WebUI 0.12 or later.
    ///
    /// The update cannot be sent if the ID is empty, or has white space, an invisible character, a
    /// quotation mark, a bracket, `,`, `;` or a dash other than `-` in it.
    pub fn parent(mut self, id: impl Into<String>) -> Self {
        self.form.parent_group_id = Some(ParentChange::MoveBelow(id.into()));
        self
    }

    /// Takes the group out from under its parent. Needs a server since 0.12.
    pub fn detach(mut self) -> Self {
        self.form.parent_group_id = Some(ParentChange::Detach);
        self
    }

    /// Replaces the permissions, all of them.
    ///
    /// The update cannot be sent if the permissions have a category or a name that no
    /// [`Permission`](crate::Permission) can have. To keep such a name that a group has, use
    /// [`GroupsClient::edit`](crate::GroupsClient::edit).
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.form.permissions = Some(permissions);
        self
    }

    /// Writes the data. A server up to 0.11.4 replaces all of it; one since
    /// 0.12 replaces the keys given here, and within `config` the keys given
    /// there.
    ///
    /// The update cannot be sent if the data has a default model in it that is empty, has a control
    /// character in it, or has white space or an invisible character at an end.
    pub fn data(mut self, data: Map<String, Value>) -> Self {
        self.form.data = Some(data);
        self
    }
}

impl GroupUpdate {
    /// # Errors
    ///
    /// Rejects a name, a description, a parent, a permission or a default model that cannot be sent.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        if !self.has_texts_of_a_server {
            text_check::name("the name", &self.form.name)?;
            text_check::description(&self.form.description)?;
        }
        if let Some(ParentChange::MoveBelow(id)) = &self.form.parent_group_id {
            text_check::id("the parent", id)?;
        }
        if self.has_checked_content {
            return Ok(());
        }
        if let Some(permissions) = &self.form.permissions {
            permissions.check_names(None)?;
        }
        check_models(self.form.data.as_ref(), &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn absent_null_and_a_parent_are_three_things_on_the_wire() {
        let wire = |update: GroupUpdate| serde_json::to_value(update.form).unwrap();
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
            serde_json::to_value(update.form).unwrap(),
            json!({"name": "n", "description": "d", "permissions": {}, "data": {}})
        );
    }
}
