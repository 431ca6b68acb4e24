//! Changes that proxies and gateways make to the server's responses.

use http::StatusCode;
use owui_groups::{Error, ErrorKind, GroupUpdate, GroupsClient, NewGroup, Result};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{
    broken::{Action, Broken},
    groups::{GROUP, at, export, group},
    server::{NEW, Server, builder, detail, html, json as answer, page, quick},
};

const CREATE: &str = "POST /api/v1/groups/create";

/// The error of a create with this response, and the total number of requests.
async fn create_error(response: ResponseTemplate) -> (Error, Vec<String>) {
    let server = Server::in_turn(NEW, vec![response]).await;
    let client = server.retrying_client();
    let error = client.create(NewGroup::new("g")).await.unwrap_err();
    let sent = server.sent().await;
    let creates = sent.iter().filter(|line| *line == CREATE);
    assert_eq!(creates.count(), 1, "{sent:?}");
    (error, sent)
}

async fn error_of_get(response: ResponseTemplate) -> Error {
    let server = Server::in_turn(NEW, vec![response]).await;
    server.client().get(GROUP).await.unwrap_err()
}

// Denied access.

#[tokio::test]
async fn the_denial_of_a_gateway_is_not_blamed_on_the_token() {
    for body in [
        json!({"message": "Unauthorized"}),
        json!({"message": "Forbidden"}),
        json!({"error": "invalid_token"}),
        json!({"error": {"code": 16, "message": "no"}}),
        json!({"detail": {"code": 1}}),
        json!({"detail": null}),
        json!("Forbidden"),
    ] {
        for (status, kind) in [
            (401, ErrorKind::Unauthenticated),
            (403, ErrorKind::PermissionDenied),
        ] {
            let error = error_of_get(answer(status, body.clone())).await;
            assert_eq!(error.kind(), kind);
            let shown = error.to_string();
            assert!(
                shown.contains("proxy") && !shown.contains("the token"),
                "{shown}"
            );
        }
    }
}

#[tokio::test]
async fn the_denial_of_the_server_is_not_blamed_on_a_proxy() {
    for status in [401, 403] {
        let error = error_of_get(detail(status, "Not authenticated")).await;
        assert!(!error.to_string().contains("proxy"), "{error}");
    }
}

// Content codings.

#[tokio::test]
async fn every_request_accepts_responses_without_a_coding_only() {
    let server = Server::of(NEW, |line, _| {
        (line != "GET /api/version").then(|| answer(200, json!([])))
    })
    .await;
    let own = server.builder().build().unwrap();
    for client in [server.client(), own] {
        client.server_version().await.unwrap();
        client.list().await.unwrap();
    }
    for request in server.requests().await {
        assert_eq!(request.headers["accept-encoding"], "identity");
    }
}

fn encoded(status: u16, coding: &str) -> ResponseTemplate {
    let body = [0x1f, 0x8b, 0x08, 0x00, 0xff];
    ResponseTemplate::new(status)
        .set_body_raw(body, "application/json")
        .insert_header("content-encoding", coding)
}

#[tokio::test]
async fn a_compressed_response_is_named_and_the_change_may_have_been_carried_out() {
    for coding in ["gzip", "br", "zstd", "deflate", "gzip, br", "x-unknown"] {
        let (error, _) = create_error(encoded(200, coding)).await;
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.may_have_been_carried_out());
        let shown = error.to_string();
        assert!(
            shown.contains(&format!("`content-encoding` `{coding}`")),
            "{shown}"
        );
        assert!(!shown.contains('\u{fffd}'), "{shown}");
    }
}

#[tokio::test]
async fn the_coding_of_an_error_is_named_and_its_status_decides() {
    for (status, kind) in [
        (401, ErrorKind::Unauthenticated),
        (403, ErrorKind::PermissionDenied),
        (404, ErrorKind::NotOpenWebUi),
        (500, ErrorKind::Server),
        (502, ErrorKind::Server),
        (429, ErrorKind::RateLimited),
    ] {
        let error = error_of_get(encoded(status, "gzip")).await;
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains("gzip"), "{error}");
    }
}

#[tokio::test]
async fn the_coding_of_the_version_is_named() {
    let server = Server::responding(encoded(200, "gzip")).await;
    let error = server.client().server_version().await.unwrap_err();
    assert!(error.to_string().contains("gzip"), "{error}");
}

#[tokio::test]
async fn identity_is_no_coding() {
    let response = answer(200, group(0)).insert_header("content-encoding", "identity");
    let server = Server::in_turn(NEW, vec![response]).await;
    server.client().get(GROUP).await.unwrap();
}

