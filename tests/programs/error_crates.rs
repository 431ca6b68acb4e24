//! Errors of the library in `anyhow`, `eyre` and `thiserror`: `?` converts them, a downcast returns
//! them, and a report contains each message once and no secrets.

use std::error::Error as _;

use eyre::WrapErr;
use owui_groups::{
    Error, ErrorKind, GroupsClient, NewGroup, Permission, RetryPolicy, types::Group,
};
use owui_groups_mock::{Fault, MockServer, NewUser, Role, external::StatusCode};
use serde_json::json;

const TOKEN: &str = "sk-a-token-that-is-secret";
const LOGIN: &str = "ann:a-password-that-is-secret";

#[derive(Debug, thiserror::Error)]
enum ProgramError {
    #[error(transparent)]
    Groups(#[from] owui_groups::Error),
    #[error("the configuration is invalid")]
    Config(#[source] owui_groups::Error),
}

async fn with_anyhow(client: &GroupsClient, id: &str) -> anyhow::Result<Group> {
    let _: Permission = "chat.edit".parse()?;
    Ok(client.get(id).await?)
}

async fn with_eyre(client: &GroupsClient, id: &str) -> eyre::Result<Group> {
    let _: Permission = "chat.edit".parse()?;
    Ok(client.get(id).await?)
}

async fn with_thiserror(client: &GroupsClient, id: &str) -> Result<Group, ProgramError> {
    Ok(client.get(id).await?)
}

fn configure(url: &str) -> Result<GroupsClient, ProgramError> {
    GroupsClient::new(url, TOKEN).map_err(ProgramError::Config)
}

/// The errors of a client with a secret token and a secret header, and texts that their reports
/// contain.
async fn errors() -> Vec<(anyhow::Error, &'static str)> {
    let ann = NewUser::new("Ann").role(Role::Admin).token(TOKEN);
    let empty = MockServer::builder().user(ann.clone()).start().unwrap();
    let mock = MockServer::builder().user(ann).start().unwrap();
    mock.add_group_with_id("g", NewGroup::new("engineering"))
        .unwrap();
    let other = MockServer::start().unwrap();
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let echo = |status| Fault::status(status, format!("you sent {TOKEN} and {LOGIN}"));
    let mut errors = Vec::new();
    for (url, fault, problem) in [
        (empty.url(), None, "the group does not exist"),
        (other.url(), None, "does not accept the token"),
        (closed, None, "no connection to the server"),
        (
            mock.url(),
            Some(Fault::dropped_before()),
            "the connection broke",
        ),
        (
            mock.url(),
            Some(Fault::truncated_body()),
            "the connection broke",
        ),
        (
            mock.url(),
            Some(Fault::html_page()),
            "does not point to an Open WebUI API",
        ),
        (
            mock.url(),
            Some(echo(StatusCode::OK)),
            "does not point to an Open WebUI API",
        ),
        (mock.url(), Some(echo(StatusCode::BAD_GATEWAY)), "HTTP 502"),
        (mock.url(), Some(echo(StatusCode::BAD_REQUEST)), "HTTP 400"),
        (
            mock.url(),
            Some(Fault::json(
                StatusCode::OK,
                &json!({"id": TOKEN, "name": 1}),
            )),
            "not have the documented shape",
        ),
    ] {
        if let Some(fault) = fault {
            mock.inject(fault);
        }
        let client = GroupsClient::builder(&url, TOKEN)
            .header("x-proxy-login", LOGIN)
            .retry_policy(RetryPolicy::none())
            .build()
            .unwrap();
        errors.push((with_anyhow(&client, "g").await.unwrap_err(), problem));
    }
    errors
}

#[tokio::test]
async fn an_error_converts_and_is_downcast_with_its_kind() {
    let mock = MockServer::start().unwrap();
    let client = mock.client().unwrap();

    let error = with_anyhow(&client, "g").await.unwrap_err();
    let error = anyhow::Context::context(Err::<(), _>(error), "the audit failed").unwrap_err();
    let groups = error.downcast_ref::<Error>().unwrap();
    assert_eq!(groups.kind(), ErrorKind::NotFound);
    assert!(error.downcast::<Error>().unwrap().is_not_found());

    let error = with_eyre(&client, "g").await.wrap_err("the audit failed");
    let error = error.unwrap_err();
    let groups = error.downcast_ref::<Error>().unwrap();
    assert_eq!(groups.kind(), ErrorKind::NotFound);
    assert!(error.downcast::<Error>().unwrap().is_not_found());

    let error = with_thiserror(&client, "g").await.unwrap_err();
    assert!(matches!(&error, ProgramError::Groups(error) if error.is_not_found()));
    let error = configure("ai.example.com").unwrap_err();
    let cause = error.source().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(cause.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_report_of_causes_has_each_thing_once() {
    for (error, problem) in errors().await {
        let report = format!("{error:#}");
        assert!(report.contains(problem), "{report}");
        let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
        for (position, cause) in causes.iter().enumerate() {
            for above in &causes[..position] {
                assert!(!above.contains(cause), "{report}");
                assert!(!cause.contains(above), "{report}");
            }
        }
    }
}

#[tokio::test]
async fn a_report_shows_no_secrets() {
    for (error, _) in errors().await {
        let groups = error.downcast_ref::<Error>().unwrap();
        let mut shown = format!("{groups:?} {groups:#?} {error:#} {error:?}");
        for cause in error.chain() {
            shown.push_str(&format!(" {cause:?}"));
        }
        let program = ProgramError::from(error.downcast::<Error>().unwrap());
        shown.push_str(&format!(" {program} {program:?}"));
        let report = eyre::Report::new(program);
        shown.push_str(&format!(" {report:#} {report:?}"));
        for secret in [TOKEN, LOGIN] {
            for part in secret.as_bytes().windows(12) {
                let part = str::from_utf8(part).unwrap();
                assert!(!shown.contains(part), "{part} is in {shown}");
            }
        }
    }
}
