//! Reads the groups of a user and what the user can access.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    generated::ListUserGroupsOptions,
    types::{SessionUser, UserGroup, UserPreview},
};

/// A listing of a user's groups, created by [`GroupsClient::user_groups`]. Use `.await` to send it.
#[derive(Clone, Debug)]
#[must_use = "a listing is sent when it is awaited"]
pub struct ListUserGroups {
    client: GroupsClient,
    id: String,
    with_inherited: bool,
}

impl GroupsClient {
    /// Returns the token's user.
    ///
    /// Users who wait for approval can call it too. The token, which is in the server's response, is
    /// not retained.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/auths/`.
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
    /// - Returns [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated) if the server does
    ///   not accept the token.
    /// - Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) for an API key
    ///   on 0.12.4, which requires a session token for this operation.
    pub async fn session_user(&self) -> Result<SessionUser> {
        self.call().run(|api| api.get_session_user()).await
    }

    /// Lists the groups that a user is a direct member of, the most recently changed first.
    ///
    /// Requires an administrator's token. The list is also empty if the user does not exist, because
    /// the server does not distinguish this from a user without groups.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/users/{user_id}/groups`.
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
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the ID cannot be part
    ///   of a path. No request is sent.
    /// - Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is
    ///   not an administrator's.
    pub fn user_groups(&self, user_id: impl Into<String>) -> ListUserGroups {
        ListUserGroups {
            client: self.clone(),
            id: user_id.into(),
            with_inherited: false,
        }
    }

    /// Returns the models, knowledge bases and tools that a user can access.
    ///
    /// Requires an administrator's token. The access may come from groups or from elsewhere. Since
    /// 0.12, the groups in the response include inherited ones.
    ///
    /// Sends one request. Requires the Open WebUI version of [`Operation::PreviewUser`].
    ///
    /// Operation: `GET /api/v1/users/{user_id}/preview`.
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
    /// - Returns [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the user does not exist.
    /// - Returns [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) if the
    ///   server is older.
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the ID cannot be part
    ///   of a path. No request is sent.
    /// - Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is
    ///   not an administrator's.
    ///
    /// [`Operation::PreviewUser`]: crate::Operation::PreviewUser
    pub async fn preview_user(&self, user_id: &str) -> Result<UserPreview> {
        let call = self.call_on_user(user_id)?;
        call.run(|api| api.preview_user(user_id)).await
    }
}

impl ListUserGroups {
    /// Adds the groups that the user is an inherited member of.
    ///
    /// [`UserGroup::membership_type`] then distinguishes direct from inherited memberships. Before
    /// 0.12, groups have no parents, so the list is the same and has no membership types.
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
