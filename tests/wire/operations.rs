//! The operations, most of which send one request.

use http::StatusCode;
use owui_groups::{ErrorKind, GroupUpdate, NewGroup, Operation};
use serde_json::{Value, json};

use crate::{
    groups::{GROUP, at, export, group, no_group, not_found, old_group, old_not_found, user},
    server::{NEW, OLD, OLDEST, Server, TOKEN, crash, json as answer},
};

const VERSION: &str = "GET /api/version";

/// IDs that would change the path of the request.
const BAD_IDS: [&str; 8] = ["", " ", ".", "..", "a/b", "../users", "a?b", "a%2Fb"];

/// A server that has the group and accepts every request.
async fn working(prefix: &'static str, version: &'static str) -> Server {
    Server::below(prefix, version, move |line, request| {
        let mut group = if version == NEW {
            group(1)
        } else {
            old_group(1)
        };
        if let Ok(Value::Object(sent)) = request.body_json::<Value>()
            && let Some(parent) = sent.get("parent_group_id")
        {
            group["parent_group_id"] = parent.clone();
        }
        Some(match line {
            "GET /api/v1/groups/" => answer(200, json!([group])),
            "POST /api/v1/groups/create" => answer(200, group),
            _ if line == at("GET", "") || line == at("POST", "/update") => answer(200, group),
            _ if line == at("GET", "/export") => export(&["u1"]),
            _ if line == at("POST", "/users") => answer(200, json!([user("u1", "ann")])),
            _ if line == at("DELETE", "/delete") => answer(200, json!(true)),
            _ => return None,
        })
    })
    .await
}

// Paths of requests.

#[tokio::test]
async fn each_operation_is_one_request_to_its_path() {
    let server = working("", NEW).await;
    let client = server.client();
    client.list().await.unwrap();
    client.create(NewGroup::new("g")).await.unwrap();
    client.get(GROUP).await.unwrap();
    client.export(GROUP).await.unwrap();
    client.users(GROUP).await.unwrap();
    client
        .update(GROUP, GroupUpdate::new("g", ""))
        .await
        .unwrap();
    let expected = [
        "GET /api/v1/groups/".to_owned(),
        "POST /api/v1/groups/create".to_owned(),
        at("GET", ""),
        at("GET", "/export"),
        at("POST", "/users"),
        // The version shows whether these can be the members of a deleted group.
        VERSION.to_owned(),
        at("POST", "/update"),
    ];
    assert_eq!(server.sent().await, expected);
}

#[tokio::test]
async fn a_sub_path_is_in_front_of_every_request() {
    let server = working("/ai/chat", NEW).await;
    for suffix in ["", "/", "/api", "/api/v1/"] {
        let url = format!("{}{suffix}", server.url());
        let client = owui_groups::GroupsClient::new(&url, TOKEN).unwrap();
        client.get(GROUP).await.unwrap();
        client.server_version().await.unwrap();
    }
    let expected = [
        format!("GET /ai/chat/api/v1/groups/id/{GROUP}"),
        "GET /ai/chat/api/version".to_owned(),
    ];
    assert_eq!(server.sent().await, [&expected[..]; 4].concat());
}

#[tokio::test]
async fn an_id_outside_ascii_reaches_the_server_encoded() {
    let server = Server::of(NEW, |_, _| Some(not_found())).await;
    assert!(
        server
            .client()
            .get("grüße")
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert_eq!(
        server.sent().await,
        ["GET /api/v1/groups/id/gr%C3%BC%C3%9Fe"]
    );
}

#[tokio::test]
async fn requests_name_the_client_and_ask_for_json() {
    let server = working("", NEW).await;
    let client = server.builder().build().unwrap();
    client.list().await.unwrap();
    let headers = &server.requests().await[0].headers;
    let agent = headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("owui-groups/"), "{agent}");
    assert_eq!(headers["accept"], "application/json");
    assert!(
        !headers.contains_key("api-version"),
        "progenitor's own header"
    );
}

#[tokio::test]
async fn share_is_sent_only_when_it_is_asked_for() {
    let server = working("", NEW).await;
    let client = server.client();
    client.list().await.unwrap();
    client.list().share(true).await.unwrap();
    let requests = server.requests().await;
    let queries: Vec<_> = requests.iter().map(|request| request.url.query()).collect();
    assert_eq!(queries, [None, Some("share=true")]);
}

#[tokio::test]
async fn the_version_is_asked_once_for_all_clones() {
    let server = working("", OLD).await;
    let client = server.client();
    client.server_version().await.unwrap();
    client
        .clone()
        .supports(Operation::PreviewGroup)
        .await
        .unwrap();
    client.clone().server_version().await.unwrap();
    assert_eq!(server.sent().await, [VERSION]);
}

