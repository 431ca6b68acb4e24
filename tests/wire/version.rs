//! No method depends on `/api/version`.

use std::{
    fmt::Debug,
    sync::atomic::{AtomicBool, Ordering},
};

use http::StatusCode;
use owui_groups::{
    ErrorKind, GroupUpdate, GroupsClient, NewGroup, Operation, Result, RetryPolicy, ServerVersion,
    types::{GroupExport, Member, User},
};
use owui_groups_mock::{EmulatedVersion, Fault, MockServer, NewUser};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::{
    groups::{GROUP, at, group, old_group, user},
    server::{NEW, Server, detail, html, json as answer, page},
};

/// Responses of a custom or hardened server at `/api/version`, instead of its version.
fn unreported() -> Vec<Fault> {
    let version = |version| Fault::json(StatusCode::OK, &json!({ "version": version }));
    let page = Fault::status(StatusCode::FORBIDDEN, "<html>403 Forbidden</html>");
    let faults = vec![
        version("dev"),
        version("acme-0.12.4"),
        version("latest"),
        Fault::json(StatusCode::FORBIDDEN, &json!({"detail": "Forbidden"})),
        page.header(http::header::CONTENT_TYPE, "text/html".parse().unwrap()),
        Fault::json(StatusCode::NOT_FOUND, &json!({"detail": "Not Found"})),
        Fault::json(
            StatusCode::UNAUTHORIZED,
            &json!({"message": "Unauthorized"}),
        ),
        Fault::html_page(),
        Fault::status(StatusCode::INTERNAL_SERVER_ERROR, ""),
        Fault::status(StatusCode::BAD_GATEWAY, ""),
        Fault::dropped_before(),
    ];
    let always = |fault: Fault| fault.on_version().times(1_000);
    faults.into_iter().map(always).collect()
}

fn mock(version: EmulatedVersion) -> MockServer {
    let builder = MockServer::builder().emulate(version);
    let server = builder.start().unwrap();
    for user in ["a", "b", "c", "d"] {
        server.add_user(NewUser::new(user).id(user)).unwrap();
    }
    for id in ["team", "empty"] {
        server.add_group_with_id(id, NewGroup::new(id)).unwrap();
    }
    server.add_members("team", ["a", "b"]).unwrap();
    server
}

fn export() -> GroupExport {
    let export = json!({
        "id": "elsewhere", "user_id": "a", "name": "imported", "description": "", "created_at": 0,
        "updated_at": 0, "data": null, "meta": null, "permissions": null, "user_ids": ["a", "x"],
        "parent_group_id": "team",
    });
    serde_json::from_value(export).unwrap()
}

/// A client with one attempt per request.
fn client(server: &MockServer) -> GroupsClient {
    let builder = GroupsClient::builder(&server.url(), server.admin_token());
    builder.retry_policy(RetryPolicy::none()).build().unwrap()
}

/// The value of a success, or the kind of an error.
fn outcome<T: Debug>(outcome: Result<T>) -> std::result::Result<T, ErrorKind> {
    outcome.map_err(|error| error.kind())
}

/// The outcomes of all methods whose requests depend on the version, without values that differ in
/// each run.
async fn outcomes(client: &GroupsClient) -> Vec<String> {
    let users = |users: Vec<User>| Vec::from_iter(users.into_iter().map(|user| user.id));
    let members = |all: Vec<Member>| Vec::from_iter(all.into_iter().map(|member| member.id));
    let mut outcomes = Vec::new();
    let mut add = |what: &dyn Debug| outcomes.push(format!("{what:?}"));
    add(&outcome(client.users("team").await).map(users));
    add(&outcome(client.users("empty").await).map(users));
    add(&outcome(client.users("none").await).map(users));
    add(&outcome(client.members("team").await).map(members));
    let page = client.members("team").page(1).await;
    add(&outcome(page).map(|page| (page.total, page.counts, members(page.items))));
    add(&outcome(client.members("team").effective().await).map(members));
    add(&outcome(client.members("none").await).map(members));
    let child = client.create(NewGroup::new("child").parent("team")).await;
    add(&outcome(child).map(|group| (group.name, group.parent_group_id)));
    let update = GroupUpdate::new("empty", "").parent("team");
    let moved = client.update("empty", update).await;
    add(&outcome(moved).map(|group| group.parent_group_id));
    for key in ["x", "y"] {
        let edit = client.edit("team", |group| {
            _ = group.data().insert(key.into(), 1.into())
        });
        add(&outcome(edit.await).map(|group| group.data));
    }
    let edit = client.edit("team", |group| _ = group.data().remove("x"));
    add(&outcome(edit.await).map(|group| group.data));
    add(&outcome(client.add_members("team", ["c", "x"]).await));
    add(&outcome(client.add_members("team", ["x"]).await));
    add(&outcome(client.set_members("team", ["c", "d"]).await));
    let import = client.import(&export()).await;
    add(&outcome(import).map(|import| (import.members, import.missing_parent)));
    add(&outcome(client.delete("none").await));
    add(&outcome(client.delete("team").await));
    add(&outcome(client.delete("team").await));
    add(&outcome(client.get("team").await));
    outcomes
}

