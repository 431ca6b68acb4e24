//! The values that an update writes.

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

/// The values that [`GroupsClient::update`](crate::GroupsClient::update) writes.
///
/// The name and the description are always written. The parent, the permissions and the data are
/// written only if they are set. Use [`GroupsClient::edit`](crate::GroupsClient::edit) to change
/// parts of a group without overwriting changes of other clients.
///
/// If a value is invalid, [`update`](crate::GroupsClient::update) returns
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) and sends nothing. The setters
/// document the rules.
///
/// Source: the schema `GroupUpdateForm` of the server's document.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct GroupUpdate {
    pub(crate) form: GroupUpdateForm,
    /// Whether the server already stores the name and the description.
    has_texts_of_a_server: bool,
    /// Whether the permissions and the data were already checked, except for values that the server
    /// stores.
    has_checked_content: bool,
}

impl GroupUpdate {
    /// Creates an update that writes this name and description.
    ///
    /// The name is invalid if it contains a control character, or has white space or an invisible
    /// character at either end. Unicode direction marks and joiners at an end are valid if they can
    /// affect the letters of the name. The description is invalid if it contains a control
    /// character other than a line ending or a tab.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            has_texts_of_a_server: false,
            ..Self::with_texts_as_they_are(name, description)
        }
    }

    /// Creates an update that changes nothing in this group.
    ///
    /// It writes the name and the description of the group without checking them.
    pub fn from_group(group: &Group) -> Self {
        Self::with_texts_as_they_are(&group.name, &group.description)
    }

    /// An update whose name, description, permissions and data were already checked, or are stored
    /// on the server.
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
    /// The ID is invalid if it is empty, or contains white space, an invisible character, a
    /// quotation mark, a bracket, `,`, `;`, or a dash other than `-`.
    pub fn parent(mut self, id: impl Into<String>) -> Self {
        self.form.parent_group_id = Some(ParentChange::MoveBelow(id.into()));
        self
    }

    /// Removes the parent of the group. Requires Open WebUI 0.12 or later.
    pub fn detach(mut self) -> Self {
        self.form.parent_group_id = Some(ParentChange::Detach);
        self
    }

    /// Replaces all permissions.
    ///
    /// A category or a name is invalid if no [`Permission`](crate::Permission) can have it. If the
    /// group already has such a name, use [`GroupsClient::edit`](crate::GroupsClient::edit) to
    /// retain it.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.form.permissions = Some(permissions);
        self
    }

    /// Writes `data`, a JSON object that the server stores with the group.
    ///
    /// Servers up to 0.11.4 replace it as a whole. Servers since 0.12 replace only the given keys,
    /// and within `config` only the keys given there.
    ///
    /// A default model in the data is invalid if its ID is empty, contains a control character, or
    /// has white space or an invisible character at either end.
    pub fn data(mut self, data: Map<String, Value>) -> Self {
        self.form.data = Some(data);
        self
    }
}

impl GroupUpdate {
    /// # Errors
    ///
    /// Rejects an invalid name, description, parent, permission or default model.
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
