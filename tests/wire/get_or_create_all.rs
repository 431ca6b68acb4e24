//! Creating many groups that do not exist yet.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use owui_groups::{Error, ErrorKind, GroupsClient, NewGroup, RetryPolicy};
use owui_groups_mock::{EmulatedVersion, Fault, MockServer, external::StatusCode};
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use crate::{
    groups::group,
    server::{NEW, OLD, Server, json as answer},
};

const LIST: &str = "GET /api/v1/groups/";
const CREATE: &str = "POST /api/v1/groups/create";
const VERSION: &str = "GET /api/version";

fn below(name: &str, parent: &str) -> NewGroup {
    NewGroup::new(name).parent_named(parent)
}

/// A client of the mock, with one attempt per request.
fn client(mock: &MockServer) -> GroupsClient {
    let builder = GroupsClient::builder(&mock.url(), mock.admin_token());
    builder.retry_policy(RetryPolicy::none()).build().unwrap()
}

fn lines(mock: &MockServer) -> Vec<String> {
    let requests = mock.requests();
    let line = requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.path));
    let lines = line.collect();
    mock.clear_requests();
    lines
}

/// A server with these groups, by ID and name, that creates `new-1`, `new-2`, and so on, with the
/// name and parent of the request, and rejects the group `rejected`.
async fn serving(version: &'static str, groups: &'static [(&str, &str)]) -> Server {
    let created = AtomicUsize::new(0);
    Server::of(version, move |line, request| match line {
        LIST => {
            let groups = groups.iter().map(|(id, name)| {
                let mut one = group(0);
                (one["id"], one["name"]) = (json!(id), json!(name));
                one
            });
            Some(answer(200, groups.collect()))
        }
        CREATE => Some(create(request, &created)),
        _ => None,
    })
    .await
}

fn create(request: &Request, created: &AtomicUsize) -> ResponseTemplate {
    let body: Value = request.body_json().unwrap();
    if body["name"] == "rejected" {
        return answer(400, json!({"detail": "no"}));
    }
    let mut one = group(0);
    let number = created.fetch_add(1, Ordering::SeqCst) + 1;
    (one["id"], one["name"]) = (json!(format!("new-{number}")), body["name"].clone());
    one["parent_group_id"] = body["parent_group_id"].clone();
    answer(200, one)
}

async fn error_of(server: &Server, groups: Vec<NewGroup>) -> Error {
    let error = server.client().get_or_create_all(groups).await;
    error.unwrap_err()
}

#[tokio::test]
async fn groups_are_created_below_their_parents_with_one_list() {
    let mock = MockServer::start().unwrap();
    let groups = [
        below("team", "department"),
        below("department", "company"),
        NewGroup::new("company"),
    ];
    let outcomes = client(&mock).get_or_create_all(groups).await.unwrap();
    let names: Vec<_> = outcomes.iter().map(|outcome| &outcome.group.name).collect();
    assert_eq!(names, ["team", "department", "company"]);
    assert!(outcomes.iter().all(|outcome| outcome.created));
    let ids: BTreeMap<_, _> = mock
        .groups()
        .into_iter()
        .map(|group| (group.name, (group.id, group.parent_group_id)))
        .collect();
    assert_eq!(ids["team"].1.as_ref(), Some(&ids["department"].0));
    assert_eq!(ids["department"].1.as_ref(), Some(&ids["company"].0));
    assert_eq!(lines(&mock), [LIST, VERSION, CREATE, CREATE, CREATE]);
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let mock = MockServer::start().unwrap();
    let client = client(&mock);
    let groups = || [below("team", "company"), NewGroup::new("company")];
    let first = client.get_or_create_all(groups()).await.unwrap();
    mock.clear_requests();
    let second = client.get_or_create_all(groups()).await.unwrap();
    let pairs = first.iter().zip(&second);
    assert!(
        pairs
            .into_iter()
            .all(|(one, other)| one.group == other.group)
    );
    assert!(second.iter().all(|outcome| !outcome.created));
    assert_eq!(lines(&mock), [LIST]);
}

