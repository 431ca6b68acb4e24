//! Composed calls as a careful engineer writes them on the requests of a plain client: members are
//! read, added or removed in parts, and read again.

use std::{
    collections::HashSet,
    error::Error,
    future::{Future, ready},
};

use futures_util::{Stream, StreamExt, TryStreamExt, future::try_join_all, stream};

use crate::run::Contender;

/// How many IDs go in one request.
const IDS_PER_REQUEST: usize = 500;

/// How many requests that change members are sent at a time.
const CONCURRENT_CHANGES: usize = 2;

/// How many pages are requested at a time.
const CONCURRENT_PAGES: usize = 4;

/// The requests of a client without composed calls. Those here make it a [`Contender`].
pub trait Requests: Sized {
    /// What a request returns if it fails.
    type Error: Error + From<Inconsistent> + 'static;

    /// A member on a page.
    type Member;

    /// Creates a client for the server.
    fn new(url: &str, token: &str) -> Result<Self, Self::Error>;

    /// Reads the group.
    fn get(&self) -> impl Future<Output = Result<(), Self::Error>>;

    /// Lists all groups and returns their number.
    fn list(&self) -> impl Future<Output = Result<usize, Self::Error>>;

    /// Reads the users of the group and returns their number.
    fn users(&self) -> impl Future<Output = Result<usize, Self::Error>>;

    /// Reads the IDs of the members, and how many the server counts.
    fn export(&self) -> impl Future<Output = Result<(Vec<String>, Option<i64>), Self::Error>>;

    /// Adds members.
    fn add(&self, ids: &[String]) -> impl Future<Output = Result<(), Self::Error>>;

    /// Removes members.
    fn remove(&self, ids: &[String]) -> impl Future<Output = Result<(), Self::Error>>;

    /// Reads a page of members, and how many there are in all.
    fn page(
        &self,
        number: usize,
    ) -> impl Future<Output = Result<(Vec<Self::Member>, usize), Self::Error>>;

    /// The ID of a member.
    fn id(member: &Self::Member) -> &str;
}

impl<R: Requests> Contender for R {
    type Error = R::Error;
    type Member = R::Member;

    fn new(url: &str, token: &str) -> Result<Self, R::Error> {
        Requests::new(url, token)
    }

    async fn get(&self) -> Result<(), R::Error> {
        Requests::get(self).await
    }

    async fn list(&self) -> Result<usize, R::Error> {
        Requests::list(self).await
    }

    async fn users(&self) -> Result<usize, R::Error> {
        Requests::users(self).await
    }

    async fn add_members(&self, ids: &[String]) -> Result<usize, R::Error> {
        Ok(add_members(self, ids).await?.added.len())
    }

    async fn set_members(&self, ids: &[String]) -> Result<(usize, usize), R::Error> {
        let change = set_members(self, ids).await?;
        Ok((change.added.len(), change.removed.len()))
    }

    fn members(&self) -> impl Stream<Item = Result<R::Member, R::Error>> {
        members(self)
    }
}

