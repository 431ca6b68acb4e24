//! Users by their e-mail addresses.
//!
//! The server cannot look up an address: its search matches a pattern in names and addresses. So
//! every user that it returns is compared, and all of them are read, because several may match.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    model::user_lookup::{AddressLookup, LookupOutcome, UserLookup},
    types::User,
    users::search::{CONCURRENT_SEARCHES, Search, incomplete},
    value::{email_address::EmailAddress, names::Operation},
};

/// How many pages of searches are read before reading all users costs less. A page takes a server
/// with 20,000 users 0.25 seconds, and all of its users take it 3 to 5 seconds.
const MAX_SEARCH_PAGES: u64 = 20;

/// How many pages of one search are read, if reading all users is not permitted.
const MAX_PAGES_OF_SEARCH: u64 = 1_000;

/// Users by their addresses.
type Users<'a> = HashMap<&'a EmailAddress, Vec<User>>;

impl GroupsClient {
    /// Finds the users with these e-mail addresses, and reports the outcome for each address, in
    /// the same order: the user, that no user has it, or that several have it.
    ///
    /// Addresses are compared exactly and as a whole, in lower case (that of Unicode, as the server
    /// stores them) and without white space around those that are passed. Display names, which
    /// users choose themselves, and parts of an address never match. Two accounts whose addresses
    /// differ in case only are ambiguous, and none of them is chosen. Unicode normalization is not
    /// applied.
    ///
    /// Every approved user may search. Reading all users requires an administrator.
    ///
    /// | Addresses | Requests |
    /// |---|---|
    /// | None | None |
    /// | Up to 20 | A search for each, 4 at a time after the first. One page, and one more for every 30 users that have the address as part of theirs |
    /// | More than 20, or searches of more than 20 pages in all | [All users](Self::all_users) in one request of 239 bytes a user: 4.8 MB for 20,000 users. It comes after the first pages of the searches, if there were any |
    /// | The same, if the token may not read all users | The searches, 4 at a time, after the request that was denied |
    ///
    /// A search takes the server about 0.25 seconds for 20,000 users, and reading all of them 3 to 5
    /// seconds. An address that is passed several times is looked up once. If users are added or
    /// removed concurrently, a search of several pages is read again, at most 3 times in all. All
    /// requests share one [deadline](crate::GroupsClientBuilder::deadline). Requires Open WebUI
    /// 0.6.43 or later.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let users = client.find_users_by_email(["ann@corp.example", "bo@corp.example"]).await?;
    /// for address in users.unknown() {
    ///     eprintln!("{address}: no user has this address");
    /// }
    /// for (address, ids) in users.ambiguous() {
    ///     eprintln!("{address}: {} users have this address", ids.len());
    /// }
    /// if users.is_complete() {
    ///     let change = client.add_members("group-id", users.user_ids()).await?;
    ///     println!("{} added", change.added.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidInput`] for a text that is not an e-mail address: one that is empty,
    ///   has no `@`, has white space, a control character or an invisible character in it, or has
    ///   more than 320 bytes. Nothing is sent.
    /// - [`ErrorKind::PermissionDenied`] if the token's user waits for approval; and if the token is
    ///   not an administrator's and one search has more than 1,000 pages.
    /// - [`ErrorKind::Conflict`] if the list of users was incomplete, or that of a search each of the
    ///   3 times.
    /// - [`ErrorKind::ResponseTooLarge`] if the list of all users exceeds the
    ///   [limit of a response](crate::GroupsClientBuilder::response_limit), whose default is
    ///   sufficient for about 140,000 users. Look up 20 addresses at a time then.
    /// - [`ErrorKind::Timeout`] if the deadline passes.
    pub async fn find_users_by_email(
        &self,
        addresses: impl IntoIterator<Item: Into<String>>,
    ) -> Result<UserLookup> {
        let mut given = Vec::new();
        for (position, address) in addresses.into_iter().enumerate() {
            let text = address.into();
            let what = format_args!("address {}", position + 1);
            let address = EmailAddress::parse(what, &text).map_err(|value| self.invalid(value))?;
            given.push((text, address));
        }
        let users = self.composed().users_at(distinct(&given)).await?;
        let outcome = |users: Option<&Vec<User>>| match users.map(Vec::as_slice) {
            None | Some([]) => LookupOutcome::Unknown,
            Some([user]) => LookupOutcome::Found {
                user: Box::new(user.clone()),
            },
            Some(users) => LookupOutcome::Ambiguous {
                user_ids: users.iter().map(|user| user.id.clone()).collect(),
            },
        };
        let lookup = |(text, address): &(String, EmailAddress)| AddressLookup {
            address: text.clone(),
            outcome: outcome(users.get(address)),
        };
        Ok(UserLookup {
            addresses: given.iter().map(lookup).collect(),
        })
    }

