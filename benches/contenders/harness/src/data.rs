//! Sizes and IDs on which the contenders and the loopback server agree.

use std::time::Duration;

/// The group of all parts but `list`.
pub const GROUP_ID: &str = "5be5e52a-cc60-4307-a9a5-33af4518f1c1";

/// The groups of `list`.
pub const GROUPS: usize = 1_000;

/// The users of `users`.
pub const USERS: usize = 100_000;

/// The IDs that `add_members` and `set_members` send.
pub const IDS: usize = 1_000;

/// How many of the IDs of `set_members` are members already, and how many members are to be removed.
pub const fn retained(ids: usize) -> usize {
    ids / 2
}

/// The pages of `members`.
pub const PAGES: usize = 100;

/// The pages of `members-heap`: so few that the IDs that a client retains weigh little.
pub const HEAP_PAGES: usize = 10;

/// The members on a page.
pub const PAGE_SIZE: usize = 30;

/// What a slow consumer needs for a page, and what the server of `members-slow` needs for a request.
pub const PAUSE: Duration = Duration::from_millis(20);

/// The ID of a user.
pub fn user_id(number: usize) -> String {
    format!("{number:08x}-7dc7-437f-afd3-1543d3b74c23")
}

/// The IDs of users.
pub fn user_ids(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(user_id).collect()
}