/// The server's responses contradict each other.
#[derive(Debug)]
pub struct Inconsistent(pub &'static str);

/// The result of a change of members.
#[derive(Debug, Default)]
pub struct Change {
    /// IDs that became members.
    pub added: Vec<String>,
    /// IDs that were members before.
    pub already_members: Vec<String>,
    /// IDs that did not become members.
    pub not_added: Vec<String>,
    /// IDs that are no longer members.
    pub removed: Vec<String>,
}

/// Adds members and reads them again.
///
/// # Errors
///
/// Returns the error of a request, and [`Inconsistent`] if the server's count is not the number of
/// IDs.
pub async fn add_members<R: Requests>(requests: &R, users: &[String]) -> Result<Change, R::Error> {
    let before = read(requests).await?;
    let users = distinct(users);
    let (already_members, missing): (Vec<_>, Vec<_>) =
        users.into_iter().partition(|id| before.contains(id));
    if missing.is_empty() {
        return Ok(Change {
            already_members,
            ..Change::default()
        });
    }
    let parts: Vec<_> = missing.chunks(IDS_PER_REQUEST).collect();
    for parts in parts.chunks(CONCURRENT_CHANGES) {
        try_join_all(parts.iter().map(|part| requests.add(part))).await?;
    }
    let after = read(requests).await?;
    let (added, not_added) = missing.into_iter().partition(|id| after.contains(id));
    Ok(Change {
        added,
        already_members,
        not_added,
        removed: Vec::new(),
    })
}

/// Adds members, reads them again, removes those that are not in the list and reads them again.
///
/// # Errors
///
/// As [`add_members`], and [`Inconsistent`] if an ID could not be added or removed.
pub async fn set_members<R: Requests>(requests: &R, users: &[String]) -> Result<Change, R::Error> {
    let before = read(requests).await?;
    let wanted: HashSet<&String> = users.iter().collect();
    let (already_members, missing): (Vec<_>, Vec<_>) = distinct(users)
        .into_iter()
        .partition(|id| before.contains(id));
    let surplus: Vec<String> = before
        .iter()
        .filter(|&id| !wanted.contains(id))
        .cloned()
        .collect();
    let mut change = Change {
        already_members,
        ..Change::default()
    };
    if !missing.is_empty() {
        let parts: Vec<_> = missing.chunks(IDS_PER_REQUEST).collect();
        for parts in parts.chunks(CONCURRENT_CHANGES) {
            try_join_all(parts.iter().map(|part| requests.add(part))).await?;
        }
        let after = read(requests).await?;
        if !missing.iter().all(|id| after.contains(id)) {
            return Err(Inconsistent("an ID was not added").into());
        }
        change.added = missing;
    }
    if !surplus.is_empty() {
        let parts: Vec<_> = surplus.chunks(IDS_PER_REQUEST).collect();
        for parts in parts.chunks(CONCURRENT_CHANGES) {
            try_join_all(parts.iter().map(|part| requests.remove(part))).await?;
        }
        let after = read(requests).await?;
        let is_set = after.len() == wanted.len() && after.iter().all(|id| wanted.contains(id));
        if !is_set {
            return Err(Inconsistent("the members are not those of the list").into());
        }
        change.removed = surplus;
    }
    Ok(change)
}

/// Streams members page by page, each once, with up to 4 requests at a time.
pub fn members<R: Requests>(requests: &R) -> impl Stream<Item = Result<R::Member, R::Error>> {
    let mut seen = HashSet::new();
    stream::once(requests.page(1))
        .map_ok(|(first, total)| {
            let pages = total.div_ceil(first.len().max(1));
            let rest = stream::iter(2..=pages)
                .map(|number| requests.page(number))
                .buffered(CONCURRENT_PAGES)
                .map_ok(|(page, _)| page);
            stream::once(ready(Ok(first))).chain(rest)
        })
        .try_flatten()
        .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
        .try_flatten()
        .try_filter(move |member| ready(seen.insert(R::id(member).to_owned())))
}

/// The users in their order, each once: servers may list a user twice while members change.
pub fn distinct_users<U>(mut users: Vec<U>, id: impl Fn(&U) -> &str) -> Vec<U> {
    let mut seen = HashSet::new();
    users.retain(|user| seen.insert(id(user).to_owned()));
    users
}

async fn read<R: Requests>(requests: &R) -> Result<HashSet<String>, R::Error> {
    let (ids, count) = requests.export().await?;
    let ids: HashSet<String> = ids.into_iter().collect();
    if count.is_some_and(|count| usize::try_from(count) != Ok(ids.len())) {
        return Err(Inconsistent("the server counts other members than it lists").into());
    }
    Ok(ids)
}

/// The IDs in their order, each once.
fn distinct(users: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let distinct = users.iter().filter(|id| seen.insert(id.as_str()));
    distinct.cloned().collect()
}
