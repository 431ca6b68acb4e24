//! The exact requests of edits, imports and similar methods.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use owui_groups::{ErrorKind, NewGroup, OnConflict, Permission, types::GroupExport};
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use crate::{
    groups::{GROUP, at, group, no_group, old_group},
    server::{NEW, OLD, Server, detail, json as answer, quick},
};

const CREATE: &str = "POST /api/v1/groups/create";
const LIST: &str = "GET /api/v1/groups/";

/// A server with this group, which accepts every update.
async fn with(version: &'static str, group: Value) -> Server {
    Server::of(version, move |line, request| {
        let mut group = group.clone();
        if line == at("POST", "/update") {
            let sent: Value = request.body_json().unwrap();
            let sent = sent.as_object().unwrap().clone();
            group.as_object_mut().unwrap().extend(sent);
        } else if line != at("GET", "") {
            return None;
        }
        Some(answer(200, group))
    })
    .await
}

/// The bodies of the updates that the server received.
async fn updates(server: &Server) -> Vec<Value> {
    let requests = server.requests().await;
    let updates = requests
        .iter()
        .filter(|request| request.url.path().ends_with("/update"));
    updates
        .map(|request| request.body_json().unwrap())
        .collect()
}

fn with_data(mut group: Value) -> Value {
    group["data"] = json!({"config": {"share": "members", "mine": 1}, "other": {"deep": null}});
    group["permissions"] = json!({"chat": {"new_thing": true}, "odd": [1]});
    group
}

#[tokio::test]
async fn an_edit_that_changes_nothing_writes_nothing() {
    let server = with(NEW, with_data(group(0))).await;
    let client = server.client();
    client
        .edit(GROUP, |group| _ = group.detach())
        .await
        .unwrap();
    assert_eq!(server.sent().await, [at("GET", "")]);
}

#[tokio::test]
async fn an_edit_is_two_reads_and_a_write_of_what_changed() {
    let server = with(NEW, with_data(group(0))).await;
    let client = server.client();
    client
        .edit(GROUP, |group| _ = group.set_description("new"))
        .await
        .unwrap();
    let expected = [at("GET", ""), at("GET", ""), at("POST", "/update")];
    assert_eq!(server.sent().await, expected);
    assert_eq!(
        updates(&server).await,
        [json!({"name": "g", "description": "new"})]
    );
}