#[tokio::test]
async fn a_group_that_exists_is_left_as_it_is() {
    let server = serving(NEW, &[("1", "team"), ("2", "company")]).await;
    let groups = [below("team", "company").description("new")];
    let outcomes = server.client().get_or_create_all(groups).await.unwrap();
    assert_eq!(outcomes[0].group.parent_group_id, None);
    assert!(outcomes[0].has_other_parent);
    assert_eq!(server.sent().await, [LIST]);
}

#[tokio::test]
async fn the_parent_of_a_group_that_exists_is_compared() {
    let mock = MockServer::start().unwrap();
    let company = mock.add_group(NewGroup::new("company")).unwrap();
    let team = NewGroup::new("team").parent(&company.id);
    mock.add_group(team.clone()).unwrap();
    let client = client(&mock);
    let elsewhere = NewGroup::new("team").parent("elsewhere");
    for (group, has_other_parent) in [
        (NewGroup::new("team"), false),
        (team, false),
        (elsewhere, true),
        (below("team", "company"), false),
        (below("team", "team"), true),
        (below("company", "team"), true),
    ] {
        let one = client.get_or_create(group.clone()).await.unwrap();
        assert_eq!(one.has_other_parent, has_other_parent, "{group:?}");
        if group != below("team", "team") {
            let all = client.get_or_create_all([group]).await.unwrap();
            assert_eq!(all, [one]);
        }
    }
}

