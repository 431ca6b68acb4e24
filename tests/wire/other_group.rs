//! Responses about a different group than the requested one, for example from a cache.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::{
    groups::{GROUP, at, group},
    server::{NEW, Server, json as answer},
};

#[tokio::test]
async fn no_user_is_removed_by_the_export_of_another_group() {
    let server = Server::of(NEW, |line, _| {
        (line == at("GET", "/export")).then(|| {
            let mut other = group(2);
            other["id"] = json!("00000000-0000-0000-0000-000000000000");
            other["user_ids"] = json!(["c", "d"]);
            answer(200, other)
        })
    })
    .await;
    let outcome = server.client().remove_members(GROUP, ["a"]).await;
    assert!(outcome.is_err(), "{outcome:?}");
}

#[tokio::test]
async fn an_edit_does_not_write_another_groups_name() {
    let written = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&written);
    let server = Server::of(NEW, move |line, request| {
        let mut other = group(2);
        other["id"] = json!("00000000-0000-0000-0000-000000000000");
        other["name"] = json!("the other group");
        if line == at("GET", "") {
            return Some(answer(200, other));
        }
        if line == at("POST", "/update") {
            *seen.lock().unwrap() = Some(request.body_json::<Value>().unwrap());
            return Some(answer(200, other));
        }
        None
    })
    .await;
    let outcome = server
        .client()
        .edit(GROUP, |group| _ = group.set_description("new"))
        .await;
    let written = written.lock().unwrap().clone();
    assert!(outcome.is_err() && written.is_none(), "{written:?}");
}

#[tokio::test]
async fn an_export_without_ids_is_not_one_without_members() {
    let server = Server::of(NEW, |line, _| {
        (line == at("GET", "/export")).then(|| {
            let mut other = group(0);
            other.as_object_mut().unwrap().remove("member_count");
            answer(200, other)
        })
    })
    .await;
    let outcome = server.client().remove_members(GROUP, ["a"]).await;
    assert!(outcome.is_err(), "{outcome:?}");
}

#[test]
fn an_export_without_ids_is_not_read() {
    // The format of `GET …/groups/id/{id}`.
    let read: Result<owui_groups::types::GroupExport, _> = serde_json::from_value(group(3));
    assert!(read.unwrap_err().to_string().contains("user_ids"));
}
