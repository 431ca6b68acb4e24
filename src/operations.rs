//! The operations on one group, one method each.

use http::StatusCode;

use crate::{
    Error, ErrorKind, GroupUpdate, GroupsClient, NewGroup, Operation, Result, ServerVersion,
    transport::Prepared,
    types::{Group, GroupExport, GroupInfo, GroupPreview, User},
};

impl GroupsClient {
    /// Creates a group. Never sent twice: names are not unique, so a second
    /// attempt could make a second group.
    ///
    /// One request; the server's version is asked first, once, when the group
    /// has a parent. Since 0.6.43: `POST /api/v1/groups/create`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use owui_groups::NewGroup;
    ///
    /// let group = client.create(NewGroup::named("engineering")).await?;
    /// println!("{}", group.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Refused* when the parent does not exist, *invalid* when the server
    /// finds the data wrong, *endpoint missing* for a parent before 0.12.
    pub async fn create(&self, group: NewGroup) -> Result<Group> {
        let operation = Operation::CreateGroup;
        let body = group.into_body(operation)?;
        if body.parent_group_id.is_some() {
            // An older server ignores the parent and creates the group.
            self.require(operation, "groups with a parent", ServerVersion::HIERARCHY)
                .await?;
        }
        let call = self.call(operation);
        call.run(|| call.client().create_group(&body)).await
    }

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
    /// *Not found*; *endpoint missing* on an older server.
    pub async fn info(&self, id: &str) -> Result<GroupInfo> {
        let call = self.call_on(Operation::GetGroupInfo, id)?;
        self.explain(call.run(|| call.client().get_group_info(id)).await)
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
        let call = self.call_on(Operation::ExportGroup, id)?;
        let error = match call.run(|| call.client().export_group(id)).await {
            Err(error) if error.is_server() => error,
            outcome => return outcome,
        };
        match self.get(id).await {
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
        if users.is_empty() || self.server_version().await? < ServerVersion::HONEST_DELETE {
            self.get(id).await?;
        }
        Ok(users)
    }

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
    /// *Not found*, on every version; it takes one more request to tell up to
    /// 0.11.4. *Refused* when the parent does not exist, or is the group itself
    /// or below it; *invalid* when the server finds the data wrong; *endpoint
    /// missing* for a parent before 0.12.
    pub async fn update(&self, id: &str, update: GroupUpdate) -> Result<Group> {
        let call = self.call_on(Operation::UpdateGroup, id)?;
        self.send_update(call, id, update).await
    }

    /// Updates a group, with a call that says how often it may be sent.
    pub(crate) async fn send_update(
        &self,
        call: Prepared<'_>,
        id: &str,
        update: GroupUpdate,
    ) -> Result<Group> {
        let operation = Operation::UpdateGroup;
        update.check(operation)?;
        if update.0.parent_group_id.is_some() {
            // An older server ignores the parent and answers 200.
            self.require(operation, "groups with a parent", ServerVersion::HIERARCHY)
                .await?;
        }
        let outcome = call.run(|| call.client().update_group(id, &update.0)).await;
        self.look_for_missing(id, outcome).await
    }

    /// Deletes a group. On servers since 0.12 the groups below it move up to
    /// its parent. Not sent twice: the second attempt would report as missing
    /// what the first one deleted.
    ///
    /// One request on servers since 0.12, two on older ones, which claim to
    /// have deleted a group that never was; the server's version is asked
    /// first, once. Since 0.6.43: `DELETE /api/v1/groups/id/{id}/delete`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// match client.delete("group-id").await {
    ///     Err(error) if error.is_not_found() => println!("it was gone already"),
    ///     outcome => outcome?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Not found*, on every version.
    pub async fn delete(&self, id: &str) -> Result<()> {
        let operation = Operation::DeleteGroup;
        let call = self.call_on(operation, id)?;
        let version = self.server_version().await;
        if version.map_err(|error| error.in_operation(operation))? < ServerVersion::HONEST_DELETE {
            self.get(id).await?;
        }
        if call.run(|| call.client().delete_group(id)).await? {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Refused)
            .message("the server did not delete the group, and does not say why")
            .in_operation(operation)
            .in_request(operation.method(), operation.path().replace("{id}", id))
            .in_group(Some(id))
            .with_status(StatusCode::OK)
            .with_attempts(1))
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
    /// *Not found*; *endpoint missing* on an older server.
    pub async fn preview(&self, id: &str) -> Result<GroupPreview> {
        let call = self.call_on(Operation::PreviewGroup, id)?;
        self.explain(call.run(|| call.client().preview_group(id)).await)
            .await
    }

    /// Tells a missing group from another refusal: up to 0.11.4 both are a 400.
    pub(crate) async fn look_for_missing<T>(&self, id: &str, outcome: Result<T>) -> Result<T> {
        let error = match outcome {
            Err(error) if error.is_refused() && error.detail().is_some_and(is_vague) => error,
            other => return other,
        };
        match self.get(id).await {
            Err(look) if look.is_not_found() => Err(error.turned_into(ErrorKind::NotFound)),
            _ => Err(error),
        }
    }
}

/// `[ERROR: Error updating group]`, alone or inside another one.
fn is_vague(detail: &str) -> bool {
    [
        "Error updating group",
        "Error adding users",
        "Error removing users",
    ]
    .iter()
    .any(|wording| detail.contains(wording))
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
