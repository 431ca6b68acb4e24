//! `cargo xtask refresh` against a server that publishes what a test wants: its
//! exit status, its report, and that it writes nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::PathBuf,
    process::{Command, Output},
    thread,
};

use serde_json::{Value, json};

const PAGE: (&str, &str) = ("text/html; charset=utf-8", "<!doctype html>");

fn openapi() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../openapi")
}

/// What the checked-in slice was cut from, as far as it matters.
fn published() -> Value {
    let text = fs::read_to_string(openapi().join("upstream.json")).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document.as_object_mut().unwrap().remove("x-provenance");
    document["paths"]["/api/v1/chats/"] =
        json!({"get": {"tags": ["chats"], "operationId": "not ours"}});
    document
}

/// A server that answers with this document, and says that it is this version.
fn serve(document: (&'static str, String), version: (&'static str, String)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let request = lines.next().unwrap().unwrap();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let (kind, body) = match request.split(' ').nth(1) {
                Some("/openapi.json") => &document,
                Some("/api/version") => &version,
                other => panic!("nobody should ask for {other:?}"),
            };
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    url
}

fn json_of(value: &Value) -> (&'static str, String) {
    ("application/json", value.to_string())
}

fn version() -> (&'static str, String) {
    json_of(&json!({"version": "0.12.4", "deployment_id": ""}))
}

fn check(url: &str) -> Output {
    refresh(&["--check", "--url", url])
}

/// Runs it, and fails if it changed the documents.
#[track_caller]
fn refresh(arguments: &[&str]) -> Output {
    let files = ["upstream.json", "groups.json"].map(|name| openapi().join(name));
    let before = files.each_ref().map(|file| fs::read(file).unwrap());
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("refresh")
        .args(arguments)
        .output()
        .unwrap();
    let after = files.each_ref().map(|file| fs::read(file).unwrap());
    if before != after {
        for (file, content) in files.iter().zip(before) {
            fs::write(file, content).unwrap();
        }
        panic!("it wrote something: {output:?}");
    }
    output
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(both).unwrap()
}

#[test]
fn the_same_document_is_no_drift() {
    let output = check(&serve(json_of(&published()), version()));
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("no changes"), "{}", said(&output));
}

/// Compiles the workspace.
#[test]
fn a_change_that_compiles_is_drift_and_the_report_says_what_it_means() {
    let mut document = published();
    let schemas = &mut document["components"]["schemas"];
    schemas["GroupResponse"]["properties"]["slug"] =
        json!({"type": "string", "default": "", "description": "The name in addresses."});
    schemas["ChatPermissions"]["properties"]["shout"] =
        json!({"type": "boolean", "default": false});
    let output = check(&serve(json_of(&document), version()));
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    for line in [
        "additive  + Permission::ChatShout for \"chat.shout\", off by default",
        "additive  + Group.slug: String, may be absent",
        "@@ components > schemas > ChatPermissions > properties @@",
        "+          \"shout\": {",
    ] {
        assert!(
            said(&output).contains(line),
            "no {line:?} in\n{}",
            said(&output)
        );
    }
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
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    for line in [
        "breaking  + GroupForm.slug: String (callers have to set it)",
        "  src/model/new_group.rs:",
        "nothing was written, because the project does not compile",
    ] {
        assert!(
            said(&output).contains(line),
            "no {line:?} in\n{}",
            said(&output)
        );
    }
}

#[test]
fn an_overlay_entry_that_matches_nothing_is_in_the_report() {
    let mut document = published();
    let paths = document["paths"].as_object_mut().unwrap();
    let operation = paths.remove("/api/v1/groups/id/{id}/info").unwrap();
    paths.insert("/api/v1/groups/id/{id}/summary".to_owned(), operation);
    let output = check(&serve(json_of(&document), version()));
    let line =
        "overlay.json: nothing matches actions[3] $.paths['/api/v1/groups/id/{id}/info'].get";
    assert!(said(&output).contains(line), "{}", said(&output));
}

#[test]
fn an_operation_that_the_overlay_does_not_describe_is_reported_and_refused() {
    let mut document = published();
    document["paths"]["/api/v1/groups/audit"] = json!({"get": {
        "tags": ["groups"], "operationId": "audit",
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": {}}}}}
    }});
    let url = serve(json_of(&document), version());
    let output = refresh(&["--format", "markdown", "--url", &url]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    for line in [
        "# Open WebUI 0.12.4: cannot be generated",
        "+ audit: GET /api/v1/groups/audit",
        "audit has no `x-since`; overlay.json is the place for it",
    ] {
        assert!(
            said(&output).contains(line),
            "no {line:?} in\n{}",
            said(&output)
        );
    }
}

#[test]
fn a_change_that_the_overlay_hides_is_drift_all_the_same() {
    let mut document = published();
    document["paths"]["/api/v1/groups/id/{id}/preview"]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"] = json!({"$ref": "#/components/schemas/GroupPreview"});
    document["components"]["schemas"]["GroupPreview"] = json!({});
    let output = check(&serve(json_of(&document), version()));
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(
        said(&output).contains("where overlay.json decides"),
        "{}",
        said(&output)
    );
}

#[track_caller]
fn fails(url: &str, reason: &str) {
    let output = check(url);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains(reason),
        "no {reason:?} in {}",
        said(&output)
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

#[test]
fn what_cannot_be_expressed_is_in_the_report() {
    let mut document = published();
    document["components"]["schemas"]["UserIdsForm"]["if"] = json!({});
    let output = check(&serve(json_of(&document), version()));
    let line = "#/components/schemas/UserIdsForm/if: is left out";
    assert!(said(&output).contains(line), "{}", said(&output));
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
