//! A group that an edit changes.

use serde_json::{Map, Value};

use crate::{
    model::{
        group_config::{check_models, model_ids, set_config},
        group_update::GroupUpdate,
        share::Share,
    },
    types::Group,
    value::{invalid_value::InvalidValue, permissions::Permissions, text_check},
};

/// A group as it will be, handed to the closure of [`GroupsClient::edit`](crate::GroupsClient::edit).
#[derive(Clone, Debug)]
pub struct GroupDraft {
    before: Group,
    name: String,
    description: String,
    parent: Option<String>,
    permissions: Permissions,
    data: Map<String, Value>,
}

impl GroupDraft {
    pub(crate) fn new(group: Group) -> Self {
        Self {
            name: group.name.clone(),
            description: group.description.clone(),
            parent: group.parent_group_id.clone(),
            permissions: group.permissions.clone().unwrap_or_default(),
            data: group.data.clone().unwrap_or_default(),
            before: group,
        }
    }

    /// The group as it was read.
    pub fn before(&self) -> &Group {
        &self.before
    }

    /// Sets the name.
    ///
    /// The edit fails if the name changes, and has a control character in it, or white space or an
    /// invisible character at an end. Direction marks and joiners may be at an end if they can have
    /// an effect on the letters of the name.
    pub fn set_name(&mut self, name: impl Into<String>) -> &mut Self {
        self.name = name.into();
        self
    }

    /// Sets the description.
    ///
    /// The edit fails if the description changes, and has a control character in it, except for line
    /// ends and tabs.
    pub fn set_description(&mut self, description: impl Into<String>) -> &mut Self {
        self.description = description.into();
        self
    }

    /// Moves the group below another one. Requires Open WebUI 0.12 or later.
    ///
    /// The edit fails if the ID changes, and is empty, or has white space, an invisible character, a
    /// quotation mark, a bracket, `,`, `;` or a dash other than `-` in it.
    pub fn set_parent(&mut self, id: impl Into<String>) -> &mut Self {
        self.parent = Some(id.into());
        self
    }

    /// Takes the group out from under its parent, if it has one.
    pub fn detach(&mut self) -> &mut Self {
        self.parent = None;
        self
    }

    /// The permissions, to change.
    ///
    /// The edit fails if the permissions have a category or a name that no
    /// [`Permission`](crate::Permission) can have, and that the group did not have before.
    pub fn permissions(&mut self) -> &mut Permissions {
        &mut self.permissions
    }

    /// The open data, to change. Servers since 0.12 cannot remove a key of it,
    /// or of its `config`: the edit fails then. Set it to null there, unless it
    /// is `config` itself, which has to be an object.
    ///
    /// New default models in it are checked as [`set_default_models`](Self::set_default_models)
    /// checks them.
    pub fn data(&mut self) -> &mut Map<String, Value> {
        &mut self.data
    }

    /// Sets who may share with the group, whatever is stored in its place.
    pub fn set_share(&mut self, share: Share) -> &mut Self {
        set_config(&mut self.data, "share", share.into());
        self
    }

    /// Sets the models that a new chat of a member starts with; none leaves it
    /// to the groups above.
    ///
    /// The edit fails if an ID that the group did not have before is empty, has a control character
    /// in it, or has white space or an invisible character at an end.
    pub fn set_default_models(
        &mut self,
        models: impl IntoIterator<Item: Into<String>>,
    ) -> &mut Self {
        set_config(&mut self.data, "default_models", model_ids(models));
        self
    }

    /// # Errors
    ///
    /// What the closure set and cannot be sent.
    pub(crate) fn check(&self) -> Result<(), InvalidValue> {
        if self.name != self.before.name {
            text_check::name("the name", &self.name)?;
        }
        if self.description != self.before.description {
            text_check::description(&self.description)?;
        }
        if let Some(parent) = &self.parent
            && self.parent != self.before.parent_group_id
        {
            text_check::id("the parent", parent)?;
        }
        self.permissions
            .check_names(self.before.permissions.as_ref())?;
        check_models(Some(&self.data), &self.before.default_models())
    }

    /// A key that is removed from `data`, or from its `config`: servers since 0.12 merge both, and
    /// cannot remove it.
    pub(crate) fn removed_key(&self) -> Option<String> {
        removed_key(self.before.data.as_ref(), &self.data)
    }

    /// Whether the written group still has a key that is removed.
    pub(crate) fn is_merged_into(&self, written: &Group) -> bool {
        self.removed_key().is_some() && removed_key(written.data.as_ref(), &self.data).is_some()
    }

    /// The group as it was read.
    pub(crate) fn into_before(self) -> Group {
        self.before
    }

    /// What it takes to get there; none if nothing changed. All of `data` is written, which is right
    /// for servers that merge it and for those that replace it.
    pub(crate) fn update(&self) -> Option<GroupUpdate> {
        let before = &self.before;
        let mut update = GroupUpdate::checked(&self.name, &self.description);
        let mut changed = self.name != before.name || self.description != before.description;
        if self.parent != before.parent_group_id {
            changed = true;
            update = match &self.parent {
                Some(id) => update.parent(id),
                None => update.detach(),
            };
        }
        if self.permissions != before.permissions.clone().unwrap_or_default() {
            changed = true;
            update = update.permissions(self.permissions.clone());
        }
        if self.data != before.data.clone().unwrap_or_default() {
            changed = true;
            update = update.data(self.data.clone());
        }
        changed.then_some(update)
    }
}

/// A key that the second one does not have, at the top or in `config`.
fn removed_key(old: Option<&Map<String, Value>>, new: &Map<String, Value>) -> Option<String> {
    let old = old?;
    let gone = |old: &Map<String, Value>, new: &Map<String, Value>| {
        old.keys().find(|key| !new.contains_key(*key)).cloned()
    };
    gone(old, new).or_else(|| {
        let (Value::Object(old), Value::Object(new)) = (old.get("config")?, new.get("config")?)
        else {
            return None;
        };
        gone(old, new).map(|key| format!("config.{key}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn what_counts_is_what_was_set_last() {
        let group = json!({
            "id": "g", "user_id": "u", "name": "n", "description": "", "created_at": 0,
            "updated_at": 0,
        });
        let mut draft = GroupDraft::new(serde_json::from_value(group).unwrap());
        draft.set_name(" n").set_parent("").set_default_models([""]);
        assert!(draft.check().is_err());
        draft.set_name("n").detach().set_default_models(["m", "m"]);
        assert_eq!(draft.check(), Ok(()));
        assert_eq!(draft.data()["config"]["default_models"], json!(["m"]));
    }

    #[test]
    fn a_key_that_is_gone_is_named() {
        let old = object(&json!({"a": 1, "config": {"share": true}}));
        let removed = |new: Value| removed_key(Some(&old), &object(&new));
        assert_eq!(removed(json!({"a": 1})), Some("config".to_owned()));
        assert_eq!(
            removed(json!({"a": 1, "config": {}})),
            Some("config.share".to_owned())
        );
        assert_eq!(
            removed(json!({"a": 2, "b": 1, "config": {"share": 1}})),
            None
        );
        assert_eq!(removed(json!({"a": 1, "config": null})), None);
    }
}
