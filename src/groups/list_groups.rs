//! The list of groups.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient, error::Result, generated::ListGroupsOptions,
    model::group_tree::GroupTree, types::Group,
};

/// A listing of groups, made by [`GroupsClient::list`]; `.await` sends it.
#[derive(Clone, Debug)]
#[must_use = "a listing is sent when it is awaited"]
pub struct ListGroups {
    client: GroupsClient,
    share: Option<bool>,
}

impl GroupsClient {
    /// The groups that the token's user can see, those changed last first: all
    /// of them for an administrator, their own for anybody else.
    ///
    /// One request. Since 0.6.43: `GET /api/v1/groups/`.
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

    /// The hierarchy of all groups that the token's user can see. On servers
    /// before 0.12 all of them are at the top. One request, for the list.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    pub async fn tree(&self) -> Result<GroupTree> {
        Ok(GroupTree::new(self.list().await?))
    }
}

impl ListGroups {
    /// Only groups that the user may share with, or only groups that nobody
    /// may share with. It counts for administrators on 0.6.43 only; servers
    /// since 0.9.6 on SQLite answer an empty list to `false`.
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