#[tokio::test]
async fn every_method_has_the_same_outcome_without_the_servers_version() {
    for version in EmulatedVersion::ALL {
        let expected = outcomes(&client(&mock(*version))).await;
        for fault in unreported() {
            let server = mock(*version);
            server.inject(fault.clone());
            let client = client(&server);
            let actual = outcomes(&client).await;
            assert_eq!(actual, expected, "{version}, {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_version_of_a_self_built_server_counts_by_its_leading_numbers() {
    for (text, expected) in [
        ("0.12.4.1", ServerVersion::new(0, 12, 4)),
        ("0.12", ServerVersion::new(0, 12, 0)),
        ("0.12.0-acme", ServerVersion::new(0, 12, 0)),
        ("v0.11.4+7", ServerVersion::new(0, 11, 4)),
    ] {
        let server = Server::responding(answer(200, json!({ "version": text }))).await;
        assert_eq!(server.client().server_version().await.unwrap(), expected);
    }
}

/// A server that does not report its version, and has a group without members.
async fn hidden(version: &'static str, script: fn(&str) -> Option<ResponseTemplate>) -> Server {
    Server::of(version, move |line, _| match line {
        "GET /api/version" => Some(html(403, "<html>403 Forbidden</html>")),
        _ => script(line),
    })
    .await
}

fn members_page() -> ResponseTemplate {
    let counts = json!({"direct": 0, "inherited": 0, "effective": 0});
    answer(200, json!({"items": [], "total": 0, "counts": counts}))
}

fn below(parent: &str) -> serde_json::Value {
    let mut group = group(0);
    group["parent_group_id"] = json!(parent);
    group
}

#[tokio::test]
async fn without_a_version_the_members_of_the_group_show_whether_there_is_a_hierarchy() {
    let server = hidden(NEW, |line| match line.split_once(' ')? {
        ("GET", path) if path.ends_with("/members") => Some(members_page()),
        ("POST", _) => Some(answer(200, below("p"))),
        _ => None,
    })
    .await;
    let client = server.client();
    for _ in 0..2 {
        let update = GroupUpdate::new("g", "").parent("p");
        client.update(GROUP, update).await.unwrap();
    }
    let update = at("POST", "/update");
    assert_eq!(
        server.sent().await,
        ["GET /api/version", &at("GET", "/members"), &update, &update]
    );
}

#[tokio::test]
async fn nothing_is_created_below_a_group_before_the_hierarchy_is_known() {
    // The page of a server without hierarchy, and responses that show nothing.
    let old: fn(&str) -> Option<ResponseTemplate> = |line| {
        let is_group = line == "GET /api/v1/groups/id/p";
        is_group.then(|| answer(200, old_group(0)))
    };
    let gateway: fn(&str) -> Option<ResponseTemplate> =
        |_| Some(answer(403, json!({"message": "Forbidden"})));
    let unauthenticated: fn(&str) -> Option<ResponseTemplate> =
        |_| Some(detail(401, "Not authenticated"));
    let broken: fn(&str) -> Option<ResponseTemplate> = |_| Some(answer(500, json!({})));
    for (script, kind) in [
        (old, ErrorKind::UnsupportedVersion),
        (gateway, ErrorKind::PermissionDenied),
        (unauthenticated, ErrorKind::Unauthenticated),
        (broken, ErrorKind::Server),
    ] {
        let server = hidden(NEW, script).await;
        let client = server.client();
        let create = client.create(NewGroup::new("g").parent("p")).await;
        let error = create.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!error.may_have_been_carried_out());
        let posts = server.sent().await;
        assert!(
            posts.iter().all(|line| !line.starts_with("POST")),
            "{posts:?}"
        );
    }
}

#[tokio::test]
async fn a_parent_where_every_path_is_a_web_page_is_not_open_webui() {
    let server = Server::responding(page()).await;
    let client = server.client();
    let create = client.create(NewGroup::new("g").parent("p")).await;
    assert_eq!(create.unwrap_err().kind(), ErrorKind::NotOpenWebUi);
    let inherited = client.members(GROUP).inherited().await;
    assert_eq!(inherited.unwrap_err().kind(), ErrorKind::NotOpenWebUi);
    assert!(
        !server
            .sent()
            .await
            .iter()
            .any(|line| line.starts_with("POST"))
    );
}

#[tokio::test]
async fn an_error_without_a_version_names_the_path_that_should_have_it() {
    let server = hidden("", |line| {
        (line == at("GET", "")).then(|| answer(200, old_group(0)))
    })
    .await;
    let client = server.client();
    let error = client.members(GROUP).inherited().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "list_group_members: the server does not support inherited members (requires Open WebUI \
         0.12.0 or later; the server does not report its version at `/api/version`)"
    );
    let error = client.server_version().await.unwrap_err();
    assert!(
        error.to_string().starts_with("GET /api/version: "),
        "{error}"
    );
}

#[tokio::test]
async fn a_version_that_is_not_reported_is_requested_once() {
    let users = |line: &str| match line.split_once(' ')? {
        ("POST", _) => Some(answer(200, json!([user("a", "ann")]))),
        ("GET", path) if path.ends_with(GROUP) => Some(answer(200, group(1))),
        _ => None,
    };
    let server = hidden(NEW, users).await;
    let client = server.client();
    for _ in 0..3 {
        client.users(GROUP).await.unwrap();
    }
    let sent = server.sent().await;
    let requests = sent.iter().filter(|line| *line == "GET /api/version");
    assert_eq!(requests.count(), 1, "{sent:?}");
}

#[tokio::test]
async fn a_version_that_is_not_reported_for_a_moment_is_requested_again() {
    let server = mock(EmulatedVersion::V0_12_4);
    server.inject(Fault::status(StatusCode::SERVICE_UNAVAILABLE, "").on_version());
    let client = client(&server);
    for (version_requests, all) in [(1, 3), (2, 5)] {
        client.users("team").await.unwrap();
        let requests = server.requests();
        let versions = requests.iter().filter(|sent| sent.path == "/api/version");
        assert_eq!((versions.count(), requests.len()), (version_requests, all));
    }
}

#[tokio::test]
async fn a_stated_version_is_not_requested() {
    let server = mock(EmulatedVersion::V0_11_4);
    let builder = GroupsClient::builder(&server.url(), server.admin_token());
    let client = builder.server_version(ServerVersion::new(0, 11, 4));
    let client = client.build().unwrap();
    client.users("team").await.unwrap();
    let preview = client.members("team").inherited().await.unwrap_err();
    assert_eq!(preview.kind(), ErrorKind::UnsupportedVersion);
    assert!(client.supports(Operation::PreviewGroup).await.unwrap());
    let is_version = |path: &str| path == "/api/version";
    assert!(!server.requests().iter().any(|sent| is_version(&sent.path)));
}

#[tokio::test]
async fn a_version_is_requested_again_when_asked_to() {
    let server = mock(EmulatedVersion::V0_12_4);
    let version = |version| Fault::json(StatusCode::OK, &json!({ "version": version }));
    server.inject(version("0.11.4").on_version());
    server.inject(version("dev").on_version().after(1));
    let client = client(&server);
    let clone = client.clone();
    let (old, new) = (ServerVersion::new(0, 11, 4), ServerVersion::new(0, 12, 4));
    assert_eq!(client.server_version().await.unwrap(), old);
    assert_eq!(client.refresh_server_version().await.unwrap(), new);
    assert_eq!(clone.server_version().await.unwrap(), new);
    clone.refresh_server_version().await.unwrap_err();
    assert_eq!(client.server_version().await.unwrap(), new);
}

#[tokio::test]
async fn a_refresh_of_a_version_that_is_hidden_looks_for_the_hierarchy_again() {
    static IS_NEW: AtomicBool = AtomicBool::new(false);
    let server = hidden("", |line| {
        match (line.split_once(' ')?, IS_NEW.load(Ordering::SeqCst)) {
            (("GET", path), true) if path.ends_with("/members") => Some(members_page()),
            (("GET", path), false) if !path.ends_with("/members") => {
                Some(answer(200, old_group(0)))
            }
            (("POST", _), true) => Some(answer(200, below("p"))),
            _ => None,
        }
    })
    .await;
    let client = server.client();
    let create = async || client.create(NewGroup::new("g").parent("p")).await;
    let error = create().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);
    IS_NEW.store(true, Ordering::SeqCst);
    client.refresh_server_version().await.unwrap_err();
    create().await.unwrap();
}