#[tokio::test]
async fn calls_at_the_same_time_do_not_wait_for_each_others_version() {
    let server = working("", NEW).await;
    let client = server.client();
    let (version, same, deleted) = tokio::join!(
        client.server_version(),
        client.server_version(),
        client.delete(GROUP)
    );
    assert_eq!(version.unwrap(), same.unwrap());
    deleted.unwrap();
    client.delete(GROUP).await.unwrap();
    let sent = server.sent().await;
    let asked = sent.iter().filter(|line| *line == VERSION).count();
    assert!((1..=3).contains(&asked), "{sent:?}");
}

#[tokio::test]
async fn a_version_that_could_not_be_had_is_asked_again() {
    let turn = std::sync::atomic::AtomicBool::new(true);
    let server = Server::of(NEW, move |_, _| {
        turn.swap(false, std::sync::atomic::Ordering::SeqCst)
            .then(crash)
    })
    .await;
    let client = server.client();
    assert_eq!(
        client.server_version().await.unwrap_err().kind(),
        ErrorKind::Server
    );
    assert_eq!(client.server_version().await.unwrap().to_string(), NEW);
}

// Requests that are never sent.

#[tokio::test]
async fn ids_that_lead_elsewhere_are_rejected_before_anything_is_sent() {
    let server = working("", NEW).await;
    let client = server.client();
    for id in BAD_IDS {
        for error in [
            client.get(id).await.unwrap_err(),
            client.info(id).await.unwrap_err(),
            client.export(id).await.unwrap_err(),
            client.users(id).await.unwrap_err(),
            client
                .update(id, GroupUpdate::new("g", "").detach())
                .await
                .unwrap_err(),
            client.delete(id).await.unwrap_err(),
            client.preview(id).await.unwrap_err(),
            client.add_members(id, ["u1"]).await.unwrap_err(),
            client.remove_members(id, ["u1"]).await.unwrap_err(),
            client.set_members(id, ["u1"]).await.unwrap_err(),
            client.members(id).page(1).await.unwrap_err(),
        ] {
            assert_eq!(
                (error.kind(), error.attempts()),
                (ErrorKind::InvalidInput, 0),
                "{id:?}"
            );
        }
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn a_stream_of_members_of_such_an_id_sends_nothing_either() {
    let server = working("", NEW).await;
    for id in BAD_IDS {
        assert!(server.client().members(id).await.unwrap_err().kind() == ErrorKind::InvalidInput);
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn creating_with_a_parent_on_an_old_server_is_rejected_before_it_is_sent() {
    let server = working("", OLD).await;
    let error = server
        .client()
        .create(NewGroup::new("g").parent(GROUP))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);
    assert_eq!(error.required_version().unwrap().to_string(), "0.12.0");
    assert_eq!(server.sent().await, [VERSION]);
}

#[tokio::test]
async fn updating_the_parent_on_an_old_server_is_rejected_before_it_is_sent() {
    for update in [
        GroupUpdate::new("g", "").parent("p"),
        GroupUpdate::new("g", "").detach(),
    ] {
        let server = working("", OLD).await;
        let error = server.client().update(GROUP, update).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);
        assert_eq!(server.sent().await, [VERSION]);
    }
}

#[tokio::test]
async fn a_parent_on_a_new_server_is_sent() {
    let server = working("", NEW).await;
    let client = server.client();
    client.create(NewGroup::new("g").parent("p")).await.unwrap();
    client
        .update(GROUP, GroupUpdate::new("g", "").detach())
        .await
        .unwrap();
    client
        .update(GROUP, GroupUpdate::new("g", ""))
        .await
        .unwrap();
    let bodies: Vec<Value> = server.requests().await[1..]
        .iter()
        .map(|request| request.body_json().unwrap())
        .collect();
    let plain = json!({"name": "g", "description": ""});
    let with = |parent: Value| json!({"name": "g", "description": "", "parent_group_id": parent});
    assert_eq!(bodies, [with(json!("p")), with(Value::Null), plain]);
}

// Differences between servers.

/// 0.6.43, which fails to export a group without members.
async fn oldest_exporting(members: usize) -> Server {
    Server::of(OLDEST, move |line, _| {
        Some(match line {
            _ if line == at("GET", "/export") => crash(),
            _ if line == at("GET", "") => answer(200, old_group(members)),
            _ => return None,
        })
    })
    .await
}

#[tokio::test]
async fn the_export_of_an_empty_group_that_0_6_43_fails_to_give_is_made_from_the_group() {
    let server = oldest_exporting(0).await;
    let export = server.client().export(GROUP).await.unwrap();
    assert_eq!((export.id.as_str(), export.name.as_str()), (GROUP, "g"));
    assert_eq!(export.user_ids, [""; 0]);
    assert_eq!(export.member_count, Some(0));
    assert_eq!(
        server.sent().await,
        [at("GET", "/export"), VERSION.to_owned(), at("GET", "")]
    );
}

#[tokio::test]
async fn the_export_of_a_group_with_members_that_fails_is_a_failure() {
    let error = oldest_exporting(1)
        .await
        .client()
        .export(GROUP)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.operation(), Some(Operation::ExportGroup));
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
}

#[tokio::test]
async fn users_of_a_missing_group_are_not_found_although_servers_give_an_empty_list() {
    let missing = [
        (NEW, not_found()),
        (OLD, old_not_found()),
        (OLDEST, old_not_found()),
    ];
    for (version, missing) in missing {
        let server = Server::of(version, move |line, _| {
            Some(match line {
                _ if line == at("POST", "/users") => answer(200, json!([])),
                _ if line == at("GET", "") => missing.clone(),
                _ => return None,
            })
        })
        .await;
        assert!(
            server
                .client()
                .users(GROUP)
                .await
                .unwrap_err()
                .is_not_found(),
            "{version}"
        );
    }
}

/// Old servers still list the members of a deleted group.
#[tokio::test]
async fn users_on_an_old_server_are_believed_only_after_another_look() {
    let server = Server::of(OLD, |line, _| {
        Some(match line {
            _ if line == at("POST", "/users") => answer(200, json!([user("u1", "ann")])),
            _ if line == at("GET", "") => old_not_found(),
            _ => return None,
        })
    })
    .await;
    assert!(
        server
            .client()
            .users(GROUP)
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn users_of_an_empty_group_are_none_after_another_look() {
    let server = Server::in_turn(NEW, vec![answer(200, json!([])), answer(200, group(0))]).await;
    assert!(server.client().users(GROUP).await.unwrap().is_empty());
    assert_eq!(server.sent().await, [at("POST", "/users"), at("GET", "")]);
}

#[tokio::test]
async fn delete_looks_first_on_a_server_that_deletes_what_is_not_there() {
    let server = working("", OLD).await;
    server.client().delete(GROUP).await.unwrap();
    let expected = [VERSION.to_owned(), at("GET", ""), at("DELETE", "/delete")];
    assert_eq!(server.sent().await, expected);
}

#[tokio::test]
async fn delete_of_a_missing_group_is_not_found_and_not_sent_to_such_a_server() {
    let server = Server::of(OLD, |line, _| (line == at("GET", "")).then(old_not_found)).await;
    assert!(
        server
            .client()
            .delete(GROUP)
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert_eq!(server.sent().await, [VERSION.to_owned(), at("GET", "")]);
}

#[tokio::test]
async fn delete_does_not_look_on_a_server_that_is_honest() {
    let server = working("", NEW).await;
    server.client().delete(GROUP).await.unwrap();
    assert_eq!(
        server.sent().await,
        [VERSION.to_owned(), at("DELETE", "/delete")]
    );
}

#[tokio::test]
async fn delete_of_a_missing_group_is_not_found_on_an_honest_server() {
    let server = Server::in_turn(NEW, vec![no_group()]).await;
    let error = server.client().delete(GROUP).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.operation(), Some(Operation::DeleteGroup));
}

#[tokio::test]
async fn false_from_a_delete_is_a_failure() {
    let server = Server::in_turn(NEW, vec![answer(200, json!(false))]).await;
    let error = server.client().delete(GROUP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("did not delete"), "{error}");
}

/// The request was sent, and the server responded.
#[tokio::test]
async fn false_from_a_delete_knows_its_request() {
    let server = Server::in_turn(NEW, vec![answer(200, json!(false))]).await;
    let error = server.client().delete(GROUP).await.unwrap_err();
    assert_eq!(error.operation(), Some(Operation::DeleteGroup));
    assert_eq!(
        (error.status(), error.attempts()),
        (Some(StatusCode::OK), 1)
    );
}

#[tokio::test]
async fn what_a_newer_server_adds_to_a_group_does_not_matter() {
    let mut newer = group(0);
    newer["color"] = json!("blue");
    let server = Server::responding(answer(200, newer)).await;
    assert_eq!(server.client().get(GROUP).await.unwrap().name, "g");
}

#[tokio::test]
async fn json_with_a_charset_or_in_capitals_is_json() {
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        let body = group(0).to_string();
        let answer = wiremock::ResponseTemplate::new(200).set_body_raw(body, kind);
        let server = Server::responding(answer).await;
        server.client().get(GROUP).await.unwrap();
    }
}