// Responses with status 200 that are not a success.

#[tokio::test]
async fn an_unexpected_success_of_a_write_may_have_been_carried_out() {
    for (response, kind) in [
        (answer(201, group(0)), ErrorKind::Decode),
        (answer(202, json!({})), ErrorKind::Decode),
        (answer(200, json!({"ok": true})), ErrorKind::Decode),
        (answer(200, json!(null)), ErrorKind::Decode),
        (ResponseTemplate::new(204), ErrorKind::Decode),
        (ResponseTemplate::new(205), ErrorKind::Decode),
        (ResponseTemplate::new(200), ErrorKind::Decode),
        (
            ResponseTemplate::new(200).set_body_raw("", "application/json"),
            ErrorKind::Decode,
        ),
        (
            ResponseTemplate::new(200).set_body_string("OK"),
            ErrorKind::NotOpenWebUi,
        ),
        (page(), ErrorKind::NotOpenWebUi),
    ] {
        let (error, sent) = create_error(response).await;
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.may_have_been_carried_out(), "{error}");
        assert!(
            error
                .to_string()
                .ends_with("the change may have been carried out"),
            "{error}"
        );
        assert!(!error.is_retryable());
        assert!(sent.len() <= 2, "{sent:?}");
    }
}

#[tokio::test]
async fn an_error_after_a_write_was_sent_may_have_been_carried_out() {
    for (response, expected) in [
        (detail(500, "Internal Server Error"), true),
        (html(502, ""), true),
        (html(504, ""), true),
        (html(524, ""), true),
        (
            ResponseTemplate::new(303).insert_header("location", "/login"),
            true,
        ),
        (detail(400, "no"), false),
        (detail(401, "Not authenticated"), false),
        (answer(403, json!({"message": "Forbidden"})), false),
        (html(404, ""), false),
        (detail(405, "Method Not Allowed"), false),
        (detail(429, "Too Many Requests"), false),
    ] {
        let server = Server::in_turn(NEW, vec![response]).await;
        let client = server.client();
        let create = client.create(NewGroup::new("g")).await.map(drop);
        let update = client
            .update(GROUP, GroupUpdate::new("g", ""))
            .await
            .map(drop);
        let delete = client.delete(GROUP).await;
        for outcome in [create, update, delete] {
            let error = outcome.unwrap_err();
            assert_eq!(error.may_have_been_carried_out(), expected, "{error}");
        }
        let read = client.get(GROUP).await.unwrap_err();
        assert!(!read.may_have_been_carried_out(), "{read}");
    }
}

