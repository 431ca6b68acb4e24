//! The kind and the details of the error for each problem on the wire.

use std::{
    error::Error as _,
    time::{Duration, Instant, SystemTime},
};

use http::{Method, StatusCode};
use owui_groups::{Error, ErrorKind, GroupUpdate, NewGroup, OnConflict, Operation, ServerVersion};
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use wiremock::ResponseTemplate;

use crate::{
    broken::{Action, Broken, chunked, cut},
    groups::{GROUP, at, export, group, no_group, not_found, old_group, old_not_found},
    server::{
        NEW, OLD, OLDEST, Server, bad_gateway, builder, crash, detail, html, json as answer, page,
    },
};

/// Checks the kind of the error and the predicates.
#[track_caller]
fn assert_kind(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error:?}");
    assert_eq!(error.is_not_found(), kind == ErrorKind::NotFound);
    assert_eq!(error.is_conflict(), kind == ErrorKind::Conflict);
    assert_eq!(error.is_timeout(), kind == ErrorKind::Timeout);
}

/// The error of `get` if any server sends this response.
async fn failure(answer: ResponseTemplate) -> Error {
    let server = Server::responding(answer).await;
    server.client().get(GROUP).await.unwrap_err()
}

/// The error of `get` if an Open WebUI sends this response.
async fn failure_of_open_webui(answer: ResponseTemplate) -> Error {
    let server = Server::in_turn(NEW, vec![answer]).await;
    server.client().get(GROUP).await.unwrap_err()
}

/// The error of a single attempt of `get` if this happens to the connection.
async fn failure_of(action: Action) -> Error {
    let broken = Broken::doing(vec![action]).await;
    let client = builder(&broken.url())
        .timeout(Duration::from_millis(150))
        .build()
        .unwrap();
    client.get(GROUP).await.unwrap_err()
}

/// An address without a listener, and the socket that reserves it.
fn closed_port() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}

fn update() -> GroupUpdate {
    GroupUpdate::new("g", "")
}

// No response, or a part of one.

#[tokio::test]
async fn a_closed_port_is_no_connection() {
    let (_socket, url) = closed_port();
    let client = builder(&url).build().unwrap();
    let error = client.get(GROUP).await.unwrap_err();
    assert_kind(&error, ErrorKind::Connect);
    assert_eq!((error.status(), error.attempts()), (None, 1));
}

