//! Lists of users.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result},
    generated::SearchUsersOptions,
    model::user_order::UserOrder,
    types::{User, UserList},
};

/// The last page that can be requested. Servers compute the number of its first user as a signed
/// integer of 64 bits.
const LAST_PAGE: i64 = i64::MAX / 30;

/// A search for users, made by [`GroupsClient::search_users`]; `.await` sends it.
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
    /// All users of the server, those created last first. For administrators.
    ///
    /// Sends one request: `GET /api/v1/users/all`. Requires Open WebUI 0.6.43 or later.
    ///
    /// The server has no pages for this. A user takes 239 bytes on average, and 20,000 users are
    /// 4.8 MB and took a busy server 3 to 5 seconds. The default
    /// [limit of a response](crate::GroupsClientBuilder::response_limit) is sufficient for about
    /// 140,000 users.
    ///
    /// The server leaves [`User::groups`] empty and [`User::is_active`] false here. Display names
    /// may be changed by the users themselves: use
    /// [`find_users_by_email`](Self::find_users_by_email) to decide who a person is.
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
    /// - [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not an
    ///   administrator's.
    /// - [`ErrorKind::ResponseTooLarge`](crate::ErrorKind::ResponseTooLarge) if the list exceeds the
    ///   limit of a response.
    pub async fn all_users(&self) -> Result<Vec<User>> {
        let list = self.call().run(|api| api.list_all_users()).await?;
        Ok(list.users)
    }

    /// Searches for users whose display name or e-mail address contains the text. For every
    /// approved user.
    ///
    /// The server matches the text as a pattern: `%` is any text and `_` any character, and nothing
    /// escapes them. It ignores the case of ASCII letters; on SQLite, that of other letters since
    /// 0.11.4 only. An empty text matches all users. To find the user with an address, use
    /// [`find_users_by_email`](Self::find_users_by_email), which compares it exactly.
    ///
    /// Sends one request for a page, which has 30 users on all versions so far:
    /// `GET /api/v1/users/search`. Requires Open WebUI 0.6.43 or later. The search takes the server
    /// as long as its list of users: 0.25 seconds for 20,000 users. Without an
    /// [order](SearchUsers::order_by), the database chooses one, and pages may overlap.
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
    /// - [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for page 0, and for a page number
    ///   above `i64::MAX / 30`. Nothing is sent.
    /// - [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token's user
    ///   waits for approval.
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
    /// Sorts the users by this, in ascending order.
    pub fn order_by(mut self, order: UserOrder) -> Self {
        self.order = Some(order);
        self
    }

    /// Reverses the [order](Self::order_by).
    pub fn descending(mut self) -> Self {
        self.is_descending = true;
        self
    }

    /// Returns this page; the first one unless set. A page after the last one is empty.
    pub fn page(mut self, page: u64) -> Self {
        self.page = page;
        self
    }

    async fn send(&self) -> Result<UserList> {
        let page = i64::try_from(self.page).ok();
        let page = page.filter(|page| (1..=LAST_PAGE).contains(page));
        let page = page.ok_or_else(|| {
            Error::invalid_input(format!(
                "page {} cannot be requested; pages count from 1, and the largest page number is \
                 {LAST_PAGE}",
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
