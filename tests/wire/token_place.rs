//! The token outside of `Authorization`, which is then available for the login of a gateway.

use http::{HeaderMap, Method};
use owui_groups::{ErrorKind, GroupsClientBuilder};
use serde_json::json;

use crate::server::{NEW, Server, TOKEN, builder, detail, json as answer};

const LOGIN: &str = "Basic bWU6aHVudGVyMi1MT0dJTg==";

/// The headers of a call, of the request for the version, and of a request that a caller sends.
async fn sent(settings: impl Fn(GroupsClientBuilder) -> GroupsClientBuilder) -> Vec<HeaderMap> {
    let server = Server::of(NEW, |line, _| {
        (line != "GET /api/version").then(|| answer(200, json!([])))
    })
    .await;
    let client = settings(server.builder()).build().unwrap();
    client.list().await.unwrap();
    client.server_version().await.unwrap();
    let request = client.request(Method::GET, "api/v1/users/").unwrap();
    request.send().await.unwrap();
    let requests = server.requests().await;
    assert_eq!(requests.len(), 3);
    requests
        .into_iter()
        .map(|request| request.headers)
        .collect()
}

#[track_caller]
fn assert_rejected(builder: GroupsClientBuilder, problem: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let shown = format!("{error} {error:?}");
    assert!(shown.contains(problem), "{shown}");
    assert!(!shown.contains("sk-") && !shown.contains("bWU6"), "{shown}");
}

#[tokio::test]
async fn a_token_header_has_the_token_alone() {
    for headers in sent(|builder| builder.token_header(" X-API-Key")).await {
        assert_eq!(headers["x-api-key"], TOKEN);
        assert!(!headers.contains_key("authorization"), "{headers:?}");
    }
}

#[tokio::test]
async fn a_token_header_leaves_authorization_and_cookies_to_the_caller() {
    let settings = |builder: GroupsClientBuilder| {
        let builder = builder
            .token_header("x-api-key")
            .header("cookie", "a=1; token=2");
        builder.header("authorization", LOGIN)
    };
    for headers in sent(settings).await {
        assert_eq!(headers["x-api-key"], TOKEN);
        assert_eq!(headers["authorization"], LOGIN);
        assert_eq!(headers["cookie"], "a=1; token=2");
    }
}

#[tokio::test]
async fn a_token_cookie_is_in_front_of_other_cookies() {
    let alone = |builder: GroupsClientBuilder| builder.token_cookie();
    for headers in sent(alone).await {
        assert_eq!(headers["cookie"], format!("token={TOKEN}"));
        assert!(!headers.contains_key("authorization"), "{headers:?}");
    }
    let others = |builder: GroupsClientBuilder| {
        let builder = builder.header("Cookie", "a=1; b=2").token_cookie();
        builder.header("authorization", LOGIN)
    };
    for headers in sent(others).await {
        assert_eq!(headers["cookie"], format!("token={TOKEN}; a=1; b=2"));
        assert_eq!(headers["authorization"], LOGIN);
    }
}

#[tokio::test]
async fn the_last_place_is_used() {
    let header = |builder: GroupsClientBuilder| builder.token_cookie().token_header("x-api-key");
    let cookie = |builder: GroupsClientBuilder| builder.token_header("x-api-key").token_cookie();
    assert!(!sent(header).await[0].contains_key("cookie"));
    assert!(!sent(cookie).await[0].contains_key("x-api-key"));
}

#[test]
fn a_token_header_with_another_purpose_is_rejected() {
    let with = |name: &str| builder("https://ai.example.com").token_header(name);
    assert_rejected(with("Authorization"), "remove `token_header()`");
    assert_rejected(with("cookie"), "use `token_cookie()`");
    assert_rejected(with("Host"), "header `host` is reserved");
    assert_rejected(with("sk-a b"), "the name of the token header");
    assert_rejected(
        with("x-api-key").header("X-Api-Key", LOGIN),
        "header `x-api-key` carries the token",
    );
}

#[test]
fn an_added_header_with_the_token_is_rejected() {
    let builder = || builder("https://ai.example.com");
    let authorization = builder().header("authorization", LOGIN);
    assert_rejected(authorization, "`token_header()` or `token_cookie()`");
    for cookies in ["token=1", "a=1; token = 2", "a=1;token"] {
        let builder = builder().token_cookie().header("cookie", cookies);
        assert_rejected(builder, "has a cookie `token`");
    }
    assert!(
        builder()
            .token_cookie()
            .header("cookie", "tokens=1")
            .build()
            .is_ok()
    );
    assert!(builder().header("cookie", "token=1").build().is_ok());
}

#[tokio::test]
async fn an_echo_of_the_token_in_another_place_is_redacted() {
    let server =
        Server::responding(detail(400, &format!("you sent {TOKEN} and hunter2-LOGIN"))).await;
    let places = [
        |builder: GroupsClientBuilder| builder.token_header("x-api-key"),
        |builder: GroupsClientBuilder| builder.token_cookie().header("cookie", "x=1"),
    ];
    for place in places {
        let client = place(server.builder())
            .header("authorization", LOGIN)
            .build()
            .unwrap();
        let error = client.list().await.unwrap_err();
        assert_eq!(error.detail(), Some("you sent [redacted] and [redacted]"));
    }
}