/// All of `data` is written if it is unknown whether the server merges it.
#[tokio::test]
async fn data_is_edited_if_nothing_shows_whether_it_is_merged() {
    fn script(line: &str) -> Option<ResponseTemplate> {
        match line.split_once(' ')? {
            ("GET", path) if path.ends_with("/members") => Some(html(403, "")),
            _ => Some(answer(200, group(0))),
        }
    }
    let server = hidden(NEW, script).await;
    let client = server.client();
    let edit = client.edit(GROUP, |group| {
        _ = group.data().insert("key".into(), 1.into())
    });
    edit.await.unwrap();
    let requests = server.requests().await;
    let body: serde_json::Value = serde_json::from_slice(&requests.last().unwrap().body).unwrap();
    assert_eq!(
        body["data"],
        json!({"config": {"share": "members"}, "key": 1})
    );

    let removal = client.edit(GROUP, |group| _ = group.data().remove("config"));
    let error = removal.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    let sent = server.sent().await;
    let writes = sent.iter().filter(|line| line.starts_with("POST"));
    assert_eq!(writes.count(), 1);
}

/// A read of the group shows that the server is an Open WebUI anyway.
#[tokio::test]
async fn a_missing_operation_of_a_server_that_hides_its_version_is_unsupported() {
    let server = mock(EmulatedVersion::V0_6_43);
    let hidden = Fault::status(StatusCode::FORBIDDEN, "").on_version();
    server.inject(hidden.times(9));
    let client = client(&server);
    client.server_version().await.unwrap_err();
    for id in ["team", "none"] {
        let error = client.preview(id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnsupportedVersion, "{error}");
        assert_eq!(error.server_version(), None);
        assert_eq!(error.required_version(), Some(ServerVersion::new(0, 9, 6)));
    }
    assert_eq!(server.requests().len(), 5);
}