    /// The users with these addresses, by the cheaper of the ways that are permitted.
    async fn users_at<'a>(&self, addresses: Vec<&'a EmailAddress>) -> Result<Users<'a>> {
        let mut denied = None;
        if u64::try_from(addresses.len()).is_ok_and(|count| count > MAX_SEARCH_PAGES) {
            match self.among_all_users(&addresses).await? {
                Permitted::Yes(users) => return Ok(users),
                Permitted::No(error) => denied = Some(error),
            }
        }
        let searches = self.begin_searches(&addresses).await?;
        let pages = searches
            .iter()
            .fold(0_u64, |pages, search| pages.saturating_add(search.pages()));
        if pages > MAX_SEARCH_PAGES && denied.is_none() {
            match self.among_all_users(&addresses).await? {
                Permitted::Yes(users) => return Ok(users),
                Permitted::No(error) => denied = Some(error),
            }
        }
        if let Some(error) = denied
            && let Some(pages) = searches.iter().map(Search::pages).max()
            && pages > MAX_PAGES_OF_SEARCH
        {
            return Err(error.with_message(format!(
                "a search for one address has {pages} pages, and at most {MAX_PAGES_OF_SEARCH} are \
                 read; the token's user is not permitted to read all users instead"
            )));
        }
        let mut users = Users::new();
        for (address, search) in addresses.into_iter().zip(searches) {
            users.insert(address, search.finish(self).await?);
        }
        Ok(users)
    }

    /// Reads the first page of a search for each address.
    async fn begin_searches<'a>(&self, addresses: &[&'a EmailAddress]) -> Result<Vec<Search<'a>>> {
        let mut searches = Vec::new();
        let Some((first, others)) = addresses.split_first() else {
            return Ok(searches);
        };
        // Alone: what is wrong with every search is found out once.
        searches.push(Search::begin(self, first).await?);
        // Collected: a stream that maps references is not `Send`.
        let others = others.iter().map(|address| Search::begin(self, address));
        let mut others = stream::iter(others.collect::<Vec<_>>()).buffered(CONCURRENT_SEARCHES);
        while let Some(search) = others.try_next().await? {
            searches.push(search);
        }
        Ok(searches)
    }

    /// Reads all users, and returns those with these addresses.
    async fn among_all_users<'a>(
        &self,
        addresses: &[&'a EmailAddress],
    ) -> Result<Permitted<Users<'a>>> {
        let list = match self.call().run(|api| api.list_all_users()).await {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Ok(Permitted::No(error));
            }
            list => list?,
        };
        let wanted: HashSet<&EmailAddress> = addresses.iter().copied().collect();
        let mut seen = HashSet::new();
        let mut users = Users::new();
        for user in list.users {
            if seen.insert(user.id.clone())
                && let Some(address) = wanted.get(&EmailAddress::of_user(&user.email))
            {
                users.entry(*address).or_default().push(user);
            }
        }
        if u64::try_from(seen.len()) != Ok(list.total) {
            return Err(incomplete(Operation::ListAllUsers, seen.len(), list.total));
        }
        Ok(Permitted::Yes(users))
    }
}

/// What the server permitted, or its error.
enum Permitted<T> {
    Yes(T),
    No(Error),
}

/// The addresses in their order, each once.
fn distinct(given: &[(String, EmailAddress)]) -> Vec<&EmailAddress> {
    let mut seen = HashSet::new();
    let addresses = given.iter().map(|(_, address)| address);
    addresses.filter(|address| seen.insert(*address)).collect()
}
