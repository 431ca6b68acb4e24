//! Settings for some calls of a client.

use std::time::Duration;

use owui_groups::{CallSettings, ErrorKind, GroupsClientBuilder, NewGroup};
use wiremock::ResponseTemplate;

use crate::{
    groups::{GROUP, group},
    server::{NEW, Server, json, quick},
};

const LATE: Duration = Duration::from_millis(300);

/// A server that delays its responses, except for the one with its version.
async fn slow() -> Server {
    Server::of(NEW, |line, _| {
        (line != "GET /api/version").then(|| json(200, group(0)).set_delay(LATE))
    })
    .await
}

async fn kind_with(builder: GroupsClientBuilder, settings: CallSettings) -> Option<ErrorKind> {
    let client = builder.build().unwrap().with(settings);
    client.get(GROUP).await.err().map(|error| error.kind())
}

#[tokio::test]
async fn another_timeout_is_that_of_each_attempt() {
    let server = slow().await;
    let short = CallSettings::new().timeout(Duration::from_millis(20));
    let kind = kind_with(server.builder(), short.clone()).await;
    assert_eq!(kind, Some(ErrorKind::Timeout));
    let impatient = || server.builder().timeout(Duration::from_millis(20));
    let long = CallSettings::new().timeout(Duration::from_secs(10));
    assert_eq!(kind_with(impatient(), long).await, None);
    let kind = kind_with(impatient(), CallSettings::new()).await;
    assert_eq!(kind, Some(ErrorKind::Timeout));
    let retrying = short.retry_policy(quick());
    let client = server.builder().build().unwrap().with(retrying);
    assert_eq!(client.get(GROUP).await.unwrap_err().attempts(), 3);
}

#[tokio::test]
async fn another_timeout_replaces_that_of_a_ready_made_client() {
    let server = slow().await;
    let impatient = reqwest::Client::builder().timeout(Duration::from_millis(20));
    let ready_made = server.builder().http_client(impatient.build().unwrap());
    let long = CallSettings::new().timeout(Duration::from_secs(10));
    assert_eq!(kind_with(ready_made, long).await, None);
}

#[tokio::test]
async fn a_request_of_the_callers_has_the_other_timeout() {
    let server = slow().await;
    let client = server.builder().build().unwrap();
    let client = client.with(CallSettings::new().timeout(Duration::from_millis(20)));
    let request = client.request(http::Method::GET, "api/v1/users/").unwrap();
    assert!(request.send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn the_other_limits_replace_those_of_the_client() {
    let server = slow().await;
    let short = Duration::from_millis(20);
    let total = CallSettings::new().total_timeout(short);
    let kind = kind_with(server.builder(), total).await;
    assert_eq!(kind, Some(ErrorKind::Timeout));
    let client = server.builder().build().unwrap();
    let client = client.with(CallSettings::new().deadline(short));
    let error = client.add_members(GROUP, ["a"]).await.unwrap_err();
    assert!(error.is_timeout());
}

#[tokio::test]
async fn another_retry_policy_is_that_of_its_calls_alone() {
    let server = Server::responding(ResponseTemplate::new(503)).await;
    let client = server.builder().build().unwrap();
    let retrying = client.with(CallSettings::new().retry_policy(quick()));
    let attempts = |client: owui_groups::GroupsClient| async move {
        client.list().await.unwrap_err().attempts()
    };
    assert_eq!(attempts(retrying.clone()).await, 3);
    assert_eq!(attempts(client).await, 1);
    let inherited = retrying.with(CallSettings::new().timeout(Duration::from_secs(5)));
    assert_eq!(attempts(inherited).await, 3);
}

#[tokio::test]
async fn the_version_is_requested_once_for_all() {
    let server = Server::of(NEW, |line, _| {
        line.starts_with("POST").then(|| json(200, group(0)))
    })
    .await;
    let client = server.builder().build().unwrap();
    let other = client.with(CallSettings::new().timeout(Duration::from_secs(5)));
    for client in [&other, &client, &other] {
        let group = NewGroup::new("g").parent("parent");
        let _ = client.create(group).await;
    }
    let sent = server.sent().await;
    let versions = sent.iter().filter(|line| *line == "GET /api/version");
    assert_eq!(versions.count(), 1, "{sent:?}");
}
