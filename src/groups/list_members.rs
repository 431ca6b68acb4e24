//! Who belongs to a group, page by page.

use std::{collections::HashMap, future::IntoFuture, num::NonZeroU64};

use futures_util::{
    Stream, StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, FuturesOrdered},
};

use crate::{
    client::{group_id, groups_client::GroupsClient},
    error::{Error, Result, kind::ErrorKind},
    types::{Member, MemberCounts, MembersPage, Membership, MembershipType, User},
    value::{names::Operation, server_version::ServerVersion},
};

/// How many members the server puts on a page; it cannot be changed.
pub(crate) const PAGE_SIZE: usize = 30;

/// How many pages a stream asks for before they are needed.
const CONCURRENT_PAGES: usize = 4;

/// How often a stream starts over when the list moves under it.
const MAX_PASSES: u32 = 3;

/// A listing of a group's members, made by [`GroupsClient::members`].
///
/// Take it as one page ([`page`](Self::page)), as a stream
/// ([`stream`](Self::stream)), or whole with `.await`.
#[derive(Clone, Debug)]
#[must_use = "a listing is sent when it is awaited or streamed"]
pub struct ListMembers<'a> {
    client: &'a GroupsClient,
    id: String,
    membership: Membership,
    query: String,
}

impl GroupsClient {
    /// The members of a group: the direct ones unless asked for others, which
    /// is what every server has. (The server's own default is the effective
    /// ones.) For administrators.
    ///
    /// One request for every 30 members on servers since 0.12
    /// (`GET /api/v1/groups/id/{id}/members`). On older ones, where all members
    /// are direct ones, one or two in all, through [`users`](Self::users). The
    /// server's version is asked first, once.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// for member in client.members("group-id").effective().search("ann").await? {
    ///     println!("{} is a member: {}", member.name, member.membership_type);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn members(&self, id: &str) -> ListMembers<'_> {
        ListMembers {
            client: self,
            id: id.to_owned(),
            membership: Membership::Direct,
            query: String::new(),
        }
    }
}

impl<'a> ListMembers<'a> {
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
        self.membership = membership;
        self
    }

    /// Only members whose name or e-mail address contains the text, whatever
    /// its case. Since 0.12 the server matches, and takes `%` for any text and
    /// `_` for any character.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.query = text.into();
        self
    }

    /// One page of up to 30 members, and how many there are in all; pages
    /// count from 1, and one behind the last is empty. One request, and the
    /// server's version once; before 0.12 all members are read for each page.
    ///
    /// # Errors
    ///
    /// *Not found*; *unsupported version* for inherited members before 0.12;
    /// *invalid input* for page 0.
    pub async fn page(&self, page: u64) -> Result<MembersPage> {
        let operation = Operation::ListGroupMembers;
        let id = group_id::check(operation, &self.id)?;
        let number = NonZeroU64::new(page)
            .ok_or_else(|| Error::invalid_input("pages count from 1").with_operation(operation))?;
        let version = self.client.server_version().await?;
        if version.supports(operation) {
            let call = self.client.call_on(operation, id)?;
            let query = (!self.query.is_empty()).then_some(self.query.as_str());
            let request = || {
                call.client()
                    .list_group_members(id, Some(self.membership), Some(number), query)
            };
            return self
                .client
                .classify_unsupported(call.run(request).await)
                .await;
        }
        let mut all = self.without_hierarchy(version).await?;
        let skip = usize::try_from(page.saturating_sub(1))
            .unwrap_or(usize::MAX)
            .saturating_mul(PAGE_SIZE);
        all.items = all.items.into_iter().skip(skip).take(PAGE_SIZE).collect();
        Ok(all)
    }

    /// The members one by one, in the server's order: by name, then by id.
    ///
    /// Up to four pages are on their way at a time. Nobody comes twice. When
    /// the list moves in the meantime, the stream reads it again from the
    /// beginning for whom it may have missed, who come last then; when it is
    /// still moving at the third time, the stream ends with *conflict*. A member
    /// who comes while another one goes can go unnoticed.
    ///
    /// An error ends the stream; see [`page`](Self::page).
    pub fn stream(self) -> impl Stream<Item = Result<Member>> + Send + 'a {
        let pages = Pages {
            listing: self,
            started: false,
            queue: FuturesOrdered::new(),
            next: 1,
            last: 1,
            total: None,
            changed: false,
            pass: 1,
            seen: HashMap::new(),
        };
        stream::try_unfold(pages, |mut pages| async move {
            let batch = pages.next().await?;
            Ok::<_, Error>(batch.map(|batch| (batch, pages)))
        })
        .map_ok(|batch| stream::iter(batch.into_iter().map(Ok)))
        .try_flatten()
    }

    /// All members at once, from a server without hierarchy.
    async fn without_hierarchy(&self, version: ServerVersion) -> Result<MembersPage> {
        if self.membership == Membership::Inherited || self.membership == Membership::Effective {
            return Err(Error::new(ErrorKind::UnsupportedVersion)
                .with_message("the server is too old for inherited members")
                .with_operation(Operation::ListGroupMembers)
                .with_versions(version, Operation::ListGroupMembers.since()));
        }
        let users = self.client.users(&self.id).await?;
        let count = i64::try_from(users.len()).unwrap_or(i64::MAX);
        let query = self.query.to_lowercase();
        let contains = |text: &str| text.to_lowercase().contains(&query);
        let mut items: Vec<Member> = users
            .into_iter()
            .filter(|user| contains(&user.name) || contains(&user.email))
            .map(Member::direct)
            .collect();
        items.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        Ok(MembersPage {
            total: i64::try_from(items.len()).unwrap_or(i64::MAX),
            items,
            counts: MemberCounts {
                direct: count,
                inherited: 0,
                effective: count,
            },
        })
    }
}

