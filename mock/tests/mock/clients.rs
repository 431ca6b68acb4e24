//! A mock and clients for it.

use owui_groups::{GroupsClient, RetryPolicy};
use owui_groups_mock::{MockServer, MockUser};

/// A mock of the newest version.
pub(crate) fn mock() -> MockServer {
    MockServer::start().unwrap()
}

/// The administrator's client, with one attempt per request.
pub(crate) fn client(server: &MockServer) -> GroupsClient {
    client_of(server, server.admin())
}

pub(crate) fn client_of(server: &MockServer, user: &MockUser) -> GroupsClient {
    let builder = GroupsClient::builder(&server.url(), user.token());
    builder.retry_policy(RetryPolicy::none()).build().unwrap()
}
