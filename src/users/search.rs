//! The search for the users with one address, page by page.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    generated::SearchUsersOptions,
    model::user_order::UserOrder,
    types::{User, UserList},
    value::{email_address::EmailAddress, names::Operation},
};

/// How many requests are sent at the same time. Each makes the server read all of its users.
pub(crate) const CONCURRENT_SEARCHES: usize = 4;

/// How often the pages are read, if users are added or removed concurrently.
const MAX_READS: u32 = 3;

/// What the pages of a search have had so far.
///
/// The server finds more users than those with the address, and which page they are on depends on
/// how its database sorts. So all pages are read, and every user is compared.
pub(crate) struct Search<'a> {
    address: &'a EmailAddress,
    /// The number of users that the first page reported.
    total: u64,
    last_page: u64,
    /// Whether another page reported a different number.
    has_changed: bool,
    /// The IDs of all users on the pages, to recognize an incomplete reading.
    seen: HashSet<String>,
    matches: Vec<User>,
}

impl<'a> Search<'a> {
    /// Sends the request for the first page.
    pub(crate) async fn begin(client: &GroupsClient, address: &'a EmailAddress) -> Result<Self> {
        let page = page(client, address, 1).await?;
        let mut search = Self {
            address,
            total: page.total,
            last_page: number_of_pages(page.total, page.users.len()),
            has_changed: false,
            seen: HashSet::new(),
            matches: Vec::new(),
        };
        search.receive(page);
        Ok(search)
    }

    /// The number of pages, the first one included.
    pub(crate) fn pages(&self) -> u64 {
        self.last_page
    }

    /// Reads the other pages, and returns the users with the address.
    ///
    /// # Errors
    ///
    /// *Conflict* if no reading had as many users as the server counts.
    pub(crate) async fn finish(mut self, client: &GroupsClient) -> Result<Vec<User>> {
        let mut reads = 1;
        loop {
            self.read_other_pages(client).await?;
            if self.is_complete() {
                return Ok(self.matches);
            }
            if reads == MAX_READS {
                return Err(incomplete(
                    Operation::SearchUsers,
                    self.seen.len(),
                    self.total,
                ));
            }
            reads += 1;
            self = Self::begin(client, self.address).await?;
        }
    }

    async fn read_other_pages(&mut self, client: &GroupsClient) -> Result<()> {
        let address = self.address;
        let pages = stream::iter(2..=self.last_page);
        let pages = pages.map(|number| page(client, address, number));
        let mut pages = pages.buffered(CONCURRENT_SEARCHES);
        while let Some(page) = pages.try_next().await? {
            // A number from the server alone does not keep the search going.
            if !self.receive(page) {
                break;
            }
        }
        Ok(())
    }

    /// Whether the page had a user that no page had before.
    fn receive(&mut self, page: UserList) -> bool {
        self.has_changed |= page.total != self.total;
        let before = self.seen.len();
        for user in page.users {
            let is_new = self.seen.insert(user.id.clone());
            if is_new && EmailAddress::of_user(&user.email) == *self.address {
                self.matches.push(user);
            }
        }
        self.seen.len() > before
    }

    fn is_complete(&self) -> bool {
        !self.has_changed && u64::try_from(self.seen.len()) == Ok(self.total)
    }
}

/// The error for a list that has another number of users than the server counts.
pub(crate) fn incomplete(operation: Operation, users: usize, total: u64) -> Error {
    let error = Error::new(ErrorKind::Conflict).with_operation(operation);
    error.with_message(format!(
        "the server lists {users} users and counts {total}; try again when no users are added or \
         removed"
    ))
}

async fn page(client: &GroupsClient, address: &EmailAddress, number: u64) -> Result<UserList> {
    let pattern = address.pattern();
    let call = client.call();
    call.run(|api| {
        // Without an order, pages of some databases overlap.
        let options = SearchUsersOptions::default()
            .query(pattern.as_str())
            .order_by(UserOrder::Email.as_str())
            .direction("asc")
            .page(i64::try_from(number).unwrap_or(i64::MAX));
        api.search_users_with(options)
    })
    .await
}

/// The number of pages of this size.
fn number_of_pages(total: u64, size: usize) -> u64 {
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    total.div_ceil(size.max(1)).max(1)
}
