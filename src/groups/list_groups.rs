//! Lists groups.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient, error::Result, generated::ListGroupsOptions,
    model::group_tree::GroupTree, types::Group,
};

/// A request for the list of groups, created by [`GroupsClient::list`]. Use `.await` to send it.
#[derive(Clone, Debug)]
#[must_use = "a listing is sent when it is awaited"]
pub struct ListGroups {
    client: GroupsClient,
    share: Option<bool>,
}

impl GroupsClient {
    /// Lists the groups that the token's user can see, the most recently changed first.
    ///
    /// An administrator can see all groups. Other users can see the groups that they belong to.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/groups/`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// for group in client.list().await? {
    ///     println!("{} {} ({:?} members)", group.id, group.name, group.member_count);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListGroups {
        ListGroups {
            client: self.clone(),
            share: None,
        }
    }

    /// Lists the groups that the token's user can see, as a hierarchy.
    ///
    /// On servers before 0.12, no group has a parent, so all groups are roots.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/groups/`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// for (depth, group) in client.tree().await?.walk() {
    ///     println!("{:indent$}{}", "", group.name, indent = 2 * depth);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`list`](Self::list).
    pub async fn tree(&self) -> Result<GroupTree> {
        Ok(GroupTree::new(self.list().await?))
    }
}

impl ListGroups {
    /// Lists only groups that the user may share with (`true`), or only groups that no user may
    /// share with (`false`).
    ///
    /// For an administrator, only Open WebUI 0.6.43 applies this filter; later versions list all
    /// groups. For other users, servers since 0.9.6 that use SQLite return an empty list for
    /// `false`.
    pub fn share(mut self, share: bool) -> Self {
        self.share = Some(share);
        self
    }
}

impl IntoFuture for ListGroups {
    type Output = Result<Vec<Group>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let call = self.client.call();
            call.run(|api| {
                let options = ListGroupsOptions::default().share(self.share);
                api.list_groups_with(options)
            })
            .await
        })
    }
}