impl<'a> IntoFuture for ListMembers<'a> {
    type Output = Result<Vec<Member>>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.stream().try_collect())
    }
}

/// The pages of a stream: those on their way, and what was seen so far.
struct Pages<'a> {
    listing: ListMembers<'a>,
    started: bool,
    queue: FuturesOrdered<BoxFuture<'a, Result<MembersPage>>>,
    next: u64,
    last: u64,
    total: Option<i64>,
    changed: bool,
    pass: u32,
    /// In which pass each member was seen last.
    seen: HashMap<String, u32>,
}

impl Pages<'_> {
    /// The next members that were not seen before; none at the end.
    async fn next(&mut self) -> Result<Option<Vec<Member>>> {
        if !self.started {
            self.started = true;
            group_id::check(Operation::ListGroupMembers, &self.listing.id)?;
            let version = self.listing.client.server_version().await?;
            if !version.supports(Operation::ListGroupMembers) {
                self.next = self.last + 1;
                let all = self.listing.without_hierarchy(version).await?;
                return Ok(Some(all.items));
            }
        }
        loop {
            while self.queue.len() < CONCURRENT_PAGES && self.next <= self.last {
                let listing = self.listing.clone();
                let page = self.next;
                self.queue
                    .push_back(Box::pin(async move { listing.page(page).await }));
                self.next += 1;
            }
            let Some(page) = self.queue.next().await else {
                if !self.changed {
                    return Ok(None);
                }
                if self.pass == MAX_PASSES {
                    return Err(Error::new(ErrorKind::Conflict)
                        .with_message("the members kept changing while they were read")
                        .with_operation(Operation::ListGroupMembers)
                        .with_group(Some(&self.listing.id)));
                }
                self.pass += 1;
                (self.next, self.last, self.total, self.changed) = (1, 1, None, false);
                continue;
            };
            let page = page?;
            self.changed |= self.total.is_some_and(|total| total != page.total);
            self.total = Some(page.total);
            self.last = u64::try_from(page.total)
                .unwrap_or_default()
                .div_ceil(PAGE_SIZE as u64);
            if page.items.is_empty() {
                // Whatever the total says, there is nothing behind an empty page.
                self.changed |= page.total > 0 && self.next <= self.last;
                self.next = self.next.max(self.last + 1);
            }
            let mut fresh = Vec::new();
            for member in page.items {
                match self.seen.insert(member.id.clone(), self.pass) {
                    None => fresh.push(member),
                    // Twice in one pass: somebody came in front of them.
                    Some(pass) => self.changed |= pass == self.pass,
                }
            }
            if !fresh.is_empty() {
                return Ok(Some(fresh));
            }
        }
    }
}

impl Member {
    /// A user that an older server lists as a member.
    fn direct(user: User) -> Self {
        Self {
            membership_type: MembershipType::Direct,
            via_group_ids: Vec::new(),
            id: user.id,
            name: user.name,
            email: user.email,
            role: user.role,
            bio: user.bio,
            groups: user.groups,
            is_active: user.is_active,
            last_active_at: user.last_active_at,
            status_emoji: user.status_emoji,
            status_expires_at: user.status_expires_at,
            status_message: user.status_message,
            timezone: user.timezone,
        }
    }
}