#[tokio::test]
async fn a_parent_may_be_a_group_of_the_server() {
    let server = serving(NEW, &[("1", "company")]).await;
    let client = server.client();
    let mut outcomes = client
        .get_or_create_all([below("a", "company")])
        .await
        .unwrap();
    let parent = outcomes.remove(0).group.parent_group_id;
    assert_eq!(parent.as_deref(), Some("1"));
    let created = client.create(below("a", "company")).await.unwrap();
    assert_eq!(created.parent_group_id.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_group_that_is_given_twice_is_created_once() {
    let server = serving(NEW, &[]).await;
    let groups = [NewGroup::new("a"), NewGroup::new("a")];
    let outcomes = server.client().get_or_create_all(groups).await.unwrap();
    let created: Vec<_> = outcomes.iter().map(|outcome| outcome.created).collect();
    assert_eq!(
        (created, &outcomes[0].group),
        (vec![true, false], &outcomes[1].group)
    );
    assert_eq!(server.sent().await, [LIST, CREATE]);
}

#[tokio::test]
async fn no_groups_are_no_request() {
    let server = serving(NEW, &[]).await;
    assert!(
        server
            .client()
            .get_or_create_all([])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn contradictory_groups_are_rejected_before_anything_is_sent() {
    let server = serving(NEW, &[]).await;
    for groups in [
        vec![NewGroup::new("fine"), NewGroup::new(" blank")],
        vec![NewGroup::new("a"), NewGroup::new("a").description("other")],
        vec![below("a", "b"), below("b", "a")],
    ] {
        assert_eq!(
            error_of(&server, groups).await.kind(),
            ErrorKind::InvalidInput
        );
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn doubtful_names_are_errors_before_anything_is_created() {
    let server = serving(NEW, &[("1", "twin"), ("2", "twin")]).await;
    for (last, kind) in [
        (NewGroup::new("twin"), ErrorKind::Ambiguous),
        (below("b", "twin"), ErrorKind::Ambiguous),
        (below("b", "nowhere"), ErrorKind::NotFound),
    ] {
        let error = error_of(&server, vec![NewGroup::new("a"), last.clone()]).await;
        assert_eq!(error.kind(), kind);
        assert!(!error.may_have_been_carried_out());
    }
    let error = server.client().create(below("b", "nowhere")).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(server.sent().await.iter().all(|line| line == LIST));
}

#[tokio::test]
async fn a_parent_on_an_old_server_is_an_error_before_anything_is_created() {
    let server = serving(OLD, &[]).await;
    let groups = vec![NewGroup::new("company"), below("a", "company")];
    let error = error_of(&server, groups).await;
    assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);
    assert_eq!(server.sent().await, [LIST, VERSION]);
    let mock = MockServer::builder().emulate(EmulatedVersion::V0_11_4);
    let mock = mock.start().unwrap();
    let groups = [NewGroup::new("a"), NewGroup::new("b")];
    let outcomes = client(&mock).get_or_create_all(groups).await.unwrap();
    assert_eq!(outcomes.len(), 2);
}

#[tokio::test]
async fn an_error_in_the_middle_leaves_the_groups_before_it() {
    let server = serving(NEW, &[]).await;
    let groups = vec![
        NewGroup::new("a"),
        NewGroup::new("rejected"),
        NewGroup::new("b"),
    ];
    let error = error_of(&server, groups).await;
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.may_have_been_carried_out());
    let created: Vec<_> = error
        .created_groups()
        .iter()
        .map(|group| &group.name)
        .collect();
    assert_eq!(created, ["a"]);
    let error = error_of(&server, vec![NewGroup::new("rejected")]).await;
    assert!(!error.may_have_been_carried_out());
}

#[tokio::test]
async fn an_error_that_may_pass_is_retryable_because_the_groups_are_found_again() {
    for (status, created) in [(429, 0), (429, 1), (503, 1)] {
        let count = AtomicUsize::new(0);
        let server = Server::of(NEW, move |line, request| match line {
            LIST => Some(answer(200, json!([]))),
            CREATE if count.load(Ordering::SeqCst) == created => {
                Some(ResponseTemplate::new(status))
            }
            CREATE => Some(create(request, &count)),
            _ => None,
        })
        .await;
        let groups = vec![NewGroup::new("a"), NewGroup::new("b")];
        let error = error_of(&server, groups).await;
        assert_eq!(error.created_groups().len(), created);
        assert!(error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_stores_other_names_is_given_the_ids_of_parents() {
    let created = AtomicUsize::new(0);
    let server = Server::of(NEW, move |line, request| match line {
        LIST => Some(answer(200, json!([]))),
        CREATE => {
            let number = created.fetch_add(1, Ordering::SeqCst);
            let mut one = group(0);
            (one["id"], one["name"]) = (json!(format!("new-{number}")), json!("other"));
            let body: Value = request.body_json().unwrap();
            one["parent_group_id"] = body["parent_group_id"].clone();
            Some(answer(200, one))
        }
        _ => None,
    })
    .await;
    let groups = [below("team", "Company"), NewGroup::new("Company")];
    let outcomes = server.client().get_or_create_all(groups).await.unwrap();
    assert_eq!(outcomes[0].group.parent_group_id.as_deref(), Some("new-0"));
}

#[tokio::test]
async fn an_id_of_a_parent_that_cannot_be_sent_is_found_before_anything_is_created() {
    let server = serving(NEW, &[("a b", "company")]).await;
    let groups = vec![NewGroup::new("a"), below("b", "company")];
    let error = error_of(&server, groups).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    let created = server.client().create(below("b", "company")).await;
    assert_eq!(created.unwrap_err().kind(), ErrorKind::Decode);
    let sent = server.sent().await;
    assert!(!sent.iter().any(|line| line == CREATE), "{sent:?}");
}

#[tokio::test]
async fn a_group_that_is_listed_twice_is_one_group() {
    let server = serving(NEW, &[("1", "a"), ("1", "a")]).await;
    let found = server.client().find_by_name("a").await.unwrap();
    assert_eq!(found.unwrap().id, "1");
}

#[tokio::test]
async fn an_old_server_that_hides_its_version_is_recognized_before_anything_is_created() {
    let mock = MockServer::builder().emulate(EmulatedVersion::V0_11_4);
    let mock = mock.start().unwrap();
    mock.add_group(NewGroup::new("other")).unwrap();
    let hidden = Fault::status(StatusCode::FORBIDDEN, "").on_version();
    mock.inject(hidden.times(9));
    let groups = [NewGroup::new("company"), below("a", "company")];
    let error = client(&mock).get_or_create_all(groups).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);
    assert_eq!(mock.groups().len(), 1);
}

#[tokio::test]
async fn a_missing_parent_is_rejected_whether_the_server_reports_its_version_or_not() {
    let mock = MockServer::start().unwrap();
    let hidden = Fault::status(StatusCode::FORBIDDEN, "").on_version();
    let client = client(&mock);
    mock.inject(hidden.times(9));
    let error = client.create(NewGroup::new("a").parent("none")).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Rejected);
    mock.clear_faults();
    let other = mock.client().unwrap();
    let error = other.create(NewGroup::new("a").parent("none")).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Rejected);
}
