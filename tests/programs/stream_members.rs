//! `examples/stream_members.rs`: streams members between servers without holding all of them in
//! memory.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures_util::StreamExt;
use owui_groups::{NewGroup, Operation};
use owui_groups_mock::{Fault, MockServer, NewUser, external::StatusCode};
use reqwest::Response;

use crate::example;

const MEMBERS: usize = 300;
const PAGES: usize = MEMBERS / 30;

/// The example, and a mock that has a group `crowd` of 300 members.
struct Program {
    mock: MockServer,
    child: Child,
    url: String,
}

impl Program {
    fn start() -> Self {
        let mock = MockServer::start().unwrap();
        let group = NewGroup::new("crowd");
        let group = mock.add_group_with_id("crowd", group).unwrap();
        let users = (0..MEMBERS).map(|number| {
            let user = NewUser::new(format!("Ann \"{number:03}\", the first"));
            let user = user.id(format!("user-{number:03}"));
            mock.add_user(user).unwrap().id().to_owned()
        });
        let users: Vec<_> = users.collect();
        mock.add_members(&group.id, &users).unwrap();
        let mut child = Command::new(example::path("stream_members").unwrap())
            .arg("127.0.0.1:0")
            .env("OPENWEBUI_URL", mock.url())
            .env("OPENWEBUI_TOKEN", mock.admin_token())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut url).unwrap();
        let url = url.trim_end().to_owned();
        Self { mock, child, url }
    }

    async fn get(&self, group: &str) -> Response {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/groups/{group}/members.csv", self.url);
        client.get(url).send().await.unwrap()
    }

    fn pages_requested(&self) -> usize {
        self.mock.requests_of(Operation::ListGroupMembers).len()
    }

    /// The first line that the program logs.
    fn logged(&mut self) -> String {
        let mut line = String::new();
        let mut err = BufReader::new(self.child.stderr.take().unwrap());
        err.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn every_member_is_a_line() {
    let program = Program::start();
    let response = program.get("crowd").await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "text/csv; charset=utf-8"
    );
    let body = response.text().await.unwrap();
    let mut reader = csv::Reader::from_reader(body.as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        ["id", "name", "email", "role"].as_slice()
    );
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), MEMBERS);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row[0], format!("user-{number:03}"));
        assert_eq!(row[1], format!("Ann \"{number:03}\", the first"));
    }
    assert_eq!(program.pages_requested(), PAGES);
}

#[tokio::test]
async fn the_first_members_are_sent_before_the_last_page_is_requested() {
    let program = Program::start();
    let late = Fault::delay(Duration::from_secs(20));
    program
        .mock
        .inject(late.on(Operation::ListGroupMembers).after(1).times(PAGES));
    let mut body = program.get("crowd").await.bytes_stream();
    let mut lines = 0;
    // The header line and a page.
    while lines < 31 {
        let part = body.next().await.unwrap().unwrap();
        lines += part.iter().filter(|byte| **byte == b'\n').count();
    }
    assert_eq!(lines, 31);
    assert!(program.pages_requested() < PAGES);
}

#[tokio::test]
async fn an_error_before_the_first_member_is_a_status() {
    for (group, fault, status) in [
        ("missing", None, 404),
        ("a%20b", None, 400),
        (
            "crowd",
            Some(Fault::status(StatusCode::INTERNAL_SERVER_ERROR, "")),
            502,
        ),
        (
            "crowd",
            Some(Fault::status(StatusCode::FORBIDDEN, "secret")),
            502,
        ),
    ] {
        let mut program = Program::start();
        if let Some(fault) = fault {
            program.mock.inject(fault);
        }
        let response = program.get(group).await;
        assert_eq!(response.status(), status, "{group}");
        assert!(!response.text().await.unwrap().contains("secret"));
        assert!(program.logged().starts_with("stream_members: "));
    }
}

#[tokio::test]
async fn a_later_error_aborts_the_body_and_is_logged() {
    let mut program = Program::start();
    let fault = Fault::status(StatusCode::INTERNAL_SERVER_ERROR, "out of order");
    program
        .mock
        .inject(fault.on(Operation::ListGroupMembers).after(5));
    let response = program.get("crowd").await;
    assert_eq!(response.status(), 200);
    let parts: Vec<_> = response.bytes_stream().collect().await;
    let (last, before) = parts.split_last().unwrap();
    assert!(last.is_err(), "{last:?}");
    let lines = before.iter().flat_map(|part| part.as_ref().unwrap());
    let lines = lines.filter(|byte| **byte == b'\n').count();
    assert!((1..=MEMBERS).contains(&lines), "{lines}");
    let logged = program.logged();
    assert_eq!(
        logged,
        "stream_members: list_group_members: the server failed (HTTP 500): out of order\n"
    );
}
