//! Changing a group without losing what others wrote.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::{
    Error, ErrorKind, GroupUpdate, GroupsClient, Operation, Permissions, Result, ServerVersion,
    Share, data, types::Group,
};

/// How often an edit starts over when others keep changing the group.
const ATTEMPTS: u32 = 5;

/// A group as it will be, handed to the closure of [`GroupsClient::edit`].
#[derive(Clone, Debug)]
pub struct GroupDraft {
    before: Group,
    name: String,
    description: String,
    parent: Option<String>,
    permissions: Permissions,
    data: Map<String, Value>,
    problem: Option<String>,
}

/// What an edit does when somebody else changes the group in between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnConflict {
    /// Calls the closure again with the group as it is now, up to five times.
    #[default]
    StartOver,
    /// Fails with *conflict*.
    Fail,
}

/// An edit, made by [`GroupsClient::edit`]; `.await` carries it out.
#[must_use = "an edit is carried out when it is awaited"]
pub struct EditGroup<'a, F> {
    client: &'a GroupsClient,
    id: String,
    change: F,
    on_conflict: OnConflict,
}

impl GroupsClient {
    /// Reads a group, lets the closure change it, and writes what changed and
    /// nothing else. The name and the description are always written, because
    /// the server insists.
    ///
    /// Whatever is in `data` and `permissions`, known to this crate or not,
    /// stays as it is unless the closure changes it, on servers that merge
    /// `data` (since 0.12) and on those that replace it.
    ///
    /// # What is not promised
    ///
    /// The server has no conditional writes. The group is read a second time
    /// just before it is written, and when its content is not what the closure
    /// saw, the edit starts over, or fails if asked to
    /// ([`on_conflict`](EditGroup::on_conflict)). What somebody writes between
    /// that reading and the writing is overwritten, and nobody notices, if it is
    /// the name or the description (which the server wants every time), or the
    /// parent, the permissions (as a whole) or data (as a whole up to 0.11.4,
    /// else the same keys) where the closure changed those. So that the gap
    /// stays small, the write is never sent a second time: after a *timeout* or
    /// *interrupted* it may have been done, and the edit can be repeated.
    ///
    /// One request when nothing changes, else three (read, read, write), and
    /// one more for each start over. The server's version is asked once, when
    /// the parent or data change. Since 0.6.43.
    ///
    /// ```no_run
    /// use owui_groups::Permission;
    ///
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let group = client
    ///     .edit("group-id", |group| {
    ///         group.parent("company-id");
    ///         group.permissions().allow(Permission::ChatFileUpload);
    ///     })
    ///     .await?;
    /// # let _ = group;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); *conflict*; *invalid input* when the
    /// closure removes a key of `data` and the server cannot, or sets a default
    /// model without an id.
    pub fn edit<F>(&self, id: &str, change: F) -> EditGroup<'_, F>
    where
        F: FnMut(&mut GroupDraft),
    {
        EditGroup {
            client: self,
            id: id.to_owned(),
            change,
            on_conflict: OnConflict::default(),
        }
    }
}

impl<F> EditGroup<'_, F> {
    /// What to do when somebody else changes the group in between.
    pub fn on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.on_conflict = on_conflict;
        self
    }
}

impl<'a, F> IntoFuture for EditGroup<'a, F>
where
    F: FnMut(&mut GroupDraft) + Send + 'a,
{
    type Output = Result<Group>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut group = self.client.get(&self.id).await?;
            for _ in 0..ATTEMPTS {
                let mut draft = GroupDraft::new(group);
                (self.change)(&mut draft);
                let Some(update) = draft.update(self.client).await? else {
                    return Ok(draft.before);
                };
                let now = self.client.get(&self.id).await?;
                if has_same_content(&draft.before, &now) {
                    let call = self.client.call_on(Operation::UpdateGroup, &self.id)?;
                    return self.client.send_update(call.once(), &self.id, update).await;
                }
                if self.on_conflict == OnConflict::Fail {
                    break;
                }
                group = now;
            }
            Err(Error::new(ErrorKind::Conflict).in_operation(Operation::UpdateGroup))
        })
    }
}

impl GroupDraft {
    fn new(group: Group) -> Self {
        Self {
            name: group.name.clone(),
            description: group.description.clone(),
            parent: group.parent_group_id.clone(),
            permissions: group.permissions.clone().unwrap_or_default(),
            data: group.data.clone().unwrap_or_default(),
            problem: None,
            before: group,
        }
    }

    /// The group as it was read.
    pub fn before(&self) -> &Group {
        &self.before
    }

