//! Lists and searches users.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result},
    generated::SearchUsersOptions,
    model::user_order::UserOrder,
    types::{User, UserList},
};

/// The last page that can be requested. Servers compute the position of its first user as a signed
/// 64-bit integer.
const LAST_PAGE: i64 = i64::MAX / 30;

/// A search for users, created by [`GroupsClient::search_users`]. Use `.await` to send it.
#[derive(Clone, Debug)]
#[must_use = "a search is sent when it is awaited"]
pub struct SearchUsers {
    client: GroupsClient,
    text: String,
    order: Option<UserOrder>,
    is_descending: bool,
    page: u64,
}

impl GroupsClient {
    /// Lists all users of the server, the most recently created first.
    ///
    /// Requires an administrator's token. In the response, [`User::groups`] is always empty and
    /// [`User::is_active`] is always false. Users can change their own display names. To find a
    /// particular person, use [`find_users_by_email`](Self::find_users_by_email).
    ///
    /// Sends one request. The response has no pages, and about 239 bytes per user. For 20,000 users,
    /// it has 4.8 MB, and a busy server needs 3 to 5 seconds. The default
    /// [limit of a response](crate::GroupsClientBuilder::response_limit) is sufficient for about
    /// 140,000 users.
    ///
    /// Operation: `GET /api/v1/users/all`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// for user in client.all_users().await? {
    ///     println!("{} <{}>: {}", user.name, user.email, user.role);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is
    ///   not an administrator's.
    /// - Returns [`ErrorKind::ResponseTooLarge`](crate::ErrorKind::ResponseTooLarge) if the list
    ///   exceeds the limit of a response.
    pub async fn all_users(&self) -> Result<Vec<User>> {
        let list = self.call().run(|api| api.list_all_users()).await?;
        Ok(list.users)
    }

    /// Searches for users whose display name or email address contains a text.
    ///
    /// Requires the token of an approved user. The server accepts wildcards, which cannot be
    /// escaped: `%` matches any text, and `_` matches any single character. It ignores the case of
    /// ASCII letters. On SQLite, it ignores the case of other letters since 0.11.4. An empty text
    /// matches all users. To find the user with a particular address, use
    /// [`find_users_by_email`](Self::find_users_by_email).
    ///
    /// Returns one page, which has 30 users on all versions so far. Without an
    /// [order](SearchUsers::order_by), the order depends on the database, and pages may overlap.
    ///
    /// Sends one request. A server with 20,000 users needs about 0.25 seconds for it.
    ///
    /// Operation: `GET /api/v1/users/search`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use owui_groups::UserOrder;
    ///
    /// let found = client.search_users("ann").order_by(UserOrder::Name).page(2).await?;
    /// println!("{} of {} users", found.users.len(), found.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// With `.await`:
    ///
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for page 0, and for a
    ///   page number above `i64::MAX / 30`. No request is sent.
    /// - Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token's
    ///   user waits for approval.
    pub fn search_users(&self, text: impl Into<String>) -> SearchUsers {
        SearchUsers {
            client: self.clone(),
            text: text.into(),
            order: None,
            is_descending: false,
            page: 1,
        }
    }
}

impl SearchUsers {
    /// Sorts the users by this property, in ascending order.
    pub fn order_by(mut self, order: UserOrder) -> Self {
        self.order = Some(order);
        self
    }

    /// Reverses the [order](Self::order_by).
    pub fn descending(mut self) -> Self {
        self.is_descending = true;
        self
    }

    /// Sets the page to return. Pages are numbered from 1, and the default is the first page. A page
    /// after the last one is empty.
    pub fn page(mut self, page: u64) -> Self {
        self.page = page;
        self
    }

    async fn send(&self) -> Result<UserList> {
        let page = i64::try_from(self.page).ok();
        let page = page.filter(|page| (1..=LAST_PAGE).contains(page));
        let page = page.ok_or_else(|| {
            Error::invalid_input(format!(
                "invalid page number {}; pages are numbered from 1 to {LAST_PAGE}",
                self.page
            ))
        })?;
        let direction = match self.is_descending {
            true => "desc",
            false => "asc",
        };
        let call = self.client.call();
        call.run(|api| {
            let options = SearchUsersOptions::default()
                .query((!self.text.is_empty()).then_some(self.text.as_str()))
                .order_by(self.order.map(UserOrder::as_str))
                .direction(self.order.map(|_| direction))
                .page(page);
            api.search_users_with(options)
        })
        .await
    }
}

impl IntoFuture for SearchUsers {
    type Output = Result<UserList>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await })
    }
}
