//! Lists the members of a group, page by page.

use std::{future::IntoFuture, num::NonZeroU64};

use futures_util::{TryStreamExt, future::BoxFuture};

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result},
    groups::{member_filter::MemberFilter, member_stream::MemberStream},
    types::{Member, MembersPage, Membership},
};

/// The size of a page that is cut from the list of an old server, which has no pages of its own.
const PAGE_SIZE: usize = 30;

/// The last page that can be requested. Servers compute the position of its first member as a
/// signed 64-bit integer.
const LAST_PAGE: u64 = i64::MAX.unsigned_abs() / 30;

/// A listing of a group's members, created by [`GroupsClient::members`].
///
/// Use [`page`](Self::page) for one page, [`stream`](Self::stream) for a stream, or `.await` for
/// all members.
#[derive(Clone, Debug)]
#[must_use = "a listing is sent when it is awaited or streamed"]
pub struct ListMembers {
    client: GroupsClient,
    filter: MemberFilter,
}

impl GroupsClient {
    /// Lists the members of a group.
    ///
    /// Requires an administrator's token. Lists the direct members by default, which every server
    /// supports. (The default of the server's own endpoint is the effective members.)
    ///
    /// `.await` returns all members. Since 0.12, it sends one request for each page; all versions
    /// so far have 30 members on a page. On older servers, it reads the members as
    /// [`users`](Self::users) does, with two requests if the list does not change. Sends one more
    /// for the server's version the first time.
    ///
    /// If the list changes while it is read, it is read again, at most 3 times in all.
    /// [`ListMembers::stream`] documents the limits. All requests share one
    /// [deadline](crate::GroupsClientBuilder::deadline).
    ///
    /// Operation: `GET /api/v1/groups/id/{id}/members`, or `POST /api/v1/groups/id/{id}/users`
    /// before 0.12.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// for member in client.members("group-id").effective().search("ann").await? {
    ///     println!("{} is a member: {}", member.name, member.membership_type);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// With `.await`:
    ///
    /// - Returns [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the group does not exist.
    /// - Returns [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) for
    ///   inherited or effective members if the server is older than 0.12.
    /// - Returns [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the list changed or was
    ///   incomplete each of the 3 times.
    /// - Returns [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the ID of a member is longer
    ///   than 256 bytes (since 0.12).
    /// - Returns [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the deadline passes.
    pub fn members(&self, id: &str) -> ListMembers {
        ListMembers {
            client: self.clone(),
            filter: MemberFilter {
                id: id.to_owned(),
                membership: Membership::Direct,
                query: String::new(),
            },
        }
    }
}

impl ListMembers {
    /// Lists the members of the group itself. This is the default.
    pub fn direct(self) -> Self {
        self.membership(Membership::Direct)
    }

    /// Lists users that are members of a group below this one, but not of this group. Requires Open
    /// WebUI 0.12 or later.
    pub fn inherited(self) -> Self {
        self.membership(Membership::Inherited)
    }

    /// Lists direct and inherited members. Requires Open WebUI 0.12 or later.
    pub fn effective(self) -> Self {
        self.membership(Membership::Effective)
    }

    /// Lists members of this kind.
    pub fn membership(mut self, membership: Membership) -> Self {
        self.filter.membership = membership;
        self
    }

