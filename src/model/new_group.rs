//! A group to create.

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

/// A group to create.
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
    /// Found out before the group is sent.
    parent_name: Option<String>,
    /// Whether a server has the texts already, whatever they are.
    is_from_a_server: bool,
    // Both are set in `data.config`, whatever data comes before or after.
    share: Option<Share>,
    default_models: Option<Value>,
}

impl NewGroup {
    /// A group with this name and nothing else. Names need not be unique.
    ///
    /// A group whose name has a control character in it, or white space or an invisible character
    /// at an end, cannot be created. Direction marks and joiners may be at an end if they can have
    /// an effect on the letters of the name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            is_from_a_server: false,
            ..Self::named_on_a_server(name)
        }
    }

    /// A group whose name, description, permissions and data are those of a group that a server has
    /// already. They are sent as they are.
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

    /// What the group is for; empty unless set.
    ///
    /// A group cannot be created if the description has a control character in it, except for line
    /// ends and tabs.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.form.description = description.into();
        self
    }

    /// Puts the group below another one. Requires Open WebUI 0.12 or later.
    ///
    /// A group cannot be created if the ID is empty, or has white space, an invisible character, a
    /// quotation mark, a bracket, `,`, `;` or a dash other than `-` in it.
    pub fn parent(mut self, id: impl Into<String>) -> Self {
        self.form.parent_group_id = Some(id.into());
        self.parent_name = None;
        self
    }

    /// Puts the group below the only group with this name. Requires Open WebUI 0.12 or later.
    /// [`create`](crate::GroupsClient::create) sends one request more, for the list of all groups.
    ///
    /// Replaces an earlier [`parent`](Self::parent), and is replaced by a later one.
    pub fn parent_named(mut self, name: impl Into<String>) -> Self {
        self.parent_name = Some(name.into());
        self.form.parent_group_id = None;
        self
    }

    /// What members may do.
    ///
    /// A group cannot be created if the permissions have a category or a name that no
    /// [`Permission`](crate::Permission) can have.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.form.permissions = Some(permissions);
        self
    }

    /// Open data to keep with the group. The default models in it are checked as
    /// [`default_models`](Self::default_models) checks them.
    pub fn data(mut self, data: Map<String, Value>) -> Self {
        self.form.data = Some(data);
        self
    }

    /// Who may share with the group; as the server is set up unless set here.
    pub fn share(mut self, share: Share) -> Self {
        self.share = Some(share);
        self
    }

    /// The models that a new chat of a member starts with. Servers before 0.12
    /// keep them and ignore them.
    ///
    /// A group cannot be created if an ID is empty, has a control character in it, or has white
    /// space or an invisible character at an end.
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

    /// Whether it has a parent, by ID or by name.
    pub(crate) fn has_parent(&self) -> bool {
        self.parent_name.is_some() || self.form.parent_group_id.is_some()
    }

    /// Checks everything that is sent.
    ///
    /// # Errors
    ///
    /// Rejects a name, a description, a parent, a permission or a default model that cannot be sent.
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

    /// What is sent.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check). Rejects a parent that is given by its name: the server has to be
    /// asked for the ID.
    pub(crate) fn into_body(self) -> Result<GroupForm, InvalidValue> {
        self.check()?;
        if self.parent_name.is_some() {
            let why = "the parent is given by its name; only the ID of a parent can be sent";
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

/// As it is sent to the server.
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