/// *Timeout* means that the request may have been carried out, which is impossible here.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_is_not_accepted_in_time_is_no_connection() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(0).unwrap();
    let address = full.local_addr().unwrap();
    // Fills the queue of pending connections, so that Linux drops further ones.
    let _waiting = TcpStream::connect(address).await.unwrap();
    let client = builder(&format!("http://{address}"))
        .connect_timeout(Duration::from_millis(150))
        .build()
        .unwrap();
    let error = client.get(GROUP).await.unwrap_err();
    assert_kind(&error, ErrorKind::Connect);
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_timeout() {
    let error = failure_of(Action::Hang(String::new())).await;
    assert_kind(&error, ErrorKind::Timeout);
    assert_eq!(error.status(), None);
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_is_a_timeout() {
    let error = failure_of(Action::Hang(cut(&group(0).to_string(), 20))).await;
    assert_kind(&error, ErrorKind::Timeout);
}

#[tokio::test]
async fn an_error_response_that_stops_in_the_middle_is_interrupted_if_its_body_decides() {
    let response = |status: &str, content_type: &str| {
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\n");
        Action::Say(format!(
            "{head}content-length: 90\r\n\r\n{{\"detail\":\"We could"
        ))
    };
    for status in ["400 Bad Request", "401 Unauthorized", "404 Not Found"] {
        let error = failure_of(response(status, "application/json")).await;
        assert_kind(&error, ErrorKind::Interrupted);
        assert!(
            error.source().is_some() && error.status().is_some(),
            "{error}"
        );
        let broken = Broken::doing(vec![response(status, "application/json")]).await;
        let client = builder(&broken.url()).build().unwrap();
        let error = client.create(NewGroup::new("g")).await.unwrap_err();
        assert_kind(&error, ErrorKind::Interrupted);
        assert!(!error.may_have_been_carried_out());
    }
    let error = failure_of(response("403 Forbidden", "application/json")).await;
    assert_kind(&error, ErrorKind::PermissionDenied);
    let error = failure_of(response("401 Unauthorized", "text/plain")).await;
    assert_kind(&error, ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn an_error_response_that_is_cut_is_classified_by_its_beginning() {
    let problem = json!({"loc": ["body"], "msg": "x", "type": "x", "input": "i".repeat(90_000)});
    let own = json!({ "detail": [problem] });
    let not_found = json!({"detail": format!("We could not find{}", " ".repeat(90_000))});
    for (status, body, kind) in [
        (422, own.clone(), ErrorKind::Validation),
        (400, own, ErrorKind::Rejected),
        (404, not_found, ErrorKind::NotFound),
        (
            422,
            json!({"error": "e".repeat(90_000)}),
            ErrorKind::NotOpenWebUi,
        ),
    ] {
        assert_kind(&failure(answer(status, body)).await, kind);
    }
}

#[tokio::test]
async fn the_total_timeout_ends_an_attempt_that_may_take_longer() {
    let broken = Broken::doing(vec![Action::Hang(String::new())]).await;
    let client = builder(&broken.url())
        .total_timeout(Duration::from_millis(150))
        .build()
        .unwrap();
    let started = Instant::now();
    let error = client.get(GROUP).await.unwrap_err();
    assert_kind(&error, ErrorKind::Timeout);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_connection_dropped_before_the_answer_is_an_interruption() {
    let error = failure_of(Action::Say(String::new())).await;
    assert_kind(&error, ErrorKind::Interrupted);
    assert_eq!(error.status(), None);
}

#[tokio::test]
async fn an_answer_shorter_than_announced_is_an_interruption() {
    let error = failure_of(Action::Say(cut(&group(0).to_string(), 20))).await;
    assert_kind(&error, ErrorKind::Interrupted);
}

#[tokio::test]
async fn an_answer_without_its_last_chunk_is_an_interruption() {
    let whole = chunked(&group(0).to_string(), 50);
    let error = failure_of(Action::Say(whole.trim_end_matches("0\r\n\r\n").to_owned())).await;
    assert_kind(&error, ErrorKind::Interrupted);
}

// Authentication and permissions.

#[tokio::test]
async fn a_request_without_a_token_is_unauthenticated() {
    let error = failure(detail(401, "Not authenticated")).await;
    assert_kind(&error, ErrorKind::Unauthenticated);
    assert_eq!(error.detail(), Some("Not authenticated"));
}

#[tokio::test]
async fn a_token_that_means_nothing_is_unauthenticated() {
    assert_kind(
        &failure(detail(401, "401 Unauthorized")).await,
        ErrorKind::Unauthenticated,
    );
}

#[tokio::test]
async fn an_expired_token_is_unauthenticated() {
    let said = "Your session has expired or the token is invalid. Please sign in again.";
    assert_kind(
        &failure(detail(401, said)).await,
        ErrorKind::Unauthenticated,
    );
}

#[tokio::test]
async fn the_login_of_a_proxy_in_front_is_unauthenticated() {
    let nginx = "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n</html>\r\n";
    let error =
        failure(html(401, nginx).insert_header("www-authenticate", "Basic realm=\"x\"")).await;
    assert_kind(&error, ErrorKind::Unauthenticated);
    assert!(error.to_string().contains("proxy"), "{error}");
}

#[tokio::test]
async fn a_user_who_is_no_administrator_is_permission_denied() {
    let said = "You do not have permission to access this resource. \
                Please contact your administrator for assistance.";
    let error = failure(detail(401, said)).await;
    assert_kind(&error, ErrorKind::PermissionDenied);
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn an_api_key_where_they_are_off_is_permission_denied() {
    let error = failure(detail(
        403,
        "Use of API key is not enabled in the environment.",
    ))
    .await;
    assert_kind(&error, ErrorKind::PermissionDenied);
}

// Groups that do not exist.

#[tokio::test]
async fn a_missing_group_is_not_found_although_old_servers_say_401() {
    let error = failure(old_not_found()).await;
    assert_kind(&error, ErrorKind::NotFound);
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn a_missing_group_is_not_found_in_both_wordings_of_new_servers() {
    assert_kind(&failure(not_found()).await, ErrorKind::NotFound);
    assert_kind(&failure(no_group()).await, ErrorKind::NotFound);
}

/// A server that rejects writes with this message, to a group that exists or not.
async fn old_rejecting(wording: &'static str, there: bool) -> Server {
    Server::of(OLD, move |line, _| {
        Some(match line {
            _ if line == at("GET", "/export") => export(&["u1"]),
            _ if line == at("GET", "") && there => answer(200, old_group(1)),
            _ if line == at("GET", "") => old_not_found(),
            _ if line.starts_with("POST ") => detail(400, wording),
            _ => return None,
        })
    })
    .await
}

#[tokio::test]
async fn updating_a_missing_group_is_not_found_although_old_servers_say_400() {
    let server = old_rejecting("[ERROR: Error updating group]", false).await;
    let error = server.client().update(GROUP, update()).await.unwrap_err();
    assert_kind(&error, ErrorKind::NotFound);
    assert_eq!(error.operation(), Some(Operation::UpdateGroup));
    assert_eq!(server.sent().await, [at("POST", "/update"), at("GET", "")]);
}

#[tokio::test]
async fn updating_a_missing_group_is_not_found_when_the_wording_is_doubled() {
    let server = old_rejecting("[ERROR: 400: [ERROR: Error updating group]]", false).await;
    let error = server.client().update(GROUP, update()).await.unwrap_err();
    assert_kind(&error, ErrorKind::NotFound);
}

#[tokio::test]
async fn the_same_wording_is_a_rejection_when_the_group_is_there() {
    let server = old_rejecting("[ERROR: Error updating group]", true).await;
    let error = server.client().update(GROUP, update()).await.unwrap_err();
    assert_kind(&error, ErrorKind::Rejected);
    assert_eq!(error.detail(), Some("[ERROR: Error updating group]"));
}

#[tokio::test]
async fn adding_to_a_group_that_was_just_deleted_is_not_found() {
    let server = old_rejecting("[ERROR: 400: [ERROR: Error adding users to group]]", false).await;
    let error = server
        .client()
        .add_members(GROUP, ["u2"])
        .await
        .unwrap_err();
    assert_kind(&error, ErrorKind::NotFound);
    assert_eq!(error.operation(), Some(Operation::AddGroupMembers));
}

#[tokio::test]
async fn removing_from_a_group_that_was_just_deleted_is_not_found() {
    let server = old_rejecting("[ERROR: Error removing users from group]", false).await;
    let error = server
        .client()
        .remove_members(GROUP, ["u1"])
        .await
        .unwrap_err();
    assert_kind(&error, ErrorKind::NotFound);
    assert_eq!(error.operation(), Some(Operation::RemoveGroupMembers));
}

// Requests that the server understands and rejects.

#[tokio::test]
async fn a_parent_below_the_group_is_rejected_without_another_look() {
    let said = "A group cannot be its own parent or a descendant of itself.";
    let server = Server::in_turn(NEW, vec![detail(400, said)]).await;
    let error = server
        .client()
        .update(GROUP, update().parent(GROUP))
        .await
        .unwrap_err();
    assert_kind(&error, ErrorKind::Rejected);
    assert_eq!(error.detail(), Some(said));
    assert_eq!(
        server.sent().await,
        ["GET /api/version".to_owned(), at("POST", "/update")]
    );
}

#[tokio::test]
async fn a_parent_that_does_not_exist_is_rejected_and_not_a_missing_group() {
    let server = Server::in_turn(NEW, vec![detail(404, "Parent group not found.")]).await;
    let error = server
        .client()
        .create(NewGroup::new("g").parent("nope"))
        .await
        .unwrap_err();
    assert_kind(&error, ErrorKind::Rejected);
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn a_body_too_large_for_the_proxy_is_rejected() {
    let nginx = "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n</html>\r\n";
    let server = Server::responding(html(413, nginx)).await;
    let error = server.client().update(GROUP, update()).await.unwrap_err();
    assert_kind(&error, ErrorKind::Rejected);
}

#[tokio::test]
async fn invalid_fields_are_named_by_their_path_with_positions() {
    let problems = json!({"detail": [
        {"type": "string_type", "loc": ["body", "user_ids", 1],
         "msg": "Input should be a valid string", "input": 7},
        {"type": "missing", "loc": ["body", "description"],
         "msg": "Field required", "input": {"name": 5}},
    ]});
    let server = Server::in_turn(NEW, vec![export::<&str>(&[]), answer(422, problems)]).await;
    let error = server
        .client()
        .add_members(GROUP, ["u1", "u2"])
        .await
        .unwrap_err();
    assert_kind(&error, ErrorKind::Validation);
    let shown: Vec<_> = error
        .field_errors()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown,
        [
            "body.user_ids.1: Input should be a valid string",
            "body.description: Field required"
        ]
    );
    assert_eq!(error.detail(), None);
}

#[tokio::test]
async fn a_422_of_an_old_server_is_read_without_its_input() {
    let problems = json!({"detail": [
        {"loc": ["body", "data"], "msg": "value is not a valid dict", "type": "type_error.dict"},
    ]});
    let error = failure(answer(422, problems)).await;
    assert_kind(&error, ErrorKind::Validation);
    assert_eq!(error.field_errors()[0].path, "body.data");
}

// Servers that are too old, or are not an Open WebUI.

#[track_caller]
fn assert_missing(error: &Error, operation: Operation, server: &str, required: ServerVersion) {
    assert_kind(error, ErrorKind::UnsupportedVersion);
    assert_eq!(error.operation(), Some(operation));
    assert_eq!(error.server_version().unwrap().to_string(), server);
    assert_eq!(error.required_version(), Some(required));
    let shown = error.to_string();
    assert!(
        shown.contains(server) && shown.contains(&required.to_string()),
        "{shown}"
    );
}

#[tokio::test]
async fn info_on_a_server_before_0_8_is_a_missing_endpoint() {
    let server = Server::of(OLDEST, |_, _| None).await;
    let error = server.client().info(GROUP).await.unwrap_err();
    assert_missing(
        &error,
        Operation::GetGroupInfo,
        OLDEST,
        ServerVersion::new(0, 8, 0),
    );
}

#[tokio::test]
async fn preview_on_a_server_before_0_9_6_is_a_missing_endpoint() {
    let server = Server::of(OLDEST, |_, _| None).await;
    let error = server.client().preview(GROUP).await.unwrap_err();
    assert_missing(
        &error,
        Operation::PreviewGroup,
        OLDEST,
        ServerVersion::new(0, 9, 6),
    );
}

#[tokio::test]
async fn inherited_members_on_a_server_before_0_12_are_a_missing_endpoint() {
    let server = Server::of(OLD, |_, _| None).await;
    let error = server
        .client()
        .members(GROUP)
        .inherited()
        .page(1)
        .await
        .unwrap_err();
    assert_missing(
        &error,
        Operation::ListGroupMembers,
        OLD,
        ServerVersion::new(0, 12, 0),
    );
}

#[tokio::test]
async fn a_page_for_an_endpoint_that_the_version_has_is_not_open_webui() {
    let server = Server::of(NEW, |_, _| None).await;
    let error = server.client().preview(GROUP).await.unwrap_err();
    assert_kind(&error, ErrorKind::NotOpenWebUi);
}

#[tokio::test]
async fn pages_for_everything_are_not_open_webui_even_where_an_old_server_has_one() {
    let server = Server::responding(page()).await;
    let error = server.client().preview(GROUP).await.unwrap_err();
    assert_kind(&error, ErrorKind::NotOpenWebUi);
    assert_eq!(error.server_version(), None);
}

#[tokio::test]
async fn a_web_page_is_not_open_webui_and_its_markup_is_not_shown() {
    let error = failure(page()).await;
    assert_kind(&error, ErrorKind::NotOpenWebUi);
    assert_eq!(
        (error.status(), error.detail()),
        (Some(StatusCode::OK), None)
    );
    assert!(error.to_string().contains("base URL"), "{error}");
}

#[tokio::test]
async fn a_page_of_an_unknown_method_is_not_open_webui() {
    let error = failure(detail(405, "Method Not Allowed")).await;
    assert_kind(&error, ErrorKind::NotOpenWebUi);
    assert_eq!(error.status(), Some(StatusCode::METHOD_NOT_ALLOWED));
}

#[tokio::test]
async fn a_path_that_another_fastapi_program_lacks_is_not_open_webui() {
    assert_kind(
        &failure(detail(404, "Not Found")).await,
        ErrorKind::NotOpenWebUi,
    );
}

/// The format of Express, Spring or an API gateway.
#[tokio::test]
async fn a_path_that_another_program_lacks_is_not_open_webui() {
    let error = failure(answer(404, json!({"error": "no such route"}))).await;
    assert_kind(&error, ErrorKind::NotOpenWebUi);
}

#[tokio::test]
async fn a_404_for_the_list_of_groups_is_no_missing_group() {
    let server = Server::responding(detail(404, "Item not found")).await;
    let error = server.client().list().await.unwrap_err();
    assert_kind(&error, ErrorKind::NotOpenWebUi);
}

#[tokio::test]
async fn a_404_of_a_web_server_is_not_open_webui_and_keeps_its_status() {
    let nginx = "<html>\r\n<head><title>404 Not Found</title></head>\r\n</html>\r\n";
    let error = failure(html(404, nginx)).await;
    assert_kind(&error, ErrorKind::NotOpenWebUi);
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn a_version_of_another_program_is_not_open_webui() {
    let server = Server::responding(answer(200, json!({"hello": 1}))).await;
    let error = server.client().server_version().await.unwrap_err();
    assert_kind(&error, ErrorKind::NotOpenWebUi);
    assert_eq!(error.path(), Some("/api/version"));
}

/// *Invalid input* would mean that the input is wrong and nothing was sent.
#[tokio::test]
async fn a_version_that_is_none_is_a_decode_error() {
    let server = Server::responding(answer(200, json!({"version": "latest"}))).await;
    let error = server.client().server_version().await.unwrap_err();
    assert_kind(&error, ErrorKind::Decode);
}

#[tokio::test]
async fn a_version_that_could_not_be_had_knows_its_request() {
    let server = Server::responding(answer(200, json!({"hello": 1}))).await;
    let error = server.client().server_version().await.unwrap_err();
    assert_eq!((error.method(), error.attempts()), (Some(&Method::GET), 1));
}

#[tokio::test]
async fn a_redirect_to_a_sign_in_is_not_open_webui_and_says_where_to() {
    let target = "https://login.example.com/oauth2/start?rd=%2Fapi&state=s3cr3t";
    let redirect = ResponseTemplate::new(302).insert_header("location", target);
    let server = Server::responding(redirect).await;
    let client = server.builder().build().unwrap();
    let error = client.get(GROUP).await.unwrap_err();
    assert_kind(&error, ErrorKind::NotOpenWebUi);
    let shown = error.to_string();
    assert!(
        shown.contains("https://login.example.com/oauth2/start"),
        "{shown}"
    );
    assert!(!shown.contains("s3cr3t"), "{shown}");
}

// Limits of size and rate, and server errors.

#[tokio::test]
async fn too_many_requests_tell_how_many_seconds_to_wait() {
    let answer = detail(429, "Too Many Requests").insert_header("retry-after", "17");
    let error = failure(answer).await;
    assert_kind(&error, ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
}

#[tokio::test]
async fn too_many_requests_tell_until_when_to_wait() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(90));
    let error = failure(html(429, "slow down").insert_header("retry-after", date)).await;
    assert_kind(&error, ErrorKind::RateLimited);
    let wait = error.retry_after().unwrap().as_secs();
    assert!((60..=90).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_crash_is_the_servers_failure_and_its_text_the_detail() {
    let server = Server::responding(crash()).await;
    let error = server.client().list().await.unwrap_err();
    assert_kind(&error, ErrorKind::Server);
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(error.detail(), Some("Internal Server Error"));
}

#[tokio::test]
async fn the_page_of_a_proxy_whose_server_is_gone_is_a_server_failure_without_its_markup() {
    let error = failure(bad_gateway()).await;
    assert_kind(&error, ErrorKind::Server);
    assert_eq!(
        (error.status(), error.detail()),
        (Some(StatusCode::BAD_GATEWAY), None)
    );
}

#[tokio::test]
async fn an_answer_announced_as_too_large_is_not_read() {
    // Only the beginning is sent, so waiting for the rest would be a timeout.
    let broken = Broken::doing(vec![Action::Hang(cut(&"x".repeat(5000), 10))]).await;
    let client = builder(&broken.url()).response_limit(4999).build().unwrap();
    let error = client.get(GROUP).await.unwrap_err();
    assert_kind(&error, ErrorKind::ResponseTooLarge);
    assert_eq!(
        (error.status(), error.attempts()),
        (Some(StatusCode::OK), 1)
    );
    assert!(error.to_string().contains("4999"), "{error}");
}

#[tokio::test]
async fn an_answer_that_turns_out_too_large_is_not_read_on() {
    let endless = chunked(&"x".repeat(5000), 1000)
        .trim_end_matches("0\r\n\r\n")
        .to_owned();
    let broken = Broken::doing(vec![Action::Hang(endless)]).await;
    let client = builder(&broken.url()).response_limit(4999).build().unwrap();
    assert_kind(
        &client.get(GROUP).await.unwrap_err(),
        ErrorKind::ResponseTooLarge,
    );
}

#[tokio::test]
async fn an_answer_as_large_as_the_limit_is_accepted() {
    let body = group(0).to_string();
    let broken = Broken::doing(vec![
        Action::Say(cut(&body, body.len())),
        Action::Say(chunked(&body, 7)),
    ])
    .await;
    let client = builder(&broken.url())
        .response_limit(body.len())
        .build()
        .unwrap();
    assert_eq!(client.get(GROUP).await.unwrap().name, "g");
    assert_eq!(client.get(GROUP).await.unwrap().name, "g");
}

#[tokio::test]
async fn a_failure_without_end_is_not_read_to_its_end() {
    let endless = chunked(&"x".repeat(80_000), 8_000).replace("200 OK", "500 Oh");
    let endless = endless.trim_end_matches("0\r\n\r\n").to_owned();
    let broken = Broken::doing(vec![Action::Hang(endless)]).await;
    let client = builder(&broken.url()).build().unwrap();
    let error = client.get(GROUP).await.unwrap_err();
    assert_kind(&error, ErrorKind::Server);
    assert_eq!(error.detail().unwrap().chars().count(), 501);
}

#[tokio::test]
async fn json_of_another_program_is_not_open_webui() {
    let error = failure(answer(200, json!({"hello": 1}))).await;
    assert_kind(&error, ErrorKind::NotOpenWebUi);
    assert_eq!(error.status(), Some(StatusCode::OK));
}

#[tokio::test]
async fn json_of_another_shape_is_a_decode_error_and_shown() {
    let error = failure_of_open_webui(answer(200, json!({"hello": 1}))).await;
    assert_kind(&error, ErrorKind::Decode);
    assert_eq!(error.status(), Some(StatusCode::OK));
    assert_eq!(error.detail(), Some(r#"{"hello":1}"#));
}

#[tokio::test]
async fn a_list_for_an_object_and_an_object_for_a_list_are_decode_errors() {
    assert_kind(
        &failure_of_open_webui(answer(200, json!([]))).await,
        ErrorKind::Decode,
    );
    let server = Server::in_turn(NEW, vec![answer(200, group(0))]).await;
    assert_kind(
        &server.client().list().await.unwrap_err(),
        ErrorKind::Decode,
    );
}

#[tokio::test]
async fn null_for_a_group_is_a_decode_error() {
    assert_kind(
        &failure_of_open_webui(answer(200, json!(null))).await,
        ErrorKind::Decode,
    );
}

#[tokio::test]
async fn a_success_whose_json_is_empty_or_cut_is_a_decode_error() {
    for body in ["", "{\"id\": "] {
        let cut = ResponseTemplate::new(200).set_body_raw(body, "application/json");
        assert_kind(&failure_of_open_webui(cut).await, ErrorKind::Decode);
    }
}

#[tokio::test]
async fn what_is_a_decode_error_is_named_by_its_path_and_shown_in_part() {
    let mut second = group(0);
    second["created_at"] = json!("yesterday");
    second["description"] = json!("x".repeat(10_000));
    let server = Server::in_turn(NEW, vec![answer(200, json!([group(0), second]))]).await;
    let error = server.client().list().await.unwrap_err();
    assert_kind(&error, ErrorKind::Decode);
    assert!(error.to_string().contains("`[1].created_at`"), "{error}");
    assert!(error.to_string().chars().count() < 700, "{error}");
}

#[tokio::test]
async fn what_is_a_decode_error_knows_its_request() {
    let error = failure_of_open_webui(answer(200, json!({"hello": 1}))).await;
    assert_eq!(error.method(), Some(&Method::GET));
    assert_eq!(error.path(), Some(at("", "").trim()));
    assert_eq!(error.attempts(), 1);
}

// Errors that require several requests.

#[tokio::test]
async fn a_group_that_others_change_during_an_edit_is_a_conflict() {
    let mut changed = group(0);
    changed["description"] = json!("somebody else's");
    let server = Server::in_turn(NEW, vec![answer(200, group(0)), answer(200, changed)]).await;
    let client = server.client();
    let edit = client.edit(GROUP, |group| {
        group.set_name("mine");
    });
    let error = edit.on_conflict(OnConflict::Fail).await.unwrap_err();
    assert_kind(&error, ErrorKind::Conflict);
}

#[tokio::test]
async fn a_name_that_several_groups_have_is_ambiguous() {
    let mut other = group(0);
    other["id"] = json!("other");
    let server = Server::responding(answer(200, json!([group(0), other]))).await;
    let error = server.client().find_by_name("g").await.unwrap_err();
    assert_kind(&error, ErrorKind::Ambiguous);
    assert!(error.to_string().contains(GROUP), "{error}");
}

// Contents of errors.

#[tokio::test]
async fn a_rejection_knows_its_operation_request_status_detail_and_attempts() {
    let server = Server::responding(detail(400, "no")).await;
    let error = server.client().update(GROUP, update()).await.unwrap_err();
    assert_eq!(error.operation(), Some(Operation::UpdateGroup));
    assert_eq!(error.method(), Some(&Method::POST));
    assert_eq!(error.path(), Some(at("", "/update").trim()));
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(error.detail(), Some("no"));
    assert_eq!(error.group_id(), Some(GROUP));
    assert_eq!(error.attempts(), 1);
    assert_eq!(
        error.to_string(),
        "update_group: the server rejected the request (HTTP 400): no"
    );
}

#[tokio::test]
async fn a_transport_failure_has_its_cause_as_source_and_does_not_repeat_it() {
    let (_socket, url) = closed_port();
    let closed = builder(&url).build().unwrap();
    let failures = [
        closed.get(GROUP).await.unwrap_err(),
        failure_of(Action::Hang(String::new())).await,
        failure_of(Action::Say(String::new())).await,
        failure_of(Action::Say(cut(&group(0).to_string(), 20))).await,
        failure(answer(200, json!([]))).await,
    ];
    for error in failures {
        let source = error.source().expect("a cause").to_string();
        let shown = error.to_string();
        assert!(!shown.contains(&source), "{shown:?} repeats {source:?}");
    }
}

#[tokio::test]
async fn the_message_is_one_line_whatever_the_server_says() {
    let said = "line one\r\nline two\u{1b}[31m red\0";
    for answer in [
        detail(400, said),
        ResponseTemplate::new(500).set_body_string(said),
        answer(422, json!({"detail": [{"loc": ["a\nb"], "msg": said}]})),
        answer(200, json!({"said": said})),
    ] {
        let shown = failure(answer).await.to_string();
        assert!(!shown.contains(char::is_control), "{shown:?}");
    }
}

#[tokio::test]
async fn the_detail_of_a_rejection_is_bounded() {
    let error = failure(detail(400, &"ü".repeat(100_000))).await;
    assert_eq!(error.detail().unwrap().chars().count(), 501);
}

#[tokio::test]
async fn at_most_20_problems_are_retained_and_the_rest_is_counted() {
    for (count, retained) in [(20, 20), (21, 21), (3_000, 21)] {
        let problems = vec![json!({"loc": [], "msg": ""}); count];
        let server = Server::responding(answer(422, json!({"detail": problems}))).await;
        let add = |builder: owui_groups::GroupsClientBuilder, number| {
            let value = format!("a value of a header, {number}");
            builder.header(format!("x-{number}"), value)
        };
        let client = (0..80).fold(server.builder(), add).build().unwrap();
        let error = client.list().await.unwrap_err();
        assert_kind(&error, ErrorKind::Validation);
        assert_eq!(error.field_errors().len(), retained);
        let last = error.field_errors().last().unwrap().to_string();
        match count {
            20 => assert_eq!(last, ": "),
            21 => assert_eq!(last, "…: 1 more field error"),
            _ => assert_eq!(last, "…: 2980 more field errors"),
        }
        assert!(error.to_string().len() < 300, "{error}");
    }
}

#[tokio::test]
async fn ids_of_groups_are_few_short_redacted_and_without_control_characters_in_a_message() {
    let server = Server::of(NEW, |line, _| {
        let groups: Vec<_> = (0..200)
            .map(|number| {
                let mut group = group(0);
                let echo = crate::server::TOKEN;
                group["id"] = json!(format!("{number}\u{1b}[31m{echo}{}", "x".repeat(10_000)));
                group
            })
            .collect();
        (line == "GET /api/v1/groups/").then(|| answer(200, json!(groups)))
    })
    .await;
    let client = server.client();
    let find = client.find_by_name("g").await.unwrap_err();
    let get_or_create = client.get_or_create(NewGroup::new("g")).await.unwrap_err();
    for error in [find, get_or_create] {
        assert_kind(&error, ErrorKind::Ambiguous);
        let text = error.to_string();
        assert!(text.len() < 3_000, "{} bytes", text.len());
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert!(
            text.starts_with(
                "200 groups have the name `g`; use one of their IDs: 0\\u{1b}[31m[redacted]xxx"
            ),
            "{text}"
        );
        assert!(
            text.contains(", 4\\u{1b}[31m[redacted]xxx") && !text.contains(", 5 ["),
            "{text}"
        );
        assert!(text.ends_with(", …"), "{text}");
    }
}
