//! Who belongs to a group, page by page.

use std::{future::IntoFuture, num::NonZeroU64};

use futures_util::{TryStreamExt, future::BoxFuture};

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result},
    groups::{member_filter::MemberFilter, member_stream::MemberStream},
    types::{Member, MembersPage, Membership},
};

/// The size of a page that is cut from the list of an old server, which has no
/// pages of its own.
const PAGE_SIZE: usize = 30;

/// The last page that can be requested. Servers compute the number of its first
/// member as a signed integer of 64 bits.
const LAST_PAGE: u64 = i64::MAX.unsigned_abs() / 30;

/// A listing of a group's members, made by [`GroupsClient::members`].
///
/// Take it as one page ([`page`](Self::page)), as a stream
/// ([`stream`](Self::stream)), or whole with `.await`.
#[derive(Clone, Debug)]
#[must_use = "a listing is sent when it is awaited or streamed"]
pub struct ListMembers {
    client: GroupsClient,
    filter: MemberFilter,
}

impl GroupsClient {
    /// Lists the members of a group, the direct ones by default. For administrators.
    ///
    /// Every server has direct members. (The default of
    /// `GET /api/v1/groups/id/{id}/members` itself is the effective ones.)
    ///
    /// With `.await`, returns all members. Since 0.12, sends one request for each
    /// page; a page has 30 members on all versions so far. On older servers,
    /// sends the requests of [`users`](Self::users), two if the list does not
    /// change. The server's version is requested before, once. If the list
    /// changes while it is read, it is read again, at most 3 times in all;
    /// [`ListMembers::stream`] documents the limits. All requests share one
    /// [deadline](crate::GroupsClientBuilder::deadline).
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
    /// - [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the group does not exist.
    /// - [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) for inherited or effective members
    ///   before 0.12.
    /// - [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the list changed or was incomplete each of
    ///   the 3 times.
    /// - Since 0.12, [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the ID of a member is longer than
    ///   256 bytes.
    /// - [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the deadline passes.
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
    /// Members of the group itself; this is so unless another is asked for.
    pub fn direct(self) -> Self {
        self.membership(Membership::Direct)
    }

    /// Members of the groups below it that are not members of the group itself.
    /// Needs a server since 0.12.
    pub fn inherited(self) -> Self {
        self.membership(Membership::Inherited)
    }

    /// Direct and inherited members. Needs a server since 0.12.
    pub fn effective(self) -> Self {
        self.membership(Membership::Effective)
    }

    /// Members of this kind.
    pub fn membership(mut self, membership: Membership) -> Self {
        self.filter.membership = membership;
        self
    }

    /// Only members whose name or e-mail address contains the text, whatever
    /// its case. Since 0.12 the server matches, and takes `%` for any text and
    /// `_` for any character.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.filter.query = text.into();
        self
    }

    /// One page of members, and how many there are in all.
    ///
    /// Pages count from 1. A page after the last one with members is empty.
    /// `i64::MAX / 30` is the largest page number: servers since 0.12 respond
    /// with status 500 to larger ones.
    ///
    /// Since 0.12, sends one request, and the server decides how many members a
    /// page has (30 on all versions so far). On older servers, which have no
    /// pages, a page has 30 members, and all members are read for each page, as
    /// [`users`](GroupsClient::users) reads them. The server's version is
    /// requested before, once.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the group does not exist.
    /// - [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for page 0, and for a page number above
    ///   `i64::MAX / 30`. Nothing is sent.
    /// - [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) for inherited or effective members
    ///   before 0.12.
    /// - Before 0.12, [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the list of users does not match
    ///   the group's `member_count`, as in [`users`](GroupsClient::users).
    /// - [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the
    ///   [deadline](crate::GroupsClientBuilder::deadline) passes.
    pub async fn page(&self, page: u64) -> Result<MembersPage> {
        self.client.checked_id(&self.filter.id)?;
        let number =
            NonZeroU64::new(page).ok_or_else(|| Error::invalid_input("pages count from 1"))?;
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

    /// The members one by one, in the server's order: by name, then by ID.
    ///
    /// No member comes twice. The first page gives the number of members and
    /// the size of a page. If the list changes while it is read, or if the pages
    /// have fewer distinct members than the server counts, the list is read again
    /// from the beginning, and members that were missed before are yielded last.
    /// The server offers no way to detect every change: if one member is removed
    /// and another one is added between two pages, a third one may be missed.
    ///
    /// Since 0.12, sends one request for each page, and up to 4 at a time: no
    /// more than 4 pages beyond those that arrived. While the consumer works on a
    /// page, those after it are requested, except for requests that need a new
    /// connection: they are sent when the stream is polled next. The list is read
    /// at most 3 times. Each time, at most 1,000,000 members and 100,000 pages are read,
    /// and reading stops at a page without a further member, whatever number of
    /// members the server reports. A page is requested again, beside the retries of
    /// the [`RetryPolicy`](crate::RetryPolicy), if it failed while the stream was
    /// not polled: most of the time since its request, no connection was made, it
    /// timed out, or the response was interrupted. On older
    /// servers, sends the requests of [`users`](GroupsClient::users). The
    /// server's version is requested before, once.
    ///
    /// All requests share one [deadline](crate::GroupsClientBuilder::deadline).
    /// Only time spent waiting for the server counts, not the time that the
    /// consumer spends on a member. The stream holds the IDs of all members that
    /// it has yielded, each of at most 256 bytes, and the members of at most 5
    /// pages; before 0.12, all members.
    ///
    /// # Errors
    ///
    /// An error is the last item of the stream.
    ///
    /// - [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the group does not exist.
    /// - [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) for inherited or effective members
    ///   before 0.12.
    /// - [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the list changed or was incomplete each of
    ///   the 3 times, or exceeds one of the limits above. The members before it
    ///   may not be all.
    /// - Since 0.12, [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the ID of a member is longer than
    ///   256 bytes. The members of the earlier pages come before it.
    /// - [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the deadline passes.
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