#[tokio::test]
async fn members_that_were_added_before_an_error_may_have_been_carried_out() {
    let added = answer(200, group(1));
    let server = Server::in_turn(NEW, vec![export::<&str>(&[]), added, html(403, "")]).await;
    let error = server.client().add_members(GROUP, ["a"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.membership_change().is_some());
}

// Servers that the gateway cannot reach.

#[tokio::test]
async fn a_gateway_that_does_not_reach_the_server_is_asked_again() {
    for status in [502, 503, 504, 520, 521, 522, 523, 524, 530] {
        let server = Server::in_turn(NEW, vec![html(status, ""), answer(200, group(0))]).await;
        server.retrying_client().get(GROUP).await.unwrap();
        assert_eq!(server.sent().await.len(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_respond_to_its_gateway_in_time_is_a_timeout() {
    for status in [504, 524] {
        let error = error_of_get(html(status, "")).await;
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(error.is_timeout() && error.is_retryable());
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
    for status in [500, 505, 520, 525, 526, 530, 599] {
        let error = error_of_get(html(status, "")).await;
        assert_eq!(error.kind(), ErrorKind::Server, "{error}");
    }
}

// Redirects that a caller's own HTTP client follows.

/// A server that redirects writes to a path where a GET returns a group, and a client that follows
/// redirects.
async fn redirecting(status: u16) -> (Server, GroupsClient) {
    let server = Server::of(NEW, move |line, _| match line {
        "GET /api/version" => None,
        "GET /elsewhere" | "POST /elsewhere" | "DELETE /elsewhere" => Some(answer(200, group(0))),
        _ => Some(ResponseTemplate::new(status).insert_header("location", "/elsewhere?secret=1")),
    })
    .await;
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .redirect(Policy::limited(5));
    let client = builder(&server.url())
        .retry_policy(quick())
        .http_client(http.build().unwrap());
    let client = client.build().unwrap();
    (server, client)
}

#[tokio::test]
async fn a_write_that_was_redirected_is_an_error() {
    fn kind<T>(outcome: Result<T>) -> (ErrorKind, bool, String) {
        let error = outcome.err().unwrap();
        let maybe = error.may_have_been_carried_out();
        (error.kind(), maybe, error.to_string())
    }
    for status in [301, 302, 303, 307, 308] {
        let (server, client) = redirecting(status).await;
        let create = kind(client.create(NewGroup::new("g")).await);
        let update = kind(client.update(GROUP, GroupUpdate::new("g", "")).await);
        let delete = kind(client.delete(GROUP).await);
        for (kind, may_have_been_carried_out, shown) in [create, update, delete] {
            assert_eq!(kind, ErrorKind::NotOpenWebUi, "{status}: {shown}");
            assert!(may_have_been_carried_out);
            assert!(
                shown.contains(&format!("{}/elsewhere;", server.url())),
                "{shown}"
            );
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_read_follows_redirects_as_the_ready_made_client_does() {
    let (server, client) = redirecting(302).await;
    let read: Value = serde_json::to_value(client.get(GROUP).await.unwrap()).unwrap();
    assert_eq!(read["id"], GROUP);
    assert_eq!(
        server.sent().await,
        [at("GET", ""), "GET /elsewhere".to_owned()]
    );
}

#[tokio::test]
async fn a_group_id_that_is_the_token_is_not_in_an_error() {
    let server = Server::responding(detail(404, "Group not found.")).await;
    let error = server.client().get(crate::server::TOKEN).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.path(), Some("/api/v1/groups/id/[redacted]"));
    assert_eq!(error.group_id(), Some("[redacted]"));
    assert!(!format!("{error:?}").contains(crate::server::TOKEN));
}

/// The error does not show that a redirect led to the address, and the server received the first
/// request.
#[tokio::test]
async fn a_write_that_is_redirected_to_a_dead_address_is_sent_once() {
    for target in ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "ftp://x/"] {
        let server = Server::of(NEW, move |line, _| {
            let redirect = ResponseTemplate::new(303).insert_header("location", target);
            (line == CREATE).then_some(redirect)
        })
        .await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let builder = builder(&server.url()).retry_policy(quick());
        let client = builder.http_client(http).build().unwrap();
        let error = client.create(NewGroup::new("g")).await.unwrap_err();
        assert!(error.may_have_been_carried_out(), "{error}");
        assert!(!error.is_retryable());
        assert_eq!(server.sent().await, [CREATE]);
    }
}

#[tokio::test]
async fn an_update_whose_first_attempt_was_lost_may_have_been_carried_out() {
    for last in [
        detail(429, "wait"),
        detail(401, "Not authenticated"),
        detail(400, "no"),
    ] {
        let server = Server::in_turn(NEW, vec![html(502, ""), last]).await;
        let client = server.retrying_client();
        let error = client
            .update(GROUP, GroupUpdate::new("g", ""))
            .await
            .unwrap_err();
        assert!(error.may_have_been_carried_out(), "{error}");
    }
}

#[tokio::test]
async fn every_header_with_a_coding_counts_and_a_redirect_is_one_all_the_same() {
    let twice = encoded(200, "identity").append_header("content-encoding", "gzip");
    assert!(error_of_get(twice).await.to_string().contains("gzip"));
    for none in ["Identity", ""] {
        let response = answer(200, group(0)).insert_header("content-encoding", none);
        let server = Server::in_turn(NEW, vec![response]).await;
        server.client().get(GROUP).await.unwrap();
    }
    let redirect = encoded(302, "gzip").insert_header("location", "https://login.example.com/");
    let error = error_of_get(redirect).await;
    assert!(error.to_string().contains("login.example.com"), "{error}");
    let limited = encoded(429, "gzip").insert_header("retry-after", "7");
    assert_eq!(
        error_of_get(limited).await.retry_after().unwrap().as_secs(),
        7
    );
}

/// A proxy responds to the request itself for `http`, and to `CONNECT` for `https`.
#[tokio::test]
async fn the_login_of_a_forward_proxy_is_named_and_the_request_is_not_retried() {
    for url in ["http://ai.example.com", "https://ai.example.com"] {
        let required = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        let proxy = Broken::doing(vec![Action::Say(required.to_owned())]).await;
        let client = builder(url)
            .retry_policy(quick())
            .proxy(reqwest::Proxy::all(proxy.url()).unwrap());
        let client = client.build().unwrap();
        let error = client.create(NewGroup::new("g")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        assert!(
            error.to_string().contains("check those set with `proxy()`"),
            "{error}"
        );
        assert!(!error.may_have_been_carried_out());
        assert_eq!(proxy.sent().len(), 1);
    }
}