    /// Lists only members whose name or email address contains this text, ignoring case.
    ///
    /// Since 0.12, the server compares, and accepts wildcards: `%` matches any text, and `_`
    /// matches any single character.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.filter.query = text.into();
        self
    }

    /// Returns one page of members, and the total number of members.
    ///
    /// Pages are numbered from 1. A page after the last one is empty. The largest page number is
    /// `i64::MAX / 30`, because servers since 0.12 respond with status 500 to larger ones.
    ///
    /// Since 0.12, sends one request, and the server decides the size of a page (30 members on all
    /// versions so far). Older servers have no pages. For each page, the client reads all members
    /// as [`users`](GroupsClient::users) does, and returns 30 of them. Sends one more for the
    /// server's version the first time.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let first = client.members("group-id").page(1).await?;
    /// println!("{} of {} members", first.items.len(), first.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the group does not exist.
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for page 0, and for a
    ///   page number above `i64::MAX / 30`. No request is sent.
    /// - Returns [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) for
    ///   inherited or effective members if the server is older than 0.12.
    /// - Returns [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the list of users does not
    ///   match the group's `member_count` (before 0.12), as [`users`](GroupsClient::users) does.
    /// - Returns [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the
    ///   [deadline](crate::GroupsClientBuilder::deadline) passes.
    pub async fn page(&self, page: u64) -> Result<MembersPage> {
        self.client.checked_id(&self.filter.id)?;
        let number = NonZeroU64::new(page).ok_or_else(|| {
            Error::invalid_input("page 0 does not exist; pages are numbered from 1")
        })?;
        if page > LAST_PAGE {
            return Err(Error::invalid_input(format!(
                "page {page} is too large; the largest page number is {LAST_PAGE}"
            )));
        }
        let client = self.client.composed();
        if self.filter.has_pages(&client).await? {
            return self.filter.page(&client, number).await;
        }
        let mut all = self.filter.without_hierarchy(&client).await?;
        let skip = usize::try_from(page.saturating_sub(1))
            .unwrap_or(usize::MAX)
            .saturating_mul(PAGE_SIZE);
        all.items = all.items.into_iter().skip(skip).take(PAGE_SIZE).collect();
        Ok(all)
    }

    /// Returns the members one by one, in the server's order: by name, then by ID.
    ///
    /// No member is yielded twice. The list is read again from the beginning if it changes while it
    /// is read, or if the pages have fewer distinct members than the server counts. Members that
    /// were missed before are then yielded last.
    ///
    /// The server offers no way to detect every change. If one member is removed and another one is
    /// added between two pages, a third one may be missed.
    ///
    /// All requests share one [deadline](crate::GroupsClientBuilder::deadline). Only time spent
    /// waiting for the server counts, not the time that the consumer spends on a member.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    ///
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let mut members = client.members("group-id").stream();
    /// while let Some(member) = members.try_next().await? {
    ///     println!("{}", member.email);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Requests
    ///
    /// Since 0.12, sends one request for each page, and up to 4 at a time. While the consumer works
    /// on a page, the pages after it are requested: up to 4 beyond those that arrived, and up to 2
    /// as long as the stream does not have to wait for a page. A request that needs a new connection
    /// is sent only when the stream is polled.
    ///
    /// A request may fail because the stream was not polled for most of the time: it finds no
    /// connection, times out or is interrupted. The page is then requested again, in addition to
    /// the retries of the [`RetryPolicy`](crate::RetryPolicy).
    ///
    /// On older servers, sends the requests of [`users`](GroupsClient::users). Sends one more for
    /// the server's version the first time.
    ///
    /// # Limits
    ///
    /// - The list is read at most 3 times.
    /// - Each time, at most 1,000,000 members and 100,000 pages are read. Reading stops at a page
    ///   without a new member, whatever total the server reports.
    /// - The stream holds the IDs of all members that it has yielded, each of at most 256 bytes,
    ///   and the members of at most 5 pages. Before 0.12, it holds all members.
    ///
    /// # Errors
    ///
    /// An error is the last item of the stream.
    ///
    /// - Returns [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the group does not exist.
    /// - Returns [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) for
    ///   inherited or effective members if the server is older than 0.12.
    /// - Returns [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the list changed or was
    ///   incomplete each of the 3 times, or exceeds a limit above. The members yielded before it
    ///   may be incomplete.
    /// - Returns [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the ID of a member is longer
    ///   than 256 bytes (since 0.12). The members of earlier pages are yielded before it.
    /// - Returns [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the deadline passes.
    pub fn stream(self) -> MemberStream {
        MemberStream::new(&self.client, self.filter)
    }
}

impl IntoFuture for ListMembers {
    type Output = Result<Vec<Member>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.stream().try_collect())
    }
}
