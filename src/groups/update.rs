//! Writing a group.

use crate::{
    client::groups_client::GroupsClient, error::Result, http::call::Call,
    model::group_update::GroupUpdate, types::Group, value::names::Operation,
};

impl GroupsClient {
    /// Writes a group's name and description, and what else the update sets.
    ///
    /// One request; the server's version is asked first, once, when the parent
    /// changes. Since 0.6.43: `POST /api/v1/groups/id/{id}/update`.
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
    /// *Invalid input* for a name, a description, a parent, a permission or a default model that
    /// cannot be sent.
    /// *Not found*, on every version; it takes one more request to tell up to
    /// 0.11.4. *Rejected* when the parent does not exist, or is the group itself
    /// or below it; *validation* when the server finds the data wrong; *unsupported
    /// version* for a parent before 0.12.
    pub async fn update(&self, id: &str, update: GroupUpdate) -> Result<Group> {
        let client = self.composed();
        client.send_update(client.call_on(id)?, id, update).await
    }

    /// Updates a group, with a call that says how often it may be sent.
    pub(crate) async fn send_update(
        &self,
        call: Call<'_>,
        id: &str,
        update: GroupUpdate,
    ) -> Result<Group> {
        update.check().map_err(|value| self.invalid(value))?;
        if update.form.parent_group_id.is_some() {
            // An older server ignores the parent and responds with 200.
            self.require_hierarchy(id, Operation::UpdateGroup, "groups with a parent")
                .await?;
        }
        let group = call.run(|api| api.update_group(id, &update.form)).await?;
        match &update.form.parent_group_id {
            Some(change) => self.check_parent(Operation::UpdateGroup, group, change.parent()),
            None => Ok(group),
        }
    }
}
