//! The token and the values of added headers are sent to the server, and appear nowhere else.

use std::{
    error::Error as _,
    fmt::Debug,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use owui_groups::{Error, ErrorKind, GroupUpdate, GroupsClient, GroupsClientBuilder};
use serde_json::json;
use tracing_subscriber::fmt::format::FmtSpan;
use wiremock::ResponseTemplate;

use crate::{
    broken::{Action, Broken},
    groups::{GROUP, group},
    server::{NEW, Server, TOKEN, builder, detail, html, json as answer, quick},
};

const HEADER: &str = "x-proxy-login";
const LOGIN: &str = "Basic bWU6aHVudGVyMi1MT0dJTg==";

/// A header value that JSON escapes.
const QUOTED: &str = r#"pass"word\1234"#;

fn with_login(server: &Server) -> GroupsClientBuilder {
    server.builder().header(HEADER, LOGIN)
}

#[track_caller]
fn assert_silent(text: &str) {
    // A part of a secret is secret too. Only the common prefix may be shown.
    for secret in [&TOKEN[3..15], &LOGIN[6..18]] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

/// Everything that a program can print of an error.
fn all_of(error: &Error) -> String {
    let mut all = format!(
        "{error} {error:?} {error:#?} {:?} {:?} {:?}",
        error.detail(),
        error.path(),
        error.field_errors()
    );
    let mut source = error.source();
    while let Some(cause) = source {
        all.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    all
}

/// The error of `list` for a response that repeats the request.
async fn echoed(answer: ResponseTemplate) -> String {
    let server = Server::responding(answer).await;
    let client = with_login(&server).build().unwrap();
    all_of(&client.list().await.unwrap_err())
}

fn echo() -> String {
    format!("you sent Authorization: Bearer {TOKEN} and {HEADER}: {LOGIN}")
}

fn assert_debug_silent(value: &dyn Debug) {
    assert_silent(&format!("{value:?} {value:#?}"));
}

// Where secrets are sent.

#[tokio::test]
async fn the_token_is_sent_as_a_bearer() {
    let server = Server::responding(answer(200, json!([]))).await;
    server.client().list().await.unwrap();
    let headers = &server.requests().await[0].headers;
    assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
}

#[tokio::test]
async fn white_space_around_a_pasted_token_is_not_sent() {
    let server = Server::responding(answer(200, json!([]))).await;
    let client = GroupsClient::new(&server.url(), format!(" {TOKEN}\r\n")).unwrap();
    client.list().await.unwrap();
    let headers = &server.requests().await[0].headers;
    assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
}

#[tokio::test]
async fn added_headers_are_sent_with_every_request() {
    let server = Server::of(NEW, |line, _| {
        (line != "GET /api/version").then(|| answer(200, json!([])))
    })
    .await;
    let client = with_login(&server).build().unwrap();
    client.server_version().await.unwrap();
    client.list().await.unwrap();
    let request = client.request(http::Method::GET, "api/v1/users/").unwrap();
    request.send().await.unwrap();
    for request in server.requests().await {
        assert_eq!(request.headers[HEADER], LOGIN, "{}", request.url);
    }
}

#[tokio::test]
async fn an_added_header_does_not_replace_the_requests_own() {
    for name in ["Authorization", "content-type", "Host"] {
        let builder = builder("https://ai.example.com").header(name, LOGIN);
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(&name.to_lowercase()), "{error}");
        assert!(!format!("{error:?}").contains(LOGIN));
    }
}

#[tokio::test]
async fn nothing_is_sent_to_where_a_redirect_points() {
    let target = Server::responding(answer(200, json!([]))).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{}/login", target.url());
        let redirect = ResponseTemplate::new(status).insert_header("location", location);
        let server = Server::responding(redirect).await;
        let client = with_login(&server).build().unwrap();
        client.list().await.unwrap_err();
        client
            .update(GROUP, GroupUpdate::new("g", ""))
            .await
            .unwrap_err();
    }
    assert_eq!(target.sent().await, [""; 0]);
}

// What errors show of them.

#[tokio::test]
async fn clients_builders_and_requests_do_not_show_secrets() {
    let server = Server::responding(answer(200, json!([]))).await;
    assert_debug_silent(&with_login(&server));
    let client = with_login(&server).build().unwrap();
    assert_debug_silent(&client);
    assert_debug_silent(&client.list());
    assert_debug_silent(&client.members(GROUP));
    assert_debug_silent(&client.request(http::Method::GET, "api/v1/users/").unwrap());
}

#[test]
fn a_login_in_the_address_is_not_shown() {
    let with_login = builder("https://someone:hunter2-LOGIN@ai.example.com");
    let shown = format!("{with_login:?}");
    let error = with_login.build().unwrap_err();
    for shown in [shown, all_of(&error)] {
        assert!(
            !shown.contains("someone") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn whom_members_are_matched_with_is_not_in_an_error() {
    let server = Server::of(NEW, |line, _| {
        (line != "GET /api/version").then(|| detail(500, "no"))
    })
    .await;
    let client = server.client();
    let error = client
        .members(GROUP)
        .search("ann@example.com")
        .await
        .unwrap_err();
    assert!(!all_of(&error).contains("ann"), "{error:?}");
}

#[tokio::test]
async fn a_rejection_that_repeats_secrets_is_redacted() {
    let shown = echoed(detail(400, &echo())).await;
    assert!(
        shown.contains("you sent Authorization: [redacted]"),
        "{shown}"
    );
    assert_silent(&shown);
}

#[tokio::test]
async fn an_invalid_field_that_repeats_secrets_is_redacted() {
    let problem = json!({"type": "x", "loc": ["header", echo()], "msg": echo(), "input": echo()});
    assert_silent(&echoed(answer(422, json!({"detail": [problem]}))).await);
}

#[tokio::test]
async fn a_web_page_that_repeats_secrets_is_not_shown() {
    for status in [200, 400, 403, 502] {
        assert_silent(&echoed(html(status, &format!("<html>{}</html>", echo()))).await);
    }
}

/// The body is not read, so it may be endless.
#[tokio::test]
async fn a_web_page_that_does_not_end_is_not_waited_for() {
    for status in ["200 OK", "404 Not Found", "502 Bad Gateway"] {
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\n\r\n<html>");
        let broken = Broken::doing(vec![Action::Hang(head)]).await;
        let client = builder(&broken.url()).timeout(Duration::from_secs(20));
        let client = client.build().unwrap();
        let started = Instant::now();
        client.list().await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(10), "{status}");
    }
}

#[tokio::test]
async fn a_secret_that_is_split_over_field_errors_is_redacted() {
    let (first, second) = TOKEN.split_at(TOKEN.len() / 2);
    let split = [
        json!([{"type": "x", "loc": ["body", first], "msg": second}]),
        json!([
            {"type": "x", "loc": ["body"], "msg": format!("you sent {first}")},
            {"type": "x", "loc": [second], "msg": "is the rest"},
        ]),
    ];
    for problems in split {
        let shown = echoed(answer(422, json!({ "detail": problems }))).await;
        assert!(!shown.contains(&first[3..]), "{shown}");
        assert!(!shown.contains(&second[..6]), "{shown}");
    }
}

#[tokio::test]
async fn a_text_that_repeats_secrets_is_redacted() {
    assert_silent(&echoed(ResponseTemplate::new(500).set_body_string(echo())).await);
}

#[tokio::test]
async fn other_json_that_repeats_secrets_is_redacted() {
    let headers = json!({"headers": {"authorization": format!("Bearer {TOKEN}"), HEADER: LOGIN}});
    assert_silent(&echoed(answer(400, headers)).await);
}

#[tokio::test]
async fn a_rejection_that_repeats_a_secret_with_quotes_is_redacted() {
    let server = Server::responding(detail(400, &format!("you sent {QUOTED}"))).await;
    let client = server.builder().header(HEADER, QUOTED).build().unwrap();
    let shown = client.list().await.unwrap_err().to_string();
    assert!(!shown.contains("word"), "{shown}");
}

/// The default escapes of PHP.
#[tokio::test]
async fn a_rejection_that_repeats_a_login_with_escaped_slashes_is_redacted() {
    let body = r#"{"detail": "you sent Basic bWU6\/aHVudGVyMi1MT0dJTg=="}"#;
    let rejection = ResponseTemplate::new(400).set_body_raw(body, "application/json");
    let server = Server::responding(rejection).await;
    let login = "Basic bWU6/aHVudGVyMi1MT0dJTg==";
    let client = server.builder().header(HEADER, login).build().unwrap();
    let shown = client.list().await.unwrap_err().to_string();
    assert!(!shown.contains("aHVudGVyMi1"), "{shown}");
}

#[tokio::test]
async fn other_json_that_repeats_a_secret_with_quotes_is_redacted() {
    let server = Server::responding(answer(400, json!({"headers": {HEADER: QUOTED}}))).await;
    let client = server.builder().header(HEADER, QUOTED).build().unwrap();
    let shown = client.list().await.unwrap_err().to_string();
    assert!(!shown.contains("word"), "{shown}");
}

#[tokio::test]
async fn a_redirect_that_repeats_secrets_is_redacted() {
    let location = format!("https://login.example.com/{TOKEN}/x?token={TOKEN}");
    assert_silent(&echoed(ResponseTemplate::new(302).insert_header("location", location)).await);
}

/// The response of a service such as httpbin, or of a debugging proxy, to any request.
#[tokio::test]
async fn a_decode_error_that_repeats_secrets_is_redacted() {
    let headers = json!({"headers": {"authorization": format!("Bearer {TOKEN}"), HEADER: LOGIN}});
    assert_silent(&echoed(answer(200, headers)).await);
}

/// serde quotes an unexpected value.
#[tokio::test]
async fn the_cause_of_a_decode_error_that_repeats_secrets_is_redacted() {
    assert_silent(&echoed(answer(200, json!([echo()]))).await);
}

#[tokio::test]
async fn a_version_that_repeats_secrets_is_redacted() {
    for version in [json!({"version": echo()}), json!(echo())] {
        let server = Server::responding(answer(200, version)).await;
        let client = with_login(&server).build().unwrap();
        assert_silent(&all_of(&client.server_version().await.unwrap_err()));
    }
}

#[tokio::test]
async fn a_secret_that_is_cut_off_at_the_end_of_an_excerpt_is_redacted() {
    let padding = "x".repeat(500 - 18);
    assert_silent(&echoed(detail(400, &format!("{padding}{TOKEN}"))).await);
    assert_silent(&echoed(ResponseTemplate::new(500).set_body_string(padding + TOKEN)).await);
}

// Secrets in large responses, of which only the beginning is read.

/// Each character in the forms that JSON allows.
fn unicode_escaped(secret: &str) -> String {
    let escape = |character| format!("\\u{:04x}", u32::from(character));
    secret.chars().map(escape).collect()
}

fn raw(status: u16, body: String, kind: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, kind)
}

/// Responses that start with this text and are long enough to be truncated.
fn large(text: &str) -> Vec<ResponseTemplate> {
    let filler = "[],".repeat(40_000);
    let json = "application/json";
    let body = |first: &str, last: &str| format!("{first}{text}\",{filler}[]{last}");
    vec![
        raw(200, body("[\"", "]"), json),
        raw(200, body("{\"detail\":[\"", "]}"), json),
        raw(400, body("{\"detail\":[\"", "]}"), json),
        raw(422, body("{\"detail\":[\"", "]}"), json),
        raw(500, body("{\"error\":[\"", "]}"), json),
        raw(502, format!("{text} {filler}"), "text/plain"),
        raw(503, format!("{text} {filler}"), json),
    ]
}

#[tokio::test]
async fn a_large_response_that_repeats_secrets_is_redacted() {
    for response in large(&echo()) {
        let shown = echoed(response).await;
        assert!(shown.contains("[redacted]"), "{shown}");
        assert_silent(&shown);
    }
}

#[tokio::test]
async fn a_large_response_that_repeats_secrets_in_escapes_is_redacted() {
    let escaped = unicode_escaped(&echo());
    let upper = escaped
        .replace("\\u00", "\\U00")
        .to_uppercase()
        .replace("\\U", "\\u");
    let twice = escaped.replace('\\', "\\\\");
    let slashes = echo().replace('=', "\\u003d");
    for text in [escaped, upper, twice, slashes] {
        for response in large(&text) {
            let shown = echoed(response).await;
            let escaped = [
                unicode_escaped(&TOKEN[3..15]),
                unicode_escaped(&LOGIN[6..18]),
            ];
            for escaped in escaped {
                let escaped = escaped.to_lowercase();
                let shown = shown.to_lowercase().replace("\\\\", "\\");
                assert!(!shown.contains(&escaped), "{shown}");
            }
            assert_silent(&shown);
        }
    }
}

/// Leading white space is omitted from errors, so the text at the cut would be shown.
#[tokio::test]
async fn a_secret_at_the_cut_is_not_shown_in_part() {
    for cut in [4 << 10, 64 << 10] {
        for before in (1..TOKEN.len()).step_by(3) {
            let spaces = " ".repeat(cut - before);
            let filler = " ".repeat(70_000);
            for (status, kind) in [(500, "text/plain"), (200, "application/json")] {
                let shown = echoed(raw(status, format!("{spaces}{TOKEN}{filler}"), kind)).await;
                assert!(
                    !shown.contains(&TOKEN[..before.max(4)]) || before < 4,
                    "{shown}"
                );
            }
        }
    }
}

/// A header may contain characters that are not ASCII, which servers read as Latin-1.
#[tokio::test]
async fn a_secret_with_any_characters_is_redacted() {
    let login = "pässwörd-hünter2";
    let latin: String = login.bytes().map(char::from).collect();
    for text in [login.to_owned(), latin, unicode_escaped(login)] {
        for response in [detail(400, &text), raw(500, text.clone(), "text/plain")] {
            let server = Server::responding(response).await;
            let client = server.builder().header(HEADER, login).build().unwrap();
            let shown = all_of(&client.list().await.unwrap_err());
            assert!(!shown.contains("nter2"), "{shown}");
            assert!(!shown.contains("\\u0032"), "{shown}");
        }
    }
}

// What redaction does not change.

/// A header whose value is a word that the server also uses.
async fn with_scope(word: &str, answer: ResponseTemplate) -> Error {
    let server = Server::in_turn(NEW, vec![answer]).await;
    let client = server.builder().header("x-scope", word).build().unwrap();
    let update = GroupUpdate::new("g", "").parent("p");
    client.update(GROUP, update).await.unwrap_err()
}

#[tokio::test]
async fn a_rejection_is_understood_whatever_the_added_headers_are() {
    let rejection = detail(404, "Parent group not found.");
    for word in ["group", "Parent", "detail"] {
        let error = with_scope(word, rejection.clone()).await;
        assert_eq!(error.kind(), ErrorKind::Rejected, "{word}: {error:?}");
    }
}

#[tokio::test]
async fn the_version_is_understood_whatever_the_added_headers_are() {
    let server = Server::of(NEW, |_, _| None).await;
    for value in [NEW, "version"] {
        let builder = server.builder().header("x-expects", value);
        let version = builder.build().unwrap().server_version().await;
        assert_eq!(version.unwrap().to_string(), NEW, "{value}");
    }
}

// What the trace shows of them.

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The trace, at every level, of four calls that succeed, fail and are retried.
async fn traced() -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let answers = vec![
        answer(200, group(0)),
        detail(503, &echo()),
        detail(400, &echo()),
        html(200, &echo()),
    ];
    let server = Server::in_turn(NEW, answers).await;
    let client = with_login(&server).retry_policy(quick()).build().unwrap();
    client.get(GROUP).await.unwrap();
    client.get(GROUP).await.unwrap_err();
    client.list().await.unwrap_err();
    client
        .members(GROUP)
        .search("ann@example.com")
        .await
        .unwrap_err();
    drop(guard);
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn traces_at_every_level_have_no_secrets() {
    let traced = traced().await;
    assert!(
        traced.contains("trying again"),
        "nothing was traced: {traced}"
    );
    assert_silent(&traced);
}

#[tokio::test]
async fn traces_name_the_operation_the_group_and_the_status() {
    let traced = traced().await;
    for field in [
        "operation=\"get_group\"",
        GROUP,
        "status=400",
        "attempts=2",
        "duration_ms=",
    ] {
        assert!(traced.contains(field), "{field} is not in {traced}");
    }
}
