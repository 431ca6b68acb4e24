//! The mock, as the tests of a user's program would use it.
//!
//! That its answers are those of real servers is not shown here, but by the
//! conformance cases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bad_input;
mod contents;
mod faults;
mod requests;

use owui_groups::{GroupsClient, RetryPolicy};
use owui_groups_mock::{MockServer, MockUser};

/// A mock of the newest version.
async fn mock() -> MockServer {
    MockServer::start().await.unwrap()
}

/// The administrator's client, which tries once.
fn client(server: &MockServer) -> GroupsClient {
    client_of(server, server.admin())
}

fn client_of(server: &MockServer, user: &MockUser) -> GroupsClient {
    let builder = GroupsClient::builder(&server.url(), user.token());
    builder.retry(RetryPolicy::none()).build().unwrap()
}