// Wrong versions: after a rollback, between replicas, or of a fork with its own version numbers.

fn with_stated_version(version: EmulatedVersion) -> (MockServer, GroupsClient) {
    let server = mock(version);
    let builder = GroupsClient::builder(&server.url(), server.admin_token());
    let client = builder.server_version(ServerVersion::new(0, 12, 4));
    (server, client.build().unwrap())
}

#[tokio::test]
async fn data_survives_an_edit_on_a_server_that_is_older_than_its_version() {
    let (server, client) = with_stated_version(EmulatedVersion::V0_11_4);
    for key in ["one", "two"] {
        let edit = client.edit("team", |group| {
            _ = group.data().insert(key.into(), 1.into())
        });
        edit.await.unwrap();
    }
    let data = server.group("team").unwrap().data.unwrap();
    assert!(
        data.contains_key("one") && data.contains_key("two"),
        "{data:?}"
    );
}

#[tokio::test]
async fn a_parent_that_the_server_ignores_is_reported() {
    let (server, client) = with_stated_version(EmulatedVersion::V0_11_4);
    let create = client
        .create(NewGroup::new("child").parent("team"))
        .await
        .unwrap_err();
    let update = GroupUpdate::new("empty", "").parent("team");
    let update = client.update("empty", update).await.unwrap_err();
    let edit = client.edit("empty", |group| _ = group.set_parent("team"));
    for error in [create, update, edit.await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::PartiallyApplied, "{error}");
        assert!(error.may_have_been_carried_out());
        let id = error.group_id().unwrap();
        assert!(server.group(id).is_some(), "{id}");
    }
}

