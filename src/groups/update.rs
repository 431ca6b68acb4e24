//! Writes a group.

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    http::call::Call,
    model::group_update::GroupUpdate,
    types::Group,
    value::{names::Operation, permissions::Permissions},
};

impl GroupsClient {
    /// Writes the name and the description of a group, and the other parts that the update sets.
    ///
    /// Requires an administrator's token. To change parts of a group without overwriting changes of
    /// other clients, use [`edit`](Self::edit).
    ///
    /// Sends one request. If the update sets or removes the parent, or allows a permission that not
    /// every supported server has, sends one more for the server's version the first time. Servers up to 0.11.4 respond to a missing group as to other rejected
    /// requests. In this case, sends one more to read the group.
    ///
    /// Operation: `POST /api/v1/groups/id/{id}/update`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use owui_groups::GroupUpdate;
    ///
    /// let group = client.get("group-id").await?;
    /// let update = GroupUpdate::new(&group.name, "a new description");
    /// client.update(&group.id, update).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the group does not exist.
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the name, the
    ///   description, the parent, a permission or a default model is invalid. [`GroupUpdate`]
    ///   documents the rules. No request is sent.
    /// - Returns [`ErrorKind::Rejected`](crate::ErrorKind::Rejected) if the parent does not exist,
    ///   is the group itself or is below it.
    /// - Returns [`ErrorKind::Validation`](crate::ErrorKind::Validation) if the server finds a
    ///   field invalid.
    /// - Returns [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) if the
    ///   update sets or removes the parent, and the server is older than 0.12, or if the server
    ///   does not have a permission that the update allows. The permission would have no effect. A
    ///   server that hides its version does not cause this error.
    /// - Returns [`ErrorKind::PartiallyApplied`](crate::ErrorKind::PartiallyApplied) if the server
    ///   wrote the group but ignored its parent.
    pub async fn update(&self, id: &str, update: GroupUpdate) -> Result<Group> {
        let client = self.composed();
        client
            .send_update(client.call_on(id)?, id, update, None)
            .await
    }

    /// Sends an update with a prepared call, which determines the retries. The permissions are those
    /// that the group had before, if they are known.
    pub(crate) async fn send_update(
        &self,
        call: Call<'_>,
        id: &str,
        update: GroupUpdate,
        before: Option<&Permissions>,
    ) -> Result<Group> {
        update.check().map_err(|value| self.invalid(value))?;
        if update.form.parent_group_id.is_some() {
            // An older server ignores the parent and returns 200.
            self.require_hierarchy(id, Operation::UpdateGroup, "groups with a parent")
                .await?;
        }
        let permissions = update.form.permissions.as_ref();
        self.require_permissions(Operation::UpdateGroup, permissions, before)
            .await?;
        let group = call.run(|api| api.update_group(id, &update.form)).await?;
        match &update.form.parent_group_id {
            Some(change) => self.check_parent(Operation::UpdateGroup, group, change.parent()),
            None => Ok(group),
        }
    }
}
