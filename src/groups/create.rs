//! Creates a group.

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    model::new_group::NewGroup,
    types::Group,
    value::names::Operation,
};

impl GroupsClient {
    /// Creates a group.
    ///
    /// Requires an administrator's token. Names are not unique, so a second request could create a
    /// second group. A create is therefore retried only if it was certainly not carried out: after
    /// a 429, or without a connection.
    ///
    /// Sends one request. If the group has a parent, or allows a permission that not every supported
    /// server has, sends one more for the server's version the first time. If the parent is given [by name](NewGroup::parent_named), sends one more for the
    /// list of all groups.
    ///
    /// Operation: `POST /api/v1/groups/create`.
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
    /// - Returns [`ErrorKind::InvalidInput`] if the name, the description, the parent, a permission
    ///   or a default model is invalid. The setters of [`NewGroup`] document the rules. No request
    ///   is sent.
    /// - Returns [`ErrorKind::Rejected`] if no group has the ID of the parent.
    /// - Returns [`ErrorKind::NotFound`] if no group has the name of the parent.
    /// - Returns [`ErrorKind::Ambiguous`] if several groups have the name of the parent.
    /// - Returns [`ErrorKind::Decode`] if the server lists the parent with an ID that cannot be
    ///   sent.
    /// - Returns [`ErrorKind::Validation`] if the server finds a field invalid.
    /// - Returns [`ErrorKind::UnsupportedVersion`] if the group has a parent and the server is
    ///   older than 0.12, or if the server does not have a permission that the group allows. The
    ///   permission would have no effect. A server that hides its version does not cause this error.
    /// - Returns [`ErrorKind::PartiallyApplied`] if the server created the group but ignored its
    ///   parent.
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
            // An older server ignores the parent and creates the group anyway.
            client
                .require_hierarchy(parent, Operation::CreateGroup, "groups with a parent")
                .await
                .map_err(|error| match error.kind() {
                    // If the version is unknown, the parent itself was read.
                    ErrorKind::NotFound => client
                        .error(ErrorKind::Rejected, Operation::CreateGroup, parent)
                        .with_message("the parent does not exist"),
                    _ => error,
                })?;
        }
        client
            .require_permissions(Operation::CreateGroup, body.permissions.as_ref(), None)
            .await?;
        let group = client.call().run(|api| api.create_group(&body)).await?;
        match &body.parent_group_id {
            Some(parent) => client.check_parent(Operation::CreateGroup, group, Some(parent)),
            None => Ok(group),
        }
    }
}
