//! The group that the closure of an edit changes.

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

/// A draft of a group, passed to the closure of [`GroupsClient::edit`](crate::GroupsClient::edit).
///
/// A value is checked after the closure returns, and only if it changed. If it is invalid, the edit
/// returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) and writes nothing. The
/// setters document the rules.
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

    /// Returns the group as it was read.
    pub fn before(&self) -> &Group {
        &self.before
    }

    /// Sets the name.
    ///
    /// It is invalid if it contains a control character, or has white space or an invisible
    /// character at either end. Unicode direction marks and joiners at an end are valid if they can
    /// affect the letters of the name.
    pub fn set_name(&mut self, name: impl Into<String>) -> &mut Self {
        self.name = name.into();
        self
    }

    /// Sets the description.
    ///
    /// It is invalid if it contains a control character other than a line ending or a tab.
    pub fn set_description(&mut self, description: impl Into<String>) -> &mut Self {
        self.description = description.into();
        self
    }

    /// Moves the group below another one. Requires Open WebUI 0.12 or later.
    ///
    /// The ID is invalid if it is empty, or contains white space, an invisible character, a
    /// quotation mark, a bracket, `,`, `;`, or a dash other than `-`.
    pub fn set_parent(&mut self, id: impl Into<String>) -> &mut Self {
        self.parent = Some(id.into());
        self
    }

    /// Removes the parent of the group, if it has one.
    pub fn detach(&mut self) -> &mut Self {
        self.parent = None;
        self
    }

    /// Returns the permissions, to change them.
    ///
    /// A category or a name is invalid if no [`Permission`](crate::Permission) can have it.
    pub fn permissions(&mut self) -> &mut Permissions {
        &mut self.permissions
    }

    /// Returns `data`, the JSON object that the server stores with the group, to change it.
    ///
    /// Servers since 0.12 cannot remove a key of `data` or of its `config`. If the closure removes
    /// one, the edit returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) on these
    /// servers. Set the value to null instead. `config` itself must be an object.
    ///
    /// New default models are checked as [`set_default_models`](Self::set_default_models)
    /// documents.
    pub fn data(&mut self) -> &mut Map<String, Value> {
        &mut self.data
    }

    /// Sets who may share with the group. Replaces a malformed value.
    pub fn set_share(&mut self, share: Share) -> &mut Self {
        set_config(&mut self.data, "share", share.into());
        self
    }

    /// Sets the models that are preselected in a new chat of a member. With an empty list, the
    /// models of the ancestors apply.
    ///
    /// The ID of a model is invalid if it is empty, contains a control character, or has white
    /// space or an invisible character at either end.
    pub fn set_default_models(
        &mut self,
        models: impl IntoIterator<Item: Into<String>>,
    ) -> &mut Self {
        set_config(&mut self.data, "default_models", model_ids(models));
        self
    }

    /// # Errors
    ///
    /// Rejects invalid values that the closure set.
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

    /// A key that the closure removed from `data`, or from its `config`. Servers since 0.12 merge
    /// both, and cannot remove it.
    pub(crate) fn removed_key(&self) -> Option<String> {
        removed_key(self.before.data.as_ref(), &self.data)
    }

    /// Whether the server merged `data` and therefore retained a removed key.
    pub(crate) fn is_merged_into(&self, written: &Group) -> bool {
        self.removed_key().is_some() && removed_key(written.data.as_ref(), &self.data).is_some()
    }

    pub(crate) fn into_before(self) -> Group {
        self.before
    }

    /// The update that writes the changes, or `None` if nothing changed. It contains all of `data`,
    /// which is correct for servers that merge it and for those that replace it.
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

/// A key that `new` does not have, at the top level or in `config`.
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
