//! Every public operation, called as by a program.

use futures_util::{TryStreamExt, future::BoxFuture};
use owui_groups::{
    GroupUpdate, GroupsClient, NewGroup, Result, UserOrder,
    types::{GroupExport, Membership},
};
use serde_json::json;

/// The group ID in all operations.
pub(crate) const GROUP: &str = "5be5e52a-cc60-4307-a9a5-33af4518f1c1";

/// The user ID in all operations.
const USER: &str = "f3a83348-7dc7-437f-afd3-1543d3b74c23";

pub(crate) type Operation = (&'static str, fn(&GroupsClient) -> BoxFuture<'_, Result<()>>);

#[rustfmt::skip]
pub(crate) const OPERATIONS: &[Operation] = &[
    ("server_version", |client| Box::pin(async { client.server_version().await.map(drop) })),
    ("list", |client| Box::pin(async { client.list().await.map(drop) })),
    ("tree", |client| Box::pin(async { client.tree().await.map(drop) })),
    ("get", |client| Box::pin(async { client.get(GROUP).await.map(drop) })),
    ("info", |client| Box::pin(async { client.info(GROUP).await.map(drop) })),
    ("preview", |client| Box::pin(async { client.preview(GROUP).await.map(drop) })),
    ("export", |client| Box::pin(async { client.export(GROUP).await.map(drop) })),
    ("users", |client| Box::pin(async { client.users(GROUP).await.map(drop) })),
    ("members", |client| Box::pin(async {
        client.members(GROUP).membership(Membership::Effective).await.map(drop)
    })),
    ("members_stream", |client| Box::pin(async {
        client.members(GROUP).stream().try_for_each(|_| async { Ok(()) }).await
    })),
    ("members_page", |client| Box::pin(async {
        client.members(GROUP).page(1).await.map(drop)
    })),
    ("create", |client| Box::pin(async { client.create(NewGroup::new("g")).await.map(drop) })),
    ("update", |client| Box::pin(async {
        client.update(GROUP, GroupUpdate::new("g", "")).await.map(drop)
    })),
    ("edit", |client| Box::pin(async {
        client.edit(GROUP, |group| _ = group.set_name("n")).await.map(drop)
    })),
    ("delete", |client| Box::pin(async { client.delete(GROUP).await })),
    ("add_members", |client| Box::pin(async {
        client.add_members(GROUP, ["new"]).await.map(drop)
    })),
    ("remove_members", |client| Box::pin(async {
        client.remove_members(GROUP, ["old"]).await.map(drop)
    })),
    ("set_members", |client| Box::pin(async {
        client.set_members(GROUP, ["new"]).await.map(drop)
    })),
    ("find_by_name", |client| Box::pin(async { client.find_by_name("g").await.map(drop) })),
    ("get_or_create", |client| Box::pin(async {
        client.get_or_create(NewGroup::new("absent")).await.map(drop)
    })),
    ("all_users", |client| Box::pin(async { client.all_users().await.map(drop) })),
    ("search_users", |client| Box::pin(async {
        client.search_users("a").order_by(UserOrder::Email).await.map(drop)
    })),
    ("find_users", |client| Box::pin(async {
        client.find_users_by_email(["ann@corp.example", "bo@corp.example"]).await.map(drop)
    })),
    ("find_many_users", |client| Box::pin(async {
        let addresses = (0..21).map(|number| format!("{number}@corp.example"));
        client.find_users_by_email(addresses).await.map(drop)
    })),
    ("user_groups", |client| Box::pin(async { client.user_groups(USER).await.map(drop) })),
    ("preview_user", |client| Box::pin(async { client.preview_user(USER).await.map(drop) })),
    ("session_user", |client| Box::pin(async { client.session_user().await.map(drop) })),
    ("import", |client| Box::pin(async { client.import(&export()).await.map(drop) })),
];

/// An export with a member and a parent, so that its import sends all possible requests.
fn export() -> GroupExport {
    let export = json!({
        "id": "other", "user_id": "u", "name": "g", "description": "", "created_at": 0,
        "updated_at": 0, "parent_group_id": GROUP, "user_ids": ["new"],
    });
    serde_json::from_value(export).unwrap()
}
