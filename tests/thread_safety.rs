//! Clients, errors and futures can be sent between threads.

use owui_groups::{Error, GroupsClient, GroupsClientBuilder, NewGroup};

const fn is_send_and_sync<T: Send + Sync + 'static>() {}
const fn is_cheap_to_share<T: Clone + Send + Sync + 'static>() {}

const _: () = {
    is_cheap_to_share::<GroupsClient>();
    is_send_and_sync::<GroupsClientBuilder>();
    is_send_and_sync::<Error>();
};

fn is_send<T: Send>(future: T) -> T {
    future
}

/// The requirements of a server's handler or a spawned task.
fn is_static<T: Send + 'static>(future: T) -> T {
    future
}

/// Compiled, but never called, because the bounds are the test.
#[allow(dead_code)]
fn every_future_is_send(client: &GroupsClient, new: NewGroup) {
    drop(is_static(client.list().into_future()));
    drop(is_send(client.create(new.clone())));
    drop(is_send(client.get("id")));
    drop(is_send(client.users("id")));
    drop(is_send(client.export("id")));
    drop(is_send(client.add_members("id", vec!["user"])));
    drop(is_static(client.set_members("id", ["user"]).into_future()));
    drop(is_send(client.remove_members("id", ["user"])));
    drop(is_static(client.edit("id", |_| {}).into_future()));
    drop(is_static(client.members("id").into_future()));
    drop(is_static(client.members("id").stream()));
    drop(is_send(client.get_or_create(new.clone())));
    drop(is_send(client.get_or_create_all([new])));
    drop(is_send(client.tree()));
    drop(is_send(client.find_users_by_email(["ann@corp.example"])));
    drop(is_send(client.all_users()));
    drop(is_static(client.search_users("ann").into_future()));
    drop(is_static(client.user_groups("id").into_future()));
    drop(is_send(client.preview_user("id")));
    drop(is_send(client.session_user()));
}

#[test]
fn a_clone_shares_what_the_original_has() {
    let client = GroupsClient::new("http://127.0.0.1:1", "token").unwrap();
    assert_eq!(client.clone().base_url(), client.base_url());
}
