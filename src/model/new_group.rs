//! The values of a group to create.

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::{Map, Value};

use crate::{
    generated::types::GroupForm,
    model::{
        group_config::{check_model_ids, check_models, model_ids, set_config},
        share::Share,
    },
    value::{invalid_value::InvalidValue, permissions::Permissions, text_check},
};

/// A group to create with [`GroupsClient::create`](crate::GroupsClient::create).
///
/// If a value is invalid, [`create`](crate::GroupsClient::create) returns
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) and sends nothing. The setters
/// document the rules.
///
/// ```
/// use owui_groups::{NewGroup, Permissions, Permission, Share};
///
/// let mut permissions = Permissions::new();
/// permissions.allow(Permission::FeaturesWebSearch)?;
/// let group = NewGroup::new("engineering")
///     .description("builds things")
///     .permissions(permissions)
///     .share(Share::Members);
/// # let _ = group;
/// # Ok::<(), owui_groups::PermissionError>(())
/// ```
///
/// Source: the schema `GroupForm` of the server's document.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct NewGroup {
    form: GroupForm,
    /// Replaced by the parent's ID before the group is sent.
    parent_name: Option<String>,
    /// Whether a server already stores the texts, so they are not checked.
    is_from_a_server: bool,
    // Both are set in `data.config`, whether `data` is set before or after them.
    share: Option<Share>,
    default_models: Option<Value>,
}

impl NewGroup {
    /// Creates a group with this name. Names need not be unique.
    ///
    /// The name is invalid if it contains a control character, or has white space or an invisible
    /// character at either end. Unicode direction marks and joiners at an end are valid if they can
    /// affect the letters of the name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            is_from_a_server: false,
            ..Self::named_on_a_server(name)
        }
    }

    /// A group with values that a server already stores. Its name, description, permissions and
    /// data are sent without checking them.
    pub(crate) fn named_on_a_server(name: impl Into<String>) -> Self {
        let description = "";
        Self {
            form: GroupForm::new(description, name),
            parent_name: None,
            is_from_a_server: true,
            share: None,
            default_models: None,
        }
    }

    /// Sets the description. It is empty by default.
    ///
    /// It is invalid if it contains a control character other than a line ending or a tab.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.form.description = description.into();
        self
    }

    /// Sets the parent by its ID. Requires Open WebUI 0.12 or later.
    ///
    /// The ID is invalid if it is empty, or contains white space, an invisible character, a
    /// quotation mark, a bracket, `,`, `;`, or a dash other than `-`.
    pub fn parent(mut self, id: impl Into<String>) -> Self {
        self.form.parent_group_id = Some(id.into());
        self.parent_name = None;
        self
    }

    /// Sets the parent by its name, which no other group may have. Requires Open WebUI 0.12 or
    /// later.
    ///
    /// [`create`](crate::GroupsClient::create) then sends one more request, for the list of all
    /// groups. The last call of this method or of [`parent`](Self::parent) applies.
    pub fn parent_named(mut self, name: impl Into<String>) -> Self {
        self.parent_name = Some(name.into());
        self.form.parent_group_id = None;
        self
    }

    /// Sets the permissions of the members.
    ///
    /// A category or a name is invalid if no [`Permission`](crate::Permission) can have it.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.form.permissions = Some(permissions);
        self
    }

    /// Sets `data`, a JSON object that the server stores with the group.
    ///
    /// Default models in it are checked as [`default_models`](Self::default_models) documents.
    pub fn data(mut self, data: Map<String, Value>) -> Self {
        self.form.data = Some(data);
        self
    }

    /// Sets who may share with the group. The default is that of the server.
    pub fn share(mut self, share: Share) -> Self {
        self.share = Some(share);
        self
    }

    /// Sets the models that are preselected in a new chat of a member. Servers before 0.12 store
    /// them, but ignore them.
    ///
    /// The ID of a model is invalid if it is empty, contains a control character, or has white
    /// space or an invisible character at either end.
    pub fn default_models(mut self, models: impl IntoIterator<Item: Into<String>>) -> Self {
        self.default_models = Some(model_ids(models));
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.form.name
    }

    pub(crate) fn parent_id(&self) -> Option<&str> {
        self.form.parent_group_id.as_deref()
    }

    pub(crate) fn parent_name(&self) -> Option<&str> {
        self.parent_name.as_deref()
    }

    /// Whether the group has a parent, by ID or by name.
    pub(crate) fn has_parent(&self) -> bool {
        self.parent_name.is_some() || self.form.parent_group_id.is_some()
    }

    /// Checks everything that is sent.
    ///
    /// # Errors
    ///
    /// Rejects an invalid name, description, parent, permission or default model.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        let form = &self.form;
        if !self.is_from_a_server {
            text_check::name("the name", &form.name)?;
            text_check::description(&form.description)?;
        }
        if let Some(parent) = &form.parent_group_id {
            text_check::id("the parent", parent)?;
        }
        if let Some(permissions) = &form.permissions
            && !self.is_from_a_server
        {
            permissions.check_names(None)?;
        }
        match &self.default_models {
            Some(models) => check_model_ids(models, &[]),
            None if self.is_from_a_server => Ok(()),
            None => check_models(form.data.as_ref(), &[]),
        }
    }

    /// The body of the request.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`check`](Self::check). Rejects a parent that is given by name,
    /// because the server accepts only its ID.
    pub(crate) fn into_body(self) -> Result<GroupForm, InvalidValue> {
        self.check()?;
        if self.parent_name.is_some() {
            let why = "the parent is set by name; set it by ID with `parent()`";
            return Err(InvalidValue(why.to_owned()));
        }
        let mut form = self.form;
        if let Some(share) = self.share {
            set_config(form.data.get_or_insert_default(), "share", share.into());
        }
        if let Some(models) = self.default_models {
            set_config(form.data.get_or_insert_default(), "default_models", models);
        }
        Ok(form)
    }
}

/// Serializes as the body that is sent to the server.
impl Serialize for NewGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = self.clone().into_body();
        body.map_err(|InvalidValue(why)| S::Error::custom(why))?
            .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_new_group_sends_what_was_set() {
        let group = NewGroup::new("n")
            .share(Share::Members)
            .data(json!({"mine": 1}).as_object().unwrap().clone())
            .default_models(["m"]);
        assert_eq!(
            serde_json::to_value(group).unwrap(),
            json!({"name": "n", "description": "",
                   "data": {"mine": 1, "config": {"share": "members", "default_models": ["m"]}}})
        );
    }
}