    /// Sets the name.
    pub fn name(&mut self, name: impl Into<String>) -> &mut Self {
        self.name = name.into();
        self
    }

    /// Sets the description.
    pub fn description(&mut self, description: impl Into<String>) -> &mut Self {
        self.description = description.into();
        self
    }

    /// Moves the group below another one. Needs a server since 0.12.
    pub fn parent(&mut self, id: impl Into<String>) -> &mut Self {
        self.parent = Some(id.into());
        self
    }

    /// Takes the group out from under its parent, if it has one.
    pub fn detach(&mut self) -> &mut Self {
        self.parent = None;
        self
    }

    /// The permissions, to change.
    pub fn permissions(&mut self) -> &mut Permissions {
        &mut self.permissions
    }

    /// The open data, to change. Servers since 0.12 cannot remove a key of it,
    /// or of its `config`: the edit fails then. Set it to null there, unless it
    /// is `config` itself, which has to be an object.
    pub fn data(&mut self) -> &mut Map<String, Value> {
        &mut self.data
    }

    /// Sets who may share with the group.
    pub fn share(&mut self, share: Share) -> &mut Self {
        data::set_config(&mut self.data, "share", share.into());
        self
    }

    /// Sets the models that a new chat of a member starts with; none leaves it
    /// to the groups above. An empty id makes the edit fail.
    pub fn default_models<I>(&mut self, models: I) -> &mut Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        match data::model_ids(models) {
            Ok(models) => data::set_config(&mut self.data, "default_models", models),
            Err(error) => self.problem = Some(error.to_string()),
        }
        self
    }

    /// What it takes to get there; none when nothing changed.
    async fn update(&self, client: &GroupsClient) -> Result<Option<GroupUpdate>> {
        let refuse = |message: String| {
            Err(Error::invalid_input(message).in_operation(Operation::UpdateGroup))
        };
        if let Some(problem) = self.problem.as_deref().or(self.permissions.problem()) {
            return refuse(problem.to_owned());
        }
        let before = &self.before;
        let mut update = GroupUpdate::new(&self.name, &self.description);
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
        let old_data = before.data.clone().unwrap_or_default();
        if self.data != old_data {
            changed = true;
            let merges = client.server_version().await? >= ServerVersion::MERGES_DATA;
            update = update.data(if merges {
                match changed_keys(&old_data, &self.data) {
                    Ok(keys) => keys,
                    Err(key) => {
                        return refuse(format!(
                            "the server merges data and cannot remove its key `{key}`"
                        ));
                    }
                }
            } else {
                self.data.clone()
            });
        }
        Ok(changed.then_some(update))
    }
}

/// The keys to send to a server that merges data one level deep, and `config`
/// one level deeper.
///
/// # Errors
///
/// A key that is gone, which such a server cannot express.
fn changed_keys(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    let mut changed = differing(old, new)?;
    if let (Some(Value::Object(old)), Some(Value::Object(new))) =
        (old.get("config"), new.get("config"))
        && changed.contains_key("config")
    {
        let config = differing(old, new).map_err(|key| format!("config.{key}"))?;
        changed.insert("config".to_owned(), Value::Object(config));
    }
    Ok(changed)
}

fn differing(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    if let Some(gone) = old.keys().find(|key| !new.contains_key(*key)) {
        return Err(gone.clone());
    }
    Ok(new
        .iter()
        .filter(|(key, value)| old.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect())
}

/// `updated_at` alone would miss changes within a second, and would see one in
/// every new member.
fn has_same_content(one: &Group, other: &Group) -> bool {
    one.name == other.name
        && one.description == other.description
        && one.parent_group_id == other.parent_group_id
        && one.permissions == other.permissions
        && one.data == other.data
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn only_changed_keys_are_sent_to_a_server_that_merges() {
        let old = object(&json!({"a": 1, "b": {"x": 1}, "config": {"share": true, "mine": 2}}));
        let new = object(
            &json!({"a": 1, "b": {"x": 2}, "c": null, "config": {"share": false, "mine": 2}}),
        );
        assert_eq!(
            Value::Object(changed_keys(&old, &new).unwrap()),
            json!({"b": {"x": 2}, "c": null, "config": {"share": false}})
        );
    }

    #[test]
    fn a_key_that_is_gone_is_named() {
        let old = object(&json!({"a": 1, "config": {"share": true}}));
        assert_eq!(
            changed_keys(&old, &object(&json!({"a": 1}))),
            Err("config".to_owned())
        );
        assert_eq!(
            changed_keys(&old, &object(&json!({"a": 1, "config": {}}))),
            Err("config.share".to_owned())
        );
    }
}