#[tokio::test]
async fn a_permission_goes_with_all_that_are_there_known_or_not() {
    let server = with(NEW, with_data(group(0))).await;
    let client = server.client();
    client
        .edit(GROUP, |group| {
            group.permissions().allow(Permission::ChatDelete)?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(
        updates(&server).await,
        [json!({"name": "g", "description": "",
                "permissions": {"chat": {"new_thing": true, "delete": true}, "odd": [1]}})]
    );
}

#[tokio::test]
async fn data_is_written_whole_to_servers_that_merge_it_and_that_replace_it() {
    let whole = json!({"config": {"share": false, "mine": 1}, "other": {"deep": null}});
    for (version, read) in [(NEW, group(0)), (OLD, old_group(0))] {
        let server = with(version, with_data(read)).await;
        let client = server.client();
        client
            .edit(GROUP, |group| {
                _ = group.set_share(owui_groups::Share::Nobody)
            })
            .await
            .unwrap();
        assert_eq!(updates(&server).await[0]["data"], whole, "{version}");
        assert_eq!(server.sent().await.len(), 3);
    }
}

#[tokio::test]
async fn a_key_of_data_is_removed_where_the_server_can_and_rejected_where_not() {
    let remove = |group: &mut owui_groups::GroupDraft| _ = group.data().remove("other");
    let old = with(OLD, with_data(old_group(0))).await;
    old.client().edit(GROUP, remove).await.unwrap();
    let left = json!({"config": {"share": "members", "mine": 1}});
    assert_eq!(updates(&old).await[0]["data"], left);

    let new = with(NEW, with_data(group(0))).await;
    let error = new.client().edit(GROUP, remove).await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::InvalidInput && error.to_string().contains("`other`"),
        "{error}"
    );
    assert!(updates(&new).await.is_empty());
}

#[tokio::test]
async fn a_parent_is_kept_set_and_detached() {
    let mut below = group(0);
    below["parent_group_id"] = json!("above");
    let server = with(NEW, below).await;
    let client = server.client();
    client
        .edit(GROUP, |group| _ = group.set_name("n"))
        .await
        .unwrap();
    client
        .edit(GROUP, |group| _ = group.set_parent("p"))
        .await
        .unwrap();
    client
        .edit(GROUP, |group| _ = group.detach())
        .await
        .unwrap();
    assert_eq!(
        updates(&server).await,
        [
            json!({"name": "n", "description": ""}),
            json!({"name": "g", "description": "", "parent_group_id": "p"}),
            json!({"name": "g", "description": "", "parent_group_id": null}),
        ]
    );
}

/// A server on which another client changes the description of the group before each read except
/// the first, this many times.
async fn contested(times: usize) -> Server {
    let reads = Mutex::new(0);
    Server::of(NEW, move |line, _| {
        if line == at("GET", "") {
            let mut read = group(0);
            let mut reads = reads.lock().unwrap();
            read["description"] = json!(format!("{}", (*reads).min(times)));
            *reads += 1;
            return Some(answer(200, read));
        }
        (line == at("POST", "/update")).then(|| answer(200, group(0)))
    })
    .await
}

#[tokio::test]
async fn what_somebody_else_wrote_in_between_is_kept_by_starting_over() {
    let server = contested(2).await;
    let client = server.client();
    client
        .edit(GROUP, |group| _ = group.set_name("n"))
        .await
        .unwrap();
    assert_eq!(
        updates(&server).await,
        [json!({"name": "n", "description": "2"})]
    );
}

#[tokio::test]
async fn a_conflict_is_an_error_when_asked_for_and_writes_nothing() {
    let server = contested(1).await;
    let client = server.client();
    let edit = client.edit(GROUP, |group| _ = group.set_name("n"));
    let error = edit.on_conflict(OnConflict::Fail).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(updates(&server).await.is_empty());
}

#[tokio::test]
async fn a_conflict_that_does_not_end_is_an_error_in_the_end() {
    let server = contested(usize::MAX).await;
    let client = server.client();
    let error = client
        .edit(GROUP, |group| _ = group.set_name("n"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(updates(&server).await.is_empty());
    assert_eq!(server.sent().await.len(), 6);
}

/// A second attempt could overwrite a change that another client made after the first.
#[tokio::test]
async fn the_write_of_an_edit_is_never_sent_a_second_time() {
    let server = Server::of(NEW, |line, _| match line {
        line if line == at("GET", "") => Some(answer(200, group(0))),
        line if line == at("POST", "/update") => Some(ResponseTemplate::new(503)),
        _ => None,
    })
    .await;
    let client = server.retrying_client();
    let error = client
        .edit(GROUP, |group| _ = group.set_name("n"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(updates(&server).await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_set_is_rejected_before_anything_is_written() {
    let server = with(NEW, with_data(group(0))).await;
    let client = server.client();
    let whole_category = client.edit(GROUP, |group| {
        group.permissions().allow(Permission::try_from("chat")?)?;
        Ok(())
    });
    assert_eq!(
        whole_category.await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    let in_no_category = client.edit(GROUP, |group| {
        group.permissions().allow(Permission::try_from("odd.x")?)?;
        Ok(())
    });
    assert_eq!(
        in_no_category.await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    let no_model = client.edit(GROUP, |group| _ = group.set_default_models([" "]));
    assert_eq!(no_model.await.unwrap_err().kind(), ErrorKind::InvalidInput);
    let new = NewGroup::new("g").default_models([" "]);
    assert_eq!(
        client.get_or_create(new.clone()).await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    assert_eq!(
        client.create(new).await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    assert_eq!(server.sent().await, vec![at("GET", ""); 3]);
}

/// A server with groups of these IDs and names, which accepts the creation of all others.
async fn listing(groups: &'static [(&'static str, &'static str)]) -> Server {
    Server::of(NEW, move |line, _| match line {
        LIST => {
            let named = groups.iter().map(|(id, name)| {
                let mut one = group(0);
                (one["id"], one["name"]) = (json!(id), json!(name));
                one
            });
            Some(answer(200, named.collect()))
        }
        CREATE => Some(answer(200, group(0))),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_name_is_found_exactly_and_once() {
    let server = listing(&[("1", "a"), ("2", "A"), ("3", "b"), ("4", "b")]).await;
    let client = server.client();
    assert_eq!(client.find_by_name("a").await.unwrap().unwrap().id, "1");
    assert_eq!(client.find_by_name("c").await.unwrap(), None);
    let error = client.find_by_name("b").await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::Ambiguous && error.to_string().contains("3, 4"),
        "{error}"
    );
}

#[tokio::test]
async fn getting_or_creating_creates_only_what_is_not_there() {
    let server = listing(&[("1", "a")]).await;
    let client = server.client();
    let there = client.get_or_create(NewGroup::new("a")).await.unwrap();
    assert!(!there.created && there.group.id == "1");
    assert!(
        client
            .get_or_create(NewGroup::new("new"))
            .await
            .unwrap()
            .created
    );
    assert_eq!(server.sent().await, [LIST, LIST, CREATE]);
}

fn exported(members: &[&str], parent: Option<&str>) -> GroupExport {
    let mut export = with_data(group(members.len()));
    export["user_ids"] = json!(members);
    export["parent_group_id"] = json!(parent);
    serde_json::from_value(export).unwrap()
}

/// A server that creates `GROUP`, knows the user `ann`, and no other group.
async fn importing(add: fn(&Request) -> ResponseTemplate) -> Server {
    Server::of(NEW, move |line, request| match line {
        CREATE => Some(answer(200, group(0))),
        line if line == at("POST", "/users/add") => Some(add(request)),
        line if line == at("GET", "/export") => Some(crate::groups::export(&["ann"])),
        line if line.starts_with("GET /api/v1/groups/id/") => Some(no_group()),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn an_import_reports_members_and_a_parent_that_are_not_there() {
    let server = importing(|_| answer(200, group(1))).await;
    let export = exported(&["ann", "nobody"], Some("gone"));
    let imported = server.client().import(&export).await.unwrap();
    assert_eq!(imported.members.added, ["ann"]);
    assert_eq!(imported.members.unknown, ["nobody"]);
    assert_eq!(imported.missing_parent.as_deref(), Some("gone"));
    let requests = server.requests().await;
    let created = requests
        .iter()
        .find(|request| request.url.path().ends_with("/create"));
    let body: Value = created.unwrap().body_json().unwrap();
    assert_eq!(body["permissions"], with_data(group(0))["permissions"]);
    assert_eq!(body["data"], with_data(group(0))["data"]);
    assert_eq!(body.get("parent_group_id"), None);
}

#[tokio::test]
async fn an_import_that_fails_half_way_says_which_group_it_made() {
    let server = importing(|_| detail(400, "[ERROR: database is locked]")).await;
    let error = server
        .client()
        .import(&exported(&["ann"], None))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PartiallyApplied);
    assert_eq!(error.group_id(), Some(GROUP));
    assert_eq!(error.membership_change().unwrap().failed, ["ann"]);
}

#[tokio::test]
async fn an_edit_that_is_rate_limited_is_no_conflict() {
    let server = Server::of(NEW, |line, _| {
        if line == at("GET", "") {
            return Some(answer(200, group(1)));
        }
        (line == at("POST", "/update")).then(|| detail(429, "slow down"))
    })
    .await;
    let client = server
        .builder()
        .retry_policy(quick().max_attempts(8))
        .build()
        .unwrap();
    let error = client
        .edit(GROUP, |group| _ = group.set_description("new"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
}

#[tokio::test]
async fn an_edit_that_is_to_fail_on_conflict_fails_after_a_429_too() {
    let reads = AtomicUsize::new(0);
    let writes = AtomicUsize::new(0);
    let server = Server::of(NEW, move |line, _| {
        if line == at("GET", "") {
            let mut group = group(1);
            if reads.fetch_add(1, Ordering::SeqCst) >= 2 {
                group["description"] = json!("somebody else's");
            }
            return Some(answer(200, group));
        }
        (line == at("POST", "/update")).then(|| match writes.fetch_add(1, Ordering::SeqCst) {
            0 => detail(429, "slow down"),
            _ => answer(200, group(1)),
        })
    })
    .await;
    let outcome = server
        .retrying_client()
        .edit(GROUP, |group| _ = group.set_description("new"))
        .on_conflict(OnConflict::Fail)
        .await;
    assert!(outcome.is_err_and(|error| error.is_conflict()));
}