#[tokio::test]
async fn a_key_that_a_newer_server_does_not_remove_is_reported() {
    let server = mock(EmulatedVersion::V0_12_4);
    let builder = GroupsClient::builder(&server.url(), server.admin_token());
    let builder = builder.server_version(ServerVersion::new(0, 11, 4));
    let client = builder.build().unwrap();
    let add = client.edit("team", |group| {
        _ = group.data().insert("key".into(), 1.into())
    });
    add.await.unwrap();
    let remove = client.edit("team", |group| _ = group.data().remove("key"));
    assert_eq!(
        remove.await.unwrap_err().kind(),
        ErrorKind::PartiallyApplied
    );
}

#[tokio::test]
async fn the_hierarchy_of_a_version_before_the_release_is_not_assumed() {
    for version in ["0.12.0-rc1", "0.12.0.dev3", "0.5.1"] {
        let server = mock(EmulatedVersion::V0_12_4);
        let version = Fault::json(StatusCode::OK, &json!({ "version": version }));
        server.inject(version.on_version().times(9));
        let child = NewGroup::new("child").parent("team");
        client(&server).create(child).await.unwrap();
    }
}

// Probes that show nothing.

#[tokio::test]
async fn a_gateway_that_lacks_the_members_does_not_show_a_hierarchy() {
    let lacks = || Fault::json(StatusCode::NOT_FOUND, &json!({"detail": "Not found."}));
    let login = Fault::html_page;
    let denied = || Fault::json(StatusCode::FORBIDDEN, &json!({"message": "Forbidden"}));
    for fault in [lacks, login, denied] {
        let server = mock(EmulatedVersion::V0_11_4);
        server.inject(
            Fault::status(StatusCode::FORBIDDEN, "")
                .on_version()
                .times(9),
        );
        server.inject(fault().times(99));
        let groups = server.groups().len();
        let client = client(&server);
        client
            .create(NewGroup::new("child").parent("team"))
            .await
            .unwrap_err();
        client.import(&export()).await.map(drop).ok();
        let created = server.groups();
        let is_child = |group: &owui_groups::types::Group| group.name == "child";
        assert!(!created.iter().any(is_child));
        assert_eq!(created.len(), groups, "{created:?}");
    }
}

#[tokio::test]
async fn a_login_page_for_a_moment_is_not_remembered() {
    let server = mock(EmulatedVersion::V0_12_4);
    server.inject(
        Fault::status(StatusCode::FORBIDDEN, "")
            .on_version()
            .times(9),
    );
    let client = client(&server);
    let create = async || client.create(NewGroup::new("child").parent("team")).await;
    for pages in [2, 1] {
        server.inject(Fault::html_page().times(pages));
        assert_eq!(create().await.unwrap_err().kind(), ErrorKind::NotOpenWebUi);
    }
    create().await.unwrap();
}

#[tokio::test]
async fn direct_members_are_listed_if_a_proxy_denies_their_pages() {
    let server = mock(EmulatedVersion::V0_12_4);
    server.inject(
        Fault::status(StatusCode::FORBIDDEN, "")
            .on_version()
            .times(9),
    );
    let denied = Fault::status(StatusCode::FORBIDDEN, "");
    server.inject(denied.on(Operation::ListGroupMembers).times(9));
    let client = client(&server);
    assert_eq!(client.members("team").await.unwrap().len(), 2);
    let effective = client.members("team").effective().await.unwrap_err();
    assert_eq!(effective.kind(), ErrorKind::PermissionDenied);
}

// Failed requests for the version.

#[tokio::test]
async fn a_version_that_hangs_holds_no_call_up() {
    let server = mock(EmulatedVersion::V0_12_4);
    let hangs = Fault::delay(std::time::Duration::from_secs(60));
    server.inject(hangs.on_version().times(9));
    let builder = GroupsClient::builder(&server.url(), server.admin_token());
    let client = builder
        .deadline(std::time::Duration::from_secs(2))
        .build()
        .unwrap();
    client.users("team").await.unwrap();
    client.delete("team").await.unwrap();
    let sent = server.requests();
    let versions = sent.iter().filter(|sent| sent.path == "/api/version");
    assert_eq!(versions.count(), 1);
}

#[tokio::test]
async fn a_stated_version_stays_known_when_a_refresh_fails() {
    let (server, client) = with_stated_version(EmulatedVersion::V0_12_4);
    server.inject(Fault::status(StatusCode::FORBIDDEN, "").on_version());
    client.refresh_server_version().await.unwrap_err();
    client.delete("team").await.unwrap();
    assert_eq!(server.requests().len(), 2);
}
