//! What one user belongs to and can reach.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    generated::ListUserGroupsOptions,
    types::{SessionUser, UserGroup, UserPreview},
};

/// A listing of a user's groups, made by [`GroupsClient::user_groups`]; `.await` sends it.
#[derive(Clone, Debug)]
#[must_use = "a listing is sent when it is awaited"]
pub struct ListUserGroups {
    client: GroupsClient,
    id: String,
    with_inherited: bool,
}

impl GroupsClient {
    /// The user whose token the client sends.
    ///
    /// Sends one request: `GET /api/v1/auths/`. Requires Open WebUI 0.6.43 or later. Users who wait
    /// for approval may call it too. The server's response has the token as well, which is not
    /// retained.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let user = client.session_user().await?;
    /// println!("signed in as {}, role {}", user.email, user.role);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated) if the server does not
    ///   accept the token.
    /// - [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) on 0.12.4 for an API
    ///   key: that version requires the token of a session here.
    pub async fn session_user(&self) -> Result<SessionUser> {
        self.call().run(|api| api.get_session_user()).await
    }

    /// The groups that a user is a direct member of, those changed last first. For administrators.
    ///
    /// Sends one request: `GET /api/v1/users/{user_id}/groups`. Requires Open WebUI 0.6.43 or later.
    ///
    /// The list is empty for a user who does not exist, as for one without groups: the server does
    /// not distinguish them.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// for group in client.user_groups("user-id").with_inherited().await? {
    ///     println!("{} {:?}", group.name, group.membership_type);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// With `.await`:
    ///
    /// - [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an ID that cannot be part of
    ///   a path. Nothing is sent.
    /// - [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not an
    ///   administrator's.
    pub fn user_groups(&self, user_id: impl Into<String>) -> ListUserGroups {
        ListUserGroups {
            client: self.clone(),
            id: user_id.into(),
            with_inherited: false,
        }
    }

    /// The models, knowledge bases and tools that a user can reach, through groups and otherwise.
    /// For administrators.
    ///
    /// Sends one request: `GET /api/v1/users/{user_id}/preview`. [`Operation::PreviewUser`] has the
    /// first version with it. Since 0.12 the groups include inherited ones.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let preview = client.preview_user("user-id").await?;
    /// println!("{} of {} models", preview.models.items.len(), preview.models.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the user does not exist.
    /// - [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) on an older server.
    /// - [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an ID that cannot be part of
    ///   a path. Nothing is sent.
    /// - [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not an
    ///   administrator's.
    ///
    /// [`Operation::PreviewUser`]: crate::Operation::PreviewUser
    pub async fn preview_user(&self, user_id: &str) -> Result<UserPreview> {
        let call = self.call_on_user(user_id)?;
        call.run(|api| api.preview_user(user_id)).await
    }
}

impl ListUserGroups {
    /// Adds the groups above those of the user, and reports for each how the user belongs to it.
    /// Before 0.12 groups have no parents: the list is the same, without
    /// [`membership_type`](UserGroup::membership_type).
    pub fn with_inherited(mut self) -> Self {
        self.with_inherited = true;
        self
    }

    async fn send(&self) -> Result<Vec<UserGroup>> {
        let call = self.client.call_on_user(&self.id)?;
        call.run(|api| {
            let inherited = self.with_inherited.then_some(true);
            let options = ListUserGroupsOptions::default().include_inherited(inherited);
            api.list_user_groups_with(&self.id, options)
        })
        .await
    }
}

impl IntoFuture for ListUserGroups {
    type Output = Result<Vec<UserGroup>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await })
    }
}
