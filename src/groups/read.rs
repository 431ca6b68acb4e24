//! The operations on one group, one method each.

use std::collections::HashSet;

use http::StatusCode;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    types::{Group, GroupExport, GroupInfo, GroupPreview, User},
    value::{names::Operation, server_version::ServerVersion},
};

/// How often a list of users is read that does not match the group's count.
const MAX_READS: u32 = 3;

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
        self.call_on(id)?.run(|api| api.get_group(id)).await
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
        self.call_on(id)?.run(|api| api.get_group_info(id)).await
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
        let export = async || client.call_on(id)?.run(|api| api.export_group(id)).await;
        let error = match export().await {
            Err(error) if error.status() == Some(StatusCode::INTERNAL_SERVER_ERROR) => error,
            outcome => return outcome,
        };
        if client.optional_version().await >= Some(ServerVersion::EXPORTS_EMPTY_GROUPS) {
            return Err(error);
        }
        match client.get(id).await {
            Ok(group) if group.member_count == Some(0) => {
                Ok(GroupExport::from_group(group, Vec::new()))
            }
            // Somebody became a member in between.
            Ok(_) => export().await,
            Err(_) => Err(error),
        }
    }

    /// The direct members of a group, as users. For administrators.
    ///
    /// No user comes twice. Sends one request, and reads the group too if the
    /// list is empty, as it also is for a group that does not exist. Before 0.12,
    /// always reads the group too, since those servers still list the members of
    /// a deleted group. The server's version is requested once, unless the list
    /// is empty. If the group was read and its `member_count` is not the number
    /// of users, both are read again, at most 3 times in all (6 requests). All
    /// requests share one [deadline](crate::GroupsClientBuilder::deadline). Since
    /// 0.6.43: `POST /api/v1/groups/id/{id}/users`.
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
    /// - [`ErrorKind::NotFound`] if the group does not exist, on every version.
    /// - [`ErrorKind::Conflict`] if the list of users did not match the group's
    ///   `member_count` any of the 3 times: other clients change the group, the
    ///   list is incomplete, or the server's database still has memberships of
    ///   users that no longer exist. [`export`](Self::export) returns the IDs of
    ///   the latter as well, and [`remove_members`](Self::remove_members) removes
    ///   them.
    /// - [`ErrorKind::Timeout`] if the deadline passes.
    pub async fn users(&self, id: &str) -> Result<Vec<User>> {
        let client = self.composed();
        let deletes_members = Some(ServerVersion::HIERARCHY);
        let mut reads = 1;
        loop {
            let call = client.call_on(id)?;
            let users = distinct(call.run(|api| api.list_group_users(id)).await?);
            if !users.is_empty() && client.optional_version().await >= deletes_members {
                return Ok(users);
            }
            let count = match client.get(id).await?.member_count {
                Some(count) if usize::try_from(count) != Ok(users.len()) => count,
                _ => return Ok(users),
            };
            if reads == MAX_READS {
                return Err(client.differs(id, users.len(), count));
            }
            reads += 1;
        }
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
        self.call_on(id)?.run(|api| api.preview_group(id)).await
    }
}

/// The users in their order, each once.
fn distinct(mut users: Vec<User>) -> Vec<User> {
    let mut seen = HashSet::new();
    users.retain(|user| seen.insert(user.id.clone()));
    users
}

impl GroupsClient {
    fn differs(&self, id: &str, users: usize, count: u64) -> Error {
        let error = self.error(ErrorKind::Conflict, Operation::ListGroupUsers, id);
        error.with_message(format!(
            "the server lists {users} users of the group and counts {count}, each of the \
             {MAX_READS} times that it was read; try again when no other client changes the group, \
             and remove memberships of users that no longer exist"
        ))
    }
}
