//! `cargo xtask refresh` against a server that publishes what a test wants: its
//! exit status, its report, and that it writes nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod command;
mod fake_server;

use std::{
    net::TcpListener,
    process::{Command, Output},
};

use serde_json::json;

use crate::{
    command::{printed, refresh},
    fake_server::{json_of, published, serve},
};

const PAGE: (&str, &str) = ("text/html; charset=utf-8", "<!doctype html>");

fn version() -> fake_server::Body {
    fake_server::version("0.12.4")
}

fn check(url: &str) -> Output {
    refresh(&["--check", "--url", url])
}

#[test]
fn the_same_document_is_no_drift() {
    let output = check(&serve(json_of(&published()), version()));
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert!(
        printed(&output).contains("no changes"),
        "{}",
        printed(&output)
    );
}

/// Compiles the workspace.
#[test]
fn a_change_that_does_not_compile_is_refused_and_names_the_files() {
    let mut document = published();
    let form = &mut document["components"]["schemas"]["GroupForm"];
    form["properties"]["slug"] = json!({"type": "string"});
    form["required"].as_array_mut().unwrap().push(json!("slug"));
    let url = serve(json_of(&document), version());
    let output = refresh(&["--url", &url]);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    for line in [
        "breaking  + GroupForm.slug: String (callers have to set it)",
        "  src/model/new_group.rs:",
        "nothing was written, because the project does not compile",
    ] {
        assert!(
            printed(&output).contains(line),
            "no {line:?} in\n{}",
            printed(&output)
        );
    }
}

#[track_caller]
fn fails(url: &str, reason: &str) {
    let output = check(url);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    assert!(
        printed(&output).contains(reason),
        "no {reason:?} in {}",
        printed(&output)
    );
}

#[test]
fn a_web_page_in_the_documents_place_is_explained() {
    let page = (PAGE.0, PAGE.1.to_owned());
    fails(
        &serve(page, version()),
        "only when it is started with ENV=dev",
    );
}

#[test]
fn what_is_no_open_webui_is_rejected() {
    let page = || (PAGE.0, PAGE.1.to_owned());
    fails(&serve(page(), page()), "is not that of an Open WebUI");
    fails(
        &serve(json_of(&json!({"openapi": "3.0.3"})), version()),
        "is not an OpenAPI 3.1 document",
    );
    fails(
        &serve(json_of(&json!([])), version()),
        "is not an OpenAPI 3.1 document",
    );
    fails(
        "http://127.0.0.1:1",
        "asking http://127.0.0.1:1/api/version",
    );
}

/// A server on this machine is not behind it.
#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let url = serve(json_of(&published()), version());
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["refresh", "--check", "--url", &url]);
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(variable, format!("http://{closed}"));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
