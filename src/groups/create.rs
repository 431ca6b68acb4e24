//! Creating a group.

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    model::new_group::NewGroup,
    types::Group,
    value::names::Operation,
};

impl GroupsClient {
    /// Creates a group. Sent a second time only if the first certainly was not
    /// carried out (429, no connection): names are not unique, so a second attempt
    /// could make a second group.
    ///
    /// One request; the server's version is asked first, once, when the group
    /// has a parent, and the list of all groups when the parent is given by its name. Since 0.6.43: `POST /api/v1/groups/create`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use owui_groups::NewGroup;
    ///
    /// let group = client.create(NewGroup::new("engineering")).await?;
    /// println!("{}", group.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Invalid input* for a name, a description, a parent, a permission or a default model that
    /// cannot be sent: see the setters of [`NewGroup`].
    /// *Rejected* when the parent does not exist, *not found* or *ambiguous* when not exactly one
    /// group has the name of the parent, *validation* when the server
    /// finds the data wrong, *unsupported version* for a parent before 0.12.
    pub async fn create(&self, group: NewGroup) -> Result<Group> {
        let invalid = |value| self.invalid(value);
        group.check().map_err(invalid)?;
        let client = self.composed();
        let group = match group.parent_name() {
            Some(name) => {
                let parent = client.find_by_name(name).await?;
                let parent = parent.ok_or_else(|| client.no_parent(name))?;
                group.parent(client.sendable_id(&parent)?)
            }
            None => group,
        };
        let body = group.into_body().map_err(invalid)?;
        if let Some(parent) = &body.parent_group_id {
            // An older server ignores the parent and creates the group.
            client
                .require_hierarchy(parent, Operation::CreateGroup, "groups with a parent")
                .await
                .map_err(|error| match error.kind() {
                    // Without a version, the parent itself is read.
                    ErrorKind::NotFound => client
                        .error(ErrorKind::Rejected, Operation::CreateGroup, parent)
                        .with_message("the parent does not exist"),
                    _ => error,
                })?;
        }
        let group = client.call().run(|api| api.create_group(&body)).await?;
        match &body.parent_group_id {
            Some(parent) => client.check_parent(Operation::CreateGroup, group, Some(parent)),
            None => Ok(group),
        }
    }
}
