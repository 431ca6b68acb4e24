//! Tokens and base URLs as users paste them.

use std::error::Error as _;

use owui_groups::{ErrorKind, GroupsClient};
use serde_json::json;

use crate::server::{Server, TOKEN, json as answer};

/// Forms in which a token may be copied, with `{}` for the token.
const TOKENS: [&str; 44] = [
    "\"{}\"",
    "'{}'",
    "`{}`",
    "\u{201c}{}\u{201d}",
    "\u{201e}{}\u{201c}",
    "\u{2018}{}\u{2019}",
    "\u{ab}{}\u{bb}",
    "\u{ab}\u{a0}{}\u{a0}\u{bb}",
    "Bearer {}",
    "bearer {}",
    "BEARER   {}",
    "Bearer\t{}",
    "Bearer \"{}\"",
    "\"Bearer {}\"",
    "'bearer {}'\n",
    " \"{}\" ",
    "\" {}\"",
    "\u{feff}{}",
    "\u{feff}\"{}\"\r\n",
    "\u{200b}{}\u{200b}",
    "\u{2060}{}\u{ad}",
    "\u{a0}{}\u{3000}",
    "Authorization: Bearer {}",
    "\0{}",
    "OPENWEBUI_TOKEN={}",
    "OPENWEBUI_TOKEN=\"{}\"",
    "\"OPENWEBUI_TOKEN={}\"",
    "token={}",
    "token = {}",
    "TOKEN=Bearer {}",
    "Bearer:{}",
    "Bearer: {}",
    "Bearer={}",
    "Bearer%20{}",
    "Authorization=Bearer {}",
    "authorization:bearer {}",
    "{},",
    "{};",
    "\"{}\",",
    "'{};'\n",
    "{}\\n",
    "{}\\r\\n",
    "\"{}\\n\",",
    "Authorization: Bearer {};\\r",
];

#[tokio::test]
async fn a_pasted_token_is_sent_alone() {
    let server = Server::responding(answer(200, json!([]))).await;
    for form in TOKENS {
        let pasted = form.replace("{}", TOKEN);
        let client = GroupsClient::builder(&server.url(), pasted).build();
        let client = client.unwrap_or_else(|error| panic!("{form:?}: {error}"));
        client.list().await.unwrap();
        let requests = server.requests().await;
        let sent = &requests.last().unwrap().headers["authorization"];
        assert_eq!(sent, &format!("Bearer {TOKEN}"), "{form:?}");
    }
}

