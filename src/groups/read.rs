//! The operations on one group, one method each.

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    types::{Group, GroupExport, GroupInfo, GroupPreview, User},
    value::{names::Operation, server_version::ServerVersion},
};

impl GroupsClient {
    /// A group. For administrators.
    ///
    /// One request. Since 0.6.43: `GET /api/v1/groups/id/{id}`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let group = client.get("group-id").await?;
    /// println!("{} has {:?} members", group.name, group.member_count);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Not found*, on every version.
    pub async fn get(&self, id: &str) -> Result<Group> {
        let call = self.call_on(Operation::GetGroup, id)?;
        call.run(|| call.client().get_group(id)).await
    }

    /// The part of a group that every signed-in user may see.
    ///
    /// One request. Since 0.8.0: `GET /api/v1/groups/id/{id}/info`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// println!("{}", client.info("group-id").await?.description);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Not found*; *unsupported version* on an older server.
    pub async fn info(&self, id: &str) -> Result<GroupInfo> {
        let call = self.call_on(Operation::GetGroupInfo, id)?;
        self.classify_unsupported(call.run(|| call.client().get_group_info(id)).await)
            .await
    }

    /// A group with the ids of its direct members. For administrators.
    ///
    /// One request; on 0.6.43 a second one for a group without members, which
    /// that version fails to export (a third one should somebody join meanwhile). Since 0.6.43:
    /// `GET /api/v1/groups/id/{id}/export`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let export = client.export("group-id").await?;
    /// println!("{} members", export.user_ids.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Not found*, on every version.
    pub async fn export(&self, id: &str) -> Result<GroupExport> {
        let client = self.composed();
        let call = client.call_on(Operation::ExportGroup, id)?;
        let error = match call.run(|| call.client().export_group(id)).await {
            Err(error) if error.kind() == ErrorKind::Server => error,
            outcome => return outcome,
        };
        match client.get(id).await {
            Ok(group) if group.member_count == Some(0) => Ok(GroupExport::without_members(group)),
            // Somebody became a member in between.
            Ok(_) => call.run(|| call.client().export_group(id)).await,
            Err(_) => Err(error),
        }
    }

    /// The direct members of a group, as users. For administrators.
    ///
    /// One request, and a second one when the answer is an empty list, which
    /// servers give for a group that does not exist as well. Always two on
    /// servers up to 0.11.4, which remember the members of a deleted group; the
    /// server's version is asked once, to know. Since 0.6.43:
    /// `POST /api/v1/groups/id/{id}/users`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// for user in client.users("group-id").await? {
    ///     println!("{} <{}>", user.name, user.email);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Not found*, on every version.
    pub async fn users(&self, id: &str) -> Result<Vec<User>> {
        let call = self.call_on(Operation::ListGroupUsers, id)?;
        let users = call.run(|| call.client().list_group_users(id)).await?;
        if users.is_empty()
            || self.server_version().await? < ServerVersion::DELETES_MEMBERS_WITH_GROUP
        {
            self.get(id).await?;
        }
        Ok(users)
    }

    /// What a group can reach: models, knowledge, tools, permissions. For
    /// administrators.
    ///
    /// One request. Since 0.9.6: `GET /api/v1/groups/id/{id}/preview`. Default
    /// models, inherited and effective permissions are there since 0.12.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let preview = client.preview("group-id").await?;
    /// println!("{} of {} models", preview.models.items.len(), preview.models.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Not found*; *unsupported version* on an older server.
    pub async fn preview(&self, id: &str) -> Result<GroupPreview> {
        let call = self.call_on(Operation::PreviewGroup, id)?;
        self.classify_unsupported(call.run(|| call.client().preview_group(id)).await)
            .await
    }
}

impl GroupExport {
    /// What the export of a group without members would be.
    fn without_members(group: Group) -> Self {
        Self {
            id: group.id,
            user_id: group.user_id,
            name: group.name,
            description: group.description,
            parent_group_id: group.parent_group_id,
            data: group.data,
            meta: group.meta,
            permissions: group.permissions,
            created_at: group.created_at,
            updated_at: group.updated_at,
            member_count: group.member_count,
            user_ids: Vec::new(),
        }
    }
}
