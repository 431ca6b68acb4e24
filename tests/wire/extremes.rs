//! Settings at their limits: an error or a response, and no panic.

use std::{future::Future, time::Duration};

use http::Method;
use owui_groups::{ErrorKind, GroupsClient, GroupsClientBuilder, NewGroup, RetryPolicy};
use serde_json::json;
use tokio::time::timeout;
use wiremock::ResponseTemplate;

use crate::{
    groups::{GROUP, group},
    server::{NEW, Server, TOKEN, json as answer},
};

fn long() -> String {
    "x".repeat(1 << 20)
}

/// Checks that the call ends, with any outcome.
async fn ends<T>(what: &str, future: impl Future<Output = T>) -> T {
    let outcome = timeout(Duration::from_secs(20), future).await;
    outcome.unwrap_or_else(|_| panic!("{what} does not end"))
}

/// Sends a request with the setting if the client can be built.
async fn try_out(what: &str, set: impl Fn(GroupsClientBuilder) -> GroupsClientBuilder) {
    let server = Server::in_turn(NEW, vec![answer(200, json!([]))]).await;
    match set(server.builder()).build() {
        Ok(client) => drop(ends(what, async { client.list().await }).await),
        Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidInput, "{what}: {error}"),
    }
}

#[tokio::test]
async fn too_many_headers_are_an_error() {
    let server = Server::responding(answer(200, json!([]))).await;
    let with = |count: usize| {
        let add = |builder: GroupsClientBuilder, n| builder.header(format!("x-{n}"), "value");
        (0..count).fold(server.builder(), add).build()
    };
    for count in [101, 24_000, 32_768, 40_000] {
        let error = with(count).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("100"), "{error}");
    }
    with(100).unwrap();
    // The server has a limit too.
    with(90).unwrap().list().await.unwrap();
    let headers = &server.requests().await[0].headers;
    assert_eq!(headers["x-89"], "value");
}

#[tokio::test]
async fn one_header_may_be_set_any_number_of_times() {
    let server = Server::responding(answer(200, json!([]))).await;
    let add = |builder: GroupsClientBuilder, n| builder.header("x-same", format!("{n}"));
    let client = (0..40_000).fold(server.builder(), add).build().unwrap();
    client.list().await.unwrap();
    assert_eq!(server.requests().await[0].headers["x-same"], "39999");
}

#[tokio::test]
async fn durations_may_be_as_short_and_as_long_as_they_get() {
    for duration in [
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_secs(u64::MAX),
        Duration::MAX,
    ] {
        let what = format!("{duration:?}");
        try_out(&what, |builder| builder.connect_timeout(duration)).await;
        try_out(&what, |builder| builder.timeout(duration)).await;
        try_out(&what, |builder| builder.total_timeout(duration)).await;
        try_out(&what, |builder| {
            let builder = builder.connect_timeout(duration).timeout(duration);
            builder.total_timeout(duration)
        })
        .await;
    }
}

#[tokio::test]
async fn the_response_limit_may_be_any_number() {
    for limit in [0, 1, usize::MAX - 1, usize::MAX] {
        try_out(&limit.to_string(), |builder| builder.response_limit(limit)).await;
    }
}

#[tokio::test]
async fn texts_may_be_anything() {
    let texts = [
        "", " ", "\0", "\n", "ä", "\u{feff}", "🦀", "a\tb", "\"", "%",
    ];
    let texts: Vec<String> = texts
        .map(str::to_owned)
        .into_iter()
        .chain([long()])
        .collect();
    for text in &texts {
        let what = format!("{:?}", text.get(..4).unwrap_or(text));
        try_out(&what, |builder| builder.user_agent(text)).await;
        try_out(&what, |builder| builder.header(text, "value")).await;
        try_out(&what, |builder| builder.header("x-text", text.as_str())).await;
        let server = Server::responding(answer(200, json!([]))).await;
        let urls = [
            text.clone(),
            format!("{}/{text}", server.url()),
            format!("http://{text}"),
        ];
        for url in urls {
            if let Ok(client) = GroupsClient::new(&url, TOKEN) {
                drop(ends(&what, async { client.list().await }).await);
            }
        }
        if let Ok(client) = GroupsClient::new(&server.url(), text.as_str()) {
            drop(ends(&what, async { client.list().await }).await);
        }
    }
}

#[tokio::test]
async fn arguments_of_calls_may_be_anything() {
    let server = Server::responding(answer(200, group(0))).await;
    let client = server.client();
    for text in ["", "\0", "\n", "ä", "🦀", "%", "&=#", long().as_str()] {
        let what = format!("{:?}", text.get(..4).unwrap_or(text));
        ends(&what, async {
            drop(client.get(text).await);
            drop(client.delete(text).await);
            drop(client.find_by_name(text).await);
            drop(client.create(NewGroup::new(text).description(text)).await);
            drop(client.members(GROUP).search(text).await);
            drop(client.members(GROUP).search(text).page(u64::MAX).await);
            drop(client.add_members(GROUP, [text]).await);
        })
        .await;
    }
}

#[tokio::test]
async fn a_path_of_another_endpoint_may_be_anything() {
    let server = Server::responding(answer(200, json!([]))).await;
    let client = server.client();
    for path in [
        "",
        "/",
        "//",
        "///x",
        ".",
        "..",
        "%2e%2e",
        "\0",
        "\n",
        "ä",
        "🦀",
        "?",
        "#",
        "\\",
        ":",
        "http://elsewhere.example",
        "//elsewhere.example",
        "\u{feff}",
        &long(),
    ] {
        if let Ok(request) = client.request(Method::GET, path) {
            drop(ends(path, request.send()).await);
        }
    }
}

#[tokio::test]
async fn a_retry_policy_may_be_anything() {
    let durations = [
        Duration::ZERO,
        Duration::from_secs(1 << 60),
        Duration::from_secs(u64::MAX),
        Duration::MAX,
    ];
    for first in durations {
        for max in durations {
            for attempts in [0, 1, 2, u32::MAX] {
                let policy = RetryPolicy::default()
                    .first_delay(first)
                    .max_delay(max)
                    .max_attempts(attempts);
                let server = Server::responding(ResponseTemplate::new(503)).await;
                let client = server
                    .builder()
                    .retry_policy(policy)
                    .total_timeout(Duration::from_millis(50))
                    .build()
                    .unwrap();
                let what = format!("{first:?} {max:?} {attempts}");
                ends(&what, async { client.list().await })
                    .await
                    .unwrap_err();
            }
        }
    }
}

#[tokio::test]
async fn the_server_may_ask_for_any_pause() {
    for wait in [
        "18446744073709551615",
        "0",
        "-1",
        "",
        "99999999999999999999999",
    ] {
        let busy = ResponseTemplate::new(429).insert_header("retry-after", wait);
        let server = Server::responding(busy).await;
        let policy = RetryPolicy::default().first_delay(Duration::from_millis(1));
        let client = server.builder().retry_policy(policy).build().unwrap();
        ends(wait, async { client.list().await }).await.unwrap_err();
    }
}
