//! Finds users by their email addresses.
//!
//! The server cannot look up an address. Its search matches a pattern in names and addresses.
//! Several users may match, so all of the results are read and compared.

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

/// The maximum number of pages of searches. For more pages, reading all users is cheaper: a server
/// with 20,000 users needs 0.25 seconds for a page, and 3 to 5 seconds for all users.
const MAX_SEARCH_PAGES: u64 = 20;

/// The maximum number of pages of one search, if reading all users is not permitted.
const MAX_PAGES_OF_SEARCH: u64 = 1_000;

/// The users with each address.
type Users<'a> = HashMap<&'a EmailAddress, Vec<User>>;

impl GroupsClient {
    /// Finds users by their email addresses.
    ///
    /// Reports the outcome for each address, in the same order: the user with this address, that no
    /// user has it, or that several users have it. An address that is passed several times is looked
    /// up once.
    ///
    /// Requires the token of an approved user. With an administrator's token, many addresses need
    /// fewer requests.
    ///
    /// # Comparison
    ///
    /// White space around a passed address is removed, and both addresses are converted to lower
    /// case, as the server does. They must then be equal. Unicode normalization is not applied.
    /// Parts of an address do not match, and neither do display names, which users can choose
    /// freely. If the addresses of two accounts differ only in case, the outcome is ambiguous.
    ///
    /// # Requests
    ///
    /// | Addresses | Requests |
    /// |---|---|
    /// | None | None |
    /// | Up to 20 | One search for each address, 4 at a time after the first. Each sends one request, and one more for every 30 users whose address contains this one |
    /// | More than 20, or searches with more than 20 pages in all | One request for [all users](Self::all_users), after the first pages of the searches, if any. The response has about 239 bytes per user: 4.8 MB for 20,000 users |
    /// | The same, without an administrator's token | The searches, 4 at a time, in addition to the request that was denied |
    ///
    /// A server with 20,000 users needs about 0.25 seconds for a search, and 3 to 5 seconds for all
    /// users. If users are added or removed concurrently, a search with several pages is read again,
    /// at most 3 times in all. All requests share one
    /// [deadline](crate::GroupsClientBuilder::deadline).
    ///
    /// Operations: `GET /api/v1/users/search` and `GET /api/v1/users/all`.
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
    /// - Returns [`ErrorKind::InvalidInput`] if an address is empty, has no `@`, is longer than 320
    ///   bytes, or contains white space, a control character or an invisible character. No request
    ///   is sent.
    /// - Returns [`ErrorKind::PermissionDenied`] if the token's user waits for approval.
    /// - Returns [`ErrorKind::PermissionDenied`] if the token is not an administrator's and a search
    ///   has more than 1,000 pages.
    /// - Returns [`ErrorKind::Conflict`] if the list of all users was incomplete, or if the results
    ///   of a search were incomplete each of the 3 times.
    /// - Returns [`ErrorKind::ResponseTooLarge`] if the list of all users exceeds the
    ///   [limit of a response](crate::GroupsClientBuilder::response_limit). The default is
    ///   sufficient for about 140,000 users. To avoid the list, look up at most 20 addresses at a
    ///   time.
    /// - Returns [`ErrorKind::Timeout`] if the deadline passes.
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

    /// Finds the users with these addresses, in the cheaper of the permitted ways.
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
                "the search for an address has {pages} pages, more than the limit of \
                 {MAX_PAGES_OF_SEARCH}; use an administrator's token, which can read all users"
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
        // Sent alone, so that an error that affects every search costs one request.
        searches.push(Search::begin(self, first).await?);
        // Collected, because a stream that maps references is not `Send`.
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

/// The result of a request, or the error if it is not permitted.
enum Permitted<T> {
    Yes(T),
    No(Error),
}

/// Removes duplicates, and retains the order.
fn distinct(given: &[(String, EmailAddress)]) -> Vec<&EmailAddress> {
    let mut seen = HashSet::new();
    let addresses = given.iter().map(|(_, address)| address);
    addresses.filter(|address| seen.insert(*address)).collect()
}
