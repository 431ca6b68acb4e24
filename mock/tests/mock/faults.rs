//! Injected faults, and their effects on the client.

use std::time::{Duration, Instant};

use owui_groups::{ErrorKind, GroupsClient, NewGroup, Operation, RetryPolicy, ServerVersion};
use owui_groups_mock::{Fault, MockServer};
use reqwest::{
    Method, StatusCode,
    header::{self, HeaderValue},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::clients::{client, mock};

fn with_group() -> (MockServer, String) {
    let server = mock();
    let group = server.add_group(NewGroup::new("team")).unwrap();
    (server, group.id)
}

/// A client that makes up to three attempts.
fn retrying_client(server: &MockServer) -> GroupsClient {
    let retry = RetryPolicy::default().first_delay(Duration::from_millis(1));
    let builder = GroupsClient::builder(&server.url(), server.admin_token());
    builder.retry_policy(retry).build().unwrap()
}

#[tokio::test]
async fn a_fault_applies_once_unless_set_otherwise() {
    let (server, id) = with_group();
    server.inject(Fault::status(StatusCode::SERVICE_UNAVAILABLE, "busy"));
    assert_eq!(
        client(&server).get(&id).await.unwrap_err().kind(),
        ErrorKind::Server
    );
    client(&server).get(&id).await.unwrap();
}

#[tokio::test]
async fn a_fault_applies_as_often_as_set() {
    let (server, id) = with_group();
    server.inject(Fault::status(StatusCode::SERVICE_UNAVAILABLE, "busy").times(2));
    let group = retrying_client(&server).get(&id).await.unwrap();
    assert_eq!(group.id, id);
    assert_eq!(server.requests_of(Operation::GetGroup).len(), 3);
}

#[tokio::test]
async fn a_fault_applies_to_the_operation_it_is_for() {
    let (server, id) = with_group();
    server.inject(Fault::status(StatusCode::INTERNAL_SERVER_ERROR, "").on(Operation::DeleteGroup));
    client(&server).get(&id).await.unwrap();
    assert_eq!(
        client(&server).delete(&id).await.unwrap_err().kind(),
        ErrorKind::Server
    );
    assert!(server.group(&id).is_some());
}

#[tokio::test]
async fn faults_apply_in_turn() {
    let (server, id) = with_group();
    server.inject(Fault::json(
        StatusCode::FORBIDDEN,
        &json!({"detail": "first"}),
    ));
    server.inject(Fault::json(
        StatusCode::FORBIDDEN,
        &json!({"detail": "second"}),
    ));
    for turn in ["first", "second"] {
        let error = client(&server).get(&id).await.unwrap_err();
        assert_eq!(error.detail(), Some(turn));
    }
}

#[tokio::test]
async fn no_fault_applies_to_the_version() {
    let server = mock();
    server.inject(Fault::dropped_before());
    client(&server).server_version().await.unwrap();
}

#[tokio::test]
async fn a_delay_is_waited_for() {
    let (server, id) = with_group();
    server.inject(Fault::delay(Duration::from_millis(200)));
    let begin = Instant::now();
    client(&server).get(&id).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_delay_runs_into_a_timeout() {
    let (server, id) = with_group();
    server.inject(Fault::delay(Duration::from_secs(60)));
    let builder = GroupsClient::builder(&server.url(), server.admin_token());
    let builder = builder
        .retry_policy(RetryPolicy::none())
        .timeout(Duration::from_millis(100));
    let error = builder.build().unwrap().get(&id).await.unwrap_err();
    assert!(error.is_timeout());
}

#[tokio::test]
async fn a_page_is_no_group() {
    let (server, id) = with_group();
    server.inject(Fault::html_page());
    assert!(client(&server).get(&id).await.unwrap_err().kind() == ErrorKind::NotOpenWebUi);
}

#[tokio::test]
async fn a_limit_says_how_long_to_wait() {
    let (server, id) = with_group();
    server.inject(Fault::rate_limited(Duration::from_millis(1_500)));
    let error = client(&server).get(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
}

#[tokio::test]
async fn a_response_without_end_is_too_large() {
    let (server, id) = with_group();
    server.inject(Fault::endless_body());
    let error = client(&server).get(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge, "{error:?}");
}

/// The number of groups after a create that this fault interrupted.
async fn groups_after(fault: Fault) -> usize {
    let server = mock();
    server.inject(fault);
    let created = client(&server).create(NewGroup::new("team")).await;
    let error = created.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
    server.groups().len()
}

#[tokio::test]
async fn a_fault_may_let_requests_pass_first() {
    let (server, id) = with_group();
    server.inject(Fault::html_page().after(2));
    for _ in 0..2 {
        client(&server).get(&id).await.unwrap();
    }
    client(&server).get(&id).await.unwrap_err();
    client(&server).get(&id).await.unwrap();
}

#[tokio::test]
async fn a_fault_that_never_applied_is_pending() {
    let (server, id) = with_group();
    server.inject(Fault::html_page().on(Operation::DeleteGroup));
    server.inject(Fault::html_page());
    client(&server).get(&id).await.unwrap_err();
    assert_eq!(server.pending_faults().len(), 1);
    server.clear_faults();
    client(&server).delete(&id).await.unwrap();
}

/// Reads the bytes directly, because the client reports the same error if there is no response at
/// all.
#[tokio::test]
async fn half_a_response_is_half_its_bytes() {
    let (server, id) = with_group();
    server.inject(Fault::truncated_body());
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!(
        "GET /api/v1/groups/id/{id} HTTP/1.1\r\nhost: mock\r\nauthorization: Bearer {}\r\n\r\n",
        server.admin_token()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    let _ = stream.read_to_string(&mut response).await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let whole = format!("content-length: {}", body.len() * 2);
    let longer = format!("content-length: {}", body.len() * 2 + 1);
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(
        !body.is_empty() && (head.contains(&whole) || head.contains(&longer)),
        "{response}"
    );
}

#[tokio::test]
async fn half_a_response_is_interrupted_but_the_work_is_done() {
    assert_eq!(groups_after(Fault::truncated_body()).await, 1);
}

#[tokio::test]
async fn a_connection_dropped_before_leaves_the_work_undone() {
    assert_eq!(groups_after(Fault::dropped_before()).await, 0);
}

#[tokio::test]
async fn a_connection_dropped_after_leaves_the_work_done() {
    assert_eq!(groups_after(Fault::dropped_after()).await, 1);
}

#[tokio::test]
async fn a_dropped_connection_is_recorded_without_a_status() {
    let (server, id) = with_group();
    server.inject(Fault::dropped_before());
    client(&server).get(&id).await.unwrap_err();
    assert_eq!(server.requests()[0].status, None);
}

#[tokio::test]
async fn a_fault_may_set_headers() {
    let (server, id) = with_group();
    let busy = Fault::status(StatusCode::SERVICE_UNAVAILABLE, "busy");
    server.inject(busy.header(header::RETRY_AFTER, HeaderValue::from_static("7")));
    let error = client(&server).get(&id).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let late = Fault::delay(Duration::ZERO);
    server.inject(late.header(header::CONTENT_TYPE, HeaderValue::from_static("text/html")));
    let error = client(&server).get(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOpenWebUi);
}

/// The mock's own responses have CORS headers for any site, even if a fault changes them. A
/// response that replaces them may come from a proxy, which does not send these headers.
#[tokio::test]
async fn a_fault_leaves_the_headers_for_browsers_to_the_response() {
    let (server, id) = with_group();
    for (fault, expected) in [
        (Fault::delay(Duration::ZERO), Some("https://app.example")),
        (Fault::truncated_body(), Some("https://app.example")),
        (Fault::endless_body(), Some("https://app.example")),
        (Fault::html_page(), None),
    ] {
        let shown = format!("{fault:?}");
        server.inject(fault);
        let path = format!("api/v1/groups/id/{id}");
        let request = client(&server).request(Method::GET, &path).unwrap();
        let request = request.header(header::ORIGIN, "https://app.example");
        let response = request.send().await.unwrap();
        let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allowed.map(|it| it.to_str().unwrap()), expected, "{shown}");
    }
}

#[tokio::test]
async fn a_status_that_ends_no_request_becomes_a_failure() {
    let (server, id) = with_group();
    server.inject(Fault::status(StatusCode::CONTINUE, ""));
    let error = client(&server).get(&id).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
}

#[tokio::test]
async fn a_fault_for_the_version_applies_to_nothing_else() {
    let server = mock();
    let body = json!({"version": "0.12.4.1"});
    server.inject(Fault::json(StatusCode::OK, &body).on_version());
    let client = client(&server);
    client.list().await.unwrap();
    assert_eq!(server.pending_faults().len(), 1);
    assert_eq!(
        client.server_version().await.unwrap(),
        ServerVersion::new(0, 12, 4)
    );
    assert!(server.pending_faults().is_empty());
}