#[test]
fn a_token_that_cannot_be_sent_is_described_and_not_shown() {
    let half = &TOKEN[..12];
    for (token, described) in [
        (String::new(), "empty"),
        ("\"\"".to_owned(), "empty"),
        ("Bearer ".to_owned(), "empty"),
        ("\u{feff}".to_owned(), "empty"),
        (format!("{half} {half}"), "white space"),
        (format!("{half}\n{half}"), "white space"),
        (format!("{half}\u{a0}{half}"), "white space"),
        (format!("Basic {half}"), "white space"),
        (format!("{half}\u{200b}{half}"), "invisible"),
        (format!("{half}\0{half}"), "invisible"),
        (format!("{half}…"), "ASCII"),
        (format!("{half}ä{half}"), "ASCII"),
        (format!("\"{half}"), "quotation mark"),
        (format!("{half}'"), "quotation mark"),
        ("OPENWEBUI_TOKEN=".to_owned(), "empty"),
        ("OPENWEBUI_TOKEN=\"\"".to_owned(), "empty"),
        ("token=".to_owned(), "empty"),
        ("Authorization=Bearer".to_owned(), "empty"),
        ("Bearer%20".to_owned(), "empty"),
        (",".to_owned(), "empty"),
        (format!("{half},{half}"), "`=` at the end"),
        (format!("{half}={half}"), "`=` at the end"),
        (format!("{half}\\n{half}"), "`=` at the end"),
        (format!("<{half}"), "`=` at the end"),
        (format!("Basic%20{half}"), "`=` at the end"),
        ("=".to_owned(), "`=` at the end"),
    ] {
        let error = GroupsClient::new("https://ai.example.com", token.as_str()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let shown = format!("{error} {error:?} {:?}", error.source());
        assert!(shown.contains(described), "{token:?}: {shown}");
        assert!(!shown.contains(half), "{shown}");
    }
}

#[tokio::test]
async fn white_space_around_a_header_is_not_sent() {
    let server = Server::responding(answer(200, json!([]))).await;
    let client = server
        .builder()
        .header(" x-login\u{feff}", "\u{feff} me:pass\r\n")
        .build()
        .unwrap();
    client.list().await.unwrap();
    assert_eq!(server.requests().await[0].headers["x-login"], "me:pass");
}

/// Without this check, only the proxy notices a missing or damaged login.
#[test]
fn a_header_value_that_cannot_be_meant_is_rejected_and_not_shown() {
    for value in [
        "",
        " ",
        "\r\n",
        "\u{feff}",
        "me:hunter\u{200b}2",
        "me:hunter\u{a0}2",
        "me:hunter\t2",
        "me:hunter\n2",
        "me:hunter\u{0}2",
        "me:hunter\u{9b}2",
    ] {
        let builder = GroupsClient::builder("https://ai.example.com", TOKEN);
        let error = builder.header("x-first", "a").header("x-login", value);
        let error = error.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("added header 2"), "{value:?}: {shown}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
    let builder = GroupsClient::builder("https://ai.example.com", TOKEN);
    builder.header("x-login", "two words").build().unwrap();
}

#[test]
fn a_base_url_with_two_schemes_is_rejected_with_what_to_write() {
    for (url, advice) in [
        (
            "https://https://ai.example.com",
            "write https://ai.example.com",
        ),
        (
            "https://http://localhost:8080/api/v1/",
            "write http://localhost:8080",
        ),
        (
            "http://https//ai.example.com/ai",
            "write https://ai.example.com/ai",
        ),
        (
            "HTTPS://HTTPS://https://ai.example.com",
            "write https://ai.example.com",
        ),
        (
            "https://https://me:hunter2@ai.example.com",
            "write https://ai.example.com",
        ),
        ("https://https://", "write https://ai.example.com"),
    ] {
        let error = GroupsClient::new(url, TOKEN).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(advice), "{url}: {shown}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}

/// A value that is passed as a name may be a secret.
#[test]
fn a_name_that_is_no_header_is_not_shown() {
    let builder = GroupsClient::builder("https://ai.example.com", TOKEN);
    let error = builder.header("Basic hunter2=", "x-login").build();
    let error = error.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_pasted_base_url_is_cut_where_the_api_begins() {
    for prefix in ["", "/ai/chat", "/api/openwebui", "/apis"] {
        let server = Server::below(prefix, crate::server::NEW, |line, _| {
            (line == "GET /api/v1/groups/").then(|| answer(200, json!([])))
        })
        .await;
        for pasted in [
            "{}/api/v1/groups/",
            "{}/api/v1/groups",
            "{}/api/v1/groups/create",
            "{}/api/v1/groups/id/5be5e52a-cc60-4307-a9a5-33af4518f1c1/users/add",
            "{}/api/v1/users/",
            "{}/api/v1/auths/api_key",
            "{}/api/v1/auths/api",
            "{}/api/v1/docs",
            "{}/api/v1/openapi.json",
            "{}/api/docs",
            "{}/docs/oauth2-redirect",
            "{}/health",
            "{}/health/db",
            "{}/API/v1/",
            "{}/api/V1/groups",
            "{}/api/v1/",
            "{}/api/version",
            "{}/api/models",
            "{}/api/chat/completions",
            "{}/api/config/",
            "{}/openapi.json",
            "{}/docs",
            "{}/docs/",
            "{}/redoc",
            "{}//api//v1//groups//",
            "\"{}/\"",
            "'{}'",
            "\u{201c}{}/api/v1/groups/\u{201d}",
            "<{}>",
            "\u{feff}{}\u{200b}",
            "\u{200b} {}/ \r\n",
            "\"{}/api/v1/groups/\"\n",
        ] {
            let pasted = pasted.replace("{}", &server.url());
            let client = GroupsClient::new(&pasted, TOKEN);
            let client = client.unwrap_or_else(|error| panic!("{pasted:?}: {error}"));
            assert_eq!(client.base_url(), server.url(), "{pasted:?}");
            client.list().await.unwrap();
        }
    }
}

#[test]
fn what_cannot_be_seen_inside_of_a_base_url_is_rejected() {
    for url in [
        "https://ai.exam\nple.com",
        "https://ai.exam\u{200b}ple.com",
        "https://ai.exam\u{ad}ple.com",
        "https://ai.example.com/a b",
        "https://ai.example.com/\u{feff}ai",
        "https://ai.example.com https://ai.example.com",
    ] {
        let error = GroupsClient::new(url, TOKEN).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("U+"), "{url:?}: {error}");
    }
}
