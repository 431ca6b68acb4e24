//! The deadline of calls that send several requests.

use std::{thread, time::Duration};

use owui_groups::{ErrorKind, GroupsClient};
use wiremock::ResponseTemplate;

use crate::{
    groups::{GROUP, at, export, group},
    server::{NEW, OLD, Server, json},
};

const DELAY: Duration = Duration::from_millis(100);

/// A server that delays all responses.
async fn slow(version: &'static str) -> Server {
    Server::of(version, |line, _| {
        let response = match line {
            _ if line == at("GET", "/export") => export(&["a"]),
            _ if line == at("POST", "/users") => json(200, serde_json::json!([])),
            _ if line == "GET /api/version" => return None,
            _ if line == "GET /api/v1/groups/" => json(200, serde_json::json!([])),
            _ => json(200, group(1)),
        };
        Some(response.set_delay(DELAY))
    })
    .await
}

fn client(server: &Server, deadline: Duration) -> GroupsClient {
    server.builder().deadline(deadline).build().unwrap()
}

#[tokio::test]
async fn a_change_of_members_ends_at_the_deadline_and_has_the_details() {
    let late = export(&["a"]).set_delay(Duration::from_secs(60));
    let server = Server::in_turn(NEW, vec![export(&["a"]), json(200, group(1)), late]).await;
    let client = client(&server, Duration::from_secs(1));
    let error = client.add_members(GROUP, ["b"]).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_been_carried_out());
    assert_eq!(error.membership_change().unwrap().failed, ["b"]);
    assert_eq!(server.sent().await.len(), 3);
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let server = slow(NEW).await;
    let client = client(&server, Duration::ZERO);
    assert!(client.export(GROUP).await.unwrap_err().is_timeout());
    let edit = client.edit(GROUP, |group| _ = group.set_name("n"));
    assert!(edit.await.unwrap_err().is_timeout());
    assert!(client.delete(GROUP).await.unwrap_err().is_timeout());
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn every_call_of_several_requests_has_the_deadline() {
    let server = slow(OLD).await;
    let client = client(&server, DELAY * 3 / 2);
    let ended = [
        client.users(GROUP).await.map(drop),
        client.delete(GROUP).await,
        client.set_members(GROUP, ["b"]).await.map(drop),
        client.remove_members(GROUP, ["a"]).await.map(drop),
        client
            .get_or_create(owui_groups::NewGroup::new("g"))
            .await
            .map(drop),
        client
            .edit(GROUP, |group| _ = group.set_name("n"))
            .await
            .map(drop),
        client.members(GROUP).await.map(drop),
    ];
    for outcome in ended {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
    }
}

#[tokio::test]
async fn the_time_of_the_closure_does_not_count() {
    let server = slow(NEW).await;
    let client = client(&server, DELAY * 10);
    let edit = client.edit(GROUP, |group| {
        thread::sleep(DELAY * 10);
        _ = group.set_name("n");
    });
    edit.await.unwrap();
}

#[tokio::test]
async fn each_call_has_a_deadline_of_its_own() {
    let server = slow(NEW).await;
    let client = client(&server, DELAY * 10);
    for _ in 0..5 {
        let _ = client.add_members(GROUP, ["a"]).await.unwrap();
        let _ = client.export(GROUP).await.unwrap();
    }
}

#[tokio::test]
async fn a_pause_longer_than_the_deadline_ends_at_once() {
    let server = Server::in_turn(
        NEW,
        vec![
            export(&["a"]),
            ResponseTemplate::new(503).insert_header("retry-after", "60"),
        ],
    )
    .await;
    let client = server.builder().deadline(Duration::from_secs(5));
    let client = client.retry_policy(crate::server::quick()).build().unwrap();
    let error = client.add_members(GROUP, ["b"]).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
}

#[tokio::test]
async fn info_and_preview_have_a_deadline() {
    let server = Server::of(NEW, |line, _| {
        let delay = match line.contains("/api/version") {
            true => Duration::from_secs(20),
            false => Duration::from_millis(200),
        };
        Some(crate::server::page().set_delay(delay))
    })
    .await;
    let client = server
        .builder()
        .deadline(Duration::from_millis(500))
        .build()
        .unwrap();
    let started = std::time::Instant::now();
    let _ = client.info(GROUP).await.unwrap_err();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}
