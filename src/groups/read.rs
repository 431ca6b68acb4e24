//! The operations that read one group.

use std::collections::HashSet;

use http::StatusCode;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    types::{Group, GroupExport, GroupInfo, GroupPreview, User},
    value::{names::Operation, server_version::ServerVersion},
};

/// The maximum number of times that a list of users is read if it does not match the member count.
const MAX_READS: u32 = 3;

impl GroupsClient {
    /// Returns a group.
    ///
    /// Requires an administrator's token. [`info`](Self::info) is for other users.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/groups/id/{id}`.
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
    /// Returns [`ErrorKind::NotFound`] if the group does not exist.
    pub async fn get(&self, id: &str) -> Result<Group> {
        self.call_on(id)?.run(|api| api.get_group(id)).await
    }

    /// Returns the part of a group that every signed-in user may see.
    ///
    /// Sends one request. Requires Open WebUI 0.8 or later.
    ///
    /// Operation: `GET /api/v1/groups/id/{id}/info`.
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
    /// - Returns [`ErrorKind::NotFound`] if the group does not exist.
    /// - Returns [`ErrorKind::UnsupportedVersion`] if the server is older than 0.8.
    pub async fn info(&self, id: &str) -> Result<GroupInfo> {
        self.call_on(id)?.run(|api| api.get_group_info(id)).await
    }

    /// Returns a group with the IDs of its direct members.
    ///
    /// Requires an administrator's token. [`import`](Self::import) creates a group from the export.
    ///
    /// Sends one request. Open WebUI 0.6.43 fails to export a group without members. On this
    /// version, sends one more to read such a group, and one for the server's version the first
    /// time.
    ///
    /// Operation: `GET /api/v1/groups/id/{id}/export`.
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
    /// Returns [`ErrorKind::NotFound`] if the group does not exist.
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
            // A user became a member since the export failed.
            Ok(_) => export().await,
            Err(_) => Err(error),
        }
    }

    /// Returns the direct members of a group as users.
    ///
    /// Requires an administrator's token. No user is listed twice.
    ///
    /// Sends one request, and one more for the server's version the first time, unless the list is
    /// empty. Sends one more to read the group in two cases:
    ///
    /// - The list is empty, which it also is if the group does not exist.
    /// - The server is older than 0.12. These servers still list the members of a deleted group.
    ///
    /// If the group was read and its `member_count` is not the number of users, both are read
    /// again, at most 3 times in all (6 requests). All requests share one
    /// [deadline](crate::GroupsClientBuilder::deadline).
    ///
    /// Operation: `POST /api/v1/groups/id/{id}/users`.
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
    /// - Returns [`ErrorKind::NotFound`] if the group does not exist.
    /// - Returns [`ErrorKind::Conflict`] if the list of users did not match the group's
    ///   `member_count` in any of the 3 reads. Possible causes are concurrent changes by other
    ///   clients, an incomplete list, and memberships of users that no longer exist.
    ///   [`export`](Self::export) also returns the IDs of such users, and
    ///   [`remove_members`](Self::remove_members) removes them.
    /// - Returns [`ErrorKind::Timeout`] if the deadline passes.
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

    /// Returns what a group gives access to: models, knowledge, tools and permissions.
    ///
    /// Requires an administrator's token.
    ///
    /// Sends one request. Requires Open WebUI 0.9.6 or later. Servers before 0.12 do not report
    /// default models, inherited permissions and effective permissions.
    ///
    /// Operation: `GET /api/v1/groups/id/{id}/preview`.
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
    /// - Returns [`ErrorKind::NotFound`] if the group does not exist.
    /// - Returns [`ErrorKind::UnsupportedVersion`] if the server is older than 0.9.6.
    pub async fn preview(&self, id: &str) -> Result<GroupPreview> {
        self.call_on(id)?.run(|api| api.preview_group(id)).await
    }
}

/// Removes users that are listed twice, and keeps the order.
fn distinct(mut users: Vec<User>) -> Vec<User> {
    let mut seen = HashSet::new();
    users.retain(|user| seen.insert(user.id.clone()));
    users
}

impl GroupsClient {
    fn differs(&self, id: &str, users: usize, count: u64) -> Error {
        let error = self.error(ErrorKind::Conflict, Operation::ListGroupUsers, id);
        error.with_message(format!(
            "the server listed {users} users of the group, but reports {count} members, each of \
             the {MAX_READS} times the list was read; try again while no other client changes the \
             group, and remove memberships of users that no longer exist"
        ))
    }
}
