//! Searches for the users with one address, page by page.

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

/// The number of concurrent requests. For each of them, the server reads all of its users.
pub(crate) const CONCURRENT_SEARCHES: usize = 4;

/// The maximum number of times that the pages are read, if users are added or removed concurrently.
const MAX_READS: u32 = 3;

/// The state of a search.
///
/// The server also finds users with other addresses, and the order of the pages depends on its
/// database. Therefore all pages are read, and every user is compared.
pub(crate) struct Search<'a> {
    address: &'a EmailAddress,
    /// The total number of users, as reported on the first page.
    total: u64,
    last_page: u64,
    /// Whether another page reported a different total.
    has_changed: bool,
    /// The IDs of all users on the pages, to detect missing users.
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

    /// The number of pages, including the first.
    pub(crate) fn pages(&self) -> u64 {
        self.last_page
    }

    /// Reads the other pages, and returns the users with the address.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::Conflict`] if the pages never had as many users as the server counts.
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
            // Prevents an endless search if the server reports a wrong total.
            if !self.receive(page) {
                break;
            }
        }
        Ok(())
    }

    /// Adds a page. Returns whether it has a user that the previous pages did not have.
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

/// The error if the number of listed users differs from the server's count.
pub(crate) fn incomplete(operation: Operation, users: usize, total: u64) -> Error {
    let error = Error::new(ErrorKind::Conflict).with_operation(operation);
    error.with_message(format!(
        "the server listed {users} users, but reports a total of {total}; try again while no users \
         are added or removed"
    ))
}

async fn page(client: &GroupsClient, address: &EmailAddress, number: u64) -> Result<UserList> {
    let pattern = address.pattern();
    let call = client.call();
    call.run(|api| {
        // Without an order, some databases return overlapping pages.
        let options = SearchUsersOptions::default()
            .query(pattern.as_str())
            .order_by(UserOrder::Email.as_str())
            .direction("asc")
            .page(i64::try_from(number).unwrap_or(i64::MAX));
        api.search_users_with(options)
    })
    .await
}

/// The number of pages with this size.
fn number_of_pages(total: u64, size: usize) -> u64 {
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    total.div_ceil(size.max(1)).max(1)
}
