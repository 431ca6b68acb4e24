//! Adding data to a mock and reading it.

use std::io::{Read, Write};

use owui_groups::{ErrorKind, NewGroup, Permission, ServerVersion};
use owui_groups_mock::{EmulatedVersion, MockServer, NewUser, Role, Seed};
use reqwest::Method;
use serde_json::Value;

use crate::clients::{client, client_of, mock};

#[tokio::test]
async fn a_mock_begins_with_an_administrator_and_no_group() {
    let server = mock();
    assert!(server.groups().is_empty());
    assert_eq!(server.admin().role(), Role::Admin);
    assert!(client(&server).list().await.unwrap().is_empty());
}

#[tokio::test]
async fn two_mocks_share_nothing() {
    let (one, other) = (mock(), mock());
    one.add_group(NewGroup::new("one")).unwrap();
    assert_ne!(one.url(), other.url());
    assert!(other.groups().is_empty());
}

#[tokio::test]
async fn a_mock_stops_when_it_is_dropped() {
    let server = mock();
    let client = client(&server);
    client.list().await.unwrap();
    drop(server);
    assert!(client.list().await.unwrap_err().status().is_none());
}

/// Uses a blocking client on the only thread of this test.
#[tokio::test]
async fn code_that_blocks_can_use_a_mock() {
    let server = mock();
    let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
    stream
        .write_all(b"GET /health HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.ends_with("{\"status\":true}"), "{response}");
}

#[tokio::test]
async fn a_port_is_free_again_at_once() {
    let server = mock();
    let port = server.address().port();
    drop(server);
    let again = MockServer::builder().port(port).start().unwrap();
    assert_eq!(again.address().port(), port);
}

#[tokio::test]
async fn ids_may_be_chosen_and_are_not_given_twice() {
    let server = mock();
    let made_up = server.add_group(NewGroup::new("made up")).unwrap();
    // One of these is the next ID of the mock.
    let (same, number) = made_up.id.split_at(24);
    let number = u64::from_str_radix(number, 16).unwrap();
    for next in 1..=4 {
        let id = format!("{same}{:012x}", number + next);
        let chosen = server.add_group_with_id(&id, NewGroup::new("chosen"));
        assert_eq!(chosen.unwrap().id, id);
        let twin = server.add_group_with_id(&id, NewGroup::new("twin"));
        assert!(twin.unwrap_err().to_string().contains("already"));
    }
    server.add_group(NewGroup::new("made up")).unwrap();
    assert_eq!(server.groups().len(), 6);
}

#[test]
fn an_unknown_role_is_rejected() {
    assert_eq!(
        "boss".parse::<Role>().unwrap_err().to_string(),
        "`boss` is not a role; use `admin`, `user` or `pending`"
    );
    for role in [Role::Admin, Role::User, Role::Pending] {
        assert_eq!(role.to_string().parse::<Role>().unwrap(), role);
    }
}

#[tokio::test]
async fn listening_everywhere_is_reached_on_this_machine() {
    let builder = MockServer::builder().listen_on([0, 0, 0, 0].into());
    let server = builder.start().unwrap();
    assert!(server.url().starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn groups_put_in_are_served() {
    let server = mock();
    let company = server.add_group(NewGroup::new("company")).unwrap();
    let team = NewGroup::new("team")
        .parent(&company.id)
        .description("builds");
    let team = server.add_group(team).unwrap();
    assert_eq!(client(&server).get(&team.id).await.unwrap(), team);
}

#[tokio::test]
async fn what_a_client_does_can_be_looked_at() {
    let server = mock();
    let ann = server.add_user(NewUser::new("Ann")).unwrap();
    let created = client(&server).create(NewGroup::new("team")).await.unwrap();
    let _ = client(&server)
        .add_members(&created.id, [ann.id()])
        .await
        .unwrap();
    assert_eq!(server.member_ids(&created.id), [ann.id()]);
    assert_eq!(server.group(&created.id).unwrap().member_count, Some(1));
}

#[tokio::test]
async fn users_have_tokens_and_rights_of_their_own() {
    let server = mock();
    let ann = server.add_user(NewUser::new("Ann")).unwrap();
    let bo = server
        .add_user(NewUser::new("Bo").role(Role::Admin))
        .unwrap();
    let team = server.add_group(NewGroup::new("team")).unwrap();
    server.add_members(&team.id, [ann.id()]).unwrap();
    let anns = client_of(&server, &ann);
    assert_eq!(anns.list().await.unwrap().len(), 1);
    assert_eq!(
        anns.get(&team.id).await.unwrap_err().kind(),
        ErrorKind::PermissionDenied
    );
    client_of(&server, &bo).get(&team.id).await.unwrap();
}

#[tokio::test]
async fn a_user_is_not_put_in_twice() {
    let server = mock();
    let ann = server.add_user(NewUser::new("Ann")).unwrap();
    let twins = [
        NewUser::new("Ann").id(ann.id()),
        NewUser::new("Ann").email(ann.email()),
        NewUser::new("Ann").token(ann.token()),
    ];
    for twin in twins {
        let error = server.add_user(twin).unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
    }
}

#[tokio::test]
async fn an_empty_id_address_or_token_is_rejected() {
    let empty = [
        (NewUser::new("Ann").id(""), "ID"),
        (NewUser::new("Ann").email(""), "email address"),
        (NewUser::new("Ann").token(""), "token"),
    ];
    for (user, what) in empty {
        let error = mock().add_user(user).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the {what} of user `Ann` is empty; leave it unset to have one generated")
        );
    }
}

#[tokio::test]
async fn the_administrator_is_one_whatever_their_role() {
    let admin = NewUser::new("Ann").role(Role::Pending);
    let server = MockServer::builder().admin(admin).start().unwrap();
    assert_eq!(server.admin().role(), Role::Admin);
    client(&server).list().await.unwrap();
}

#[tokio::test]
async fn members_put_in_have_to_be_there() {
    let server = mock();
    let team = server.add_group(NewGroup::new("team")).unwrap();
    let error = server.add_members(&team.id, ["nobody"]).unwrap_err();
    assert_eq!(error.to_string(), "there is no user \"nobody\" in the mock");
    let error = server.add_members("nothing", ["nobody"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no group \"nothing\" in the mock"
    );
}

#[tokio::test]
async fn a_group_that_a_server_would_reject_is_not_added() {
    let server = mock();
    let error = server
        .add_group(NewGroup::new("team").parent("nothing"))
        .unwrap_err();
    assert!(
        error.to_string().contains("Parent group not found."),
        "{error}"
    );
}

#[tokio::test]
async fn an_old_version_accepts_no_parents() {
    let builder = MockServer::builder().emulate(EmulatedVersion::V0_11_4);
    let server = builder.start().unwrap();
    let error = server
        .add_group(NewGroup::new("team").parent("company"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "groups of Open WebUI 0.11.4 have no parents"
    );
}

#[tokio::test]
async fn each_version_reports_itself() {
    for version in EmulatedVersion::ALL {
        let server = MockServer::builder().emulate(*version).start().unwrap();
        let reported = client(&server).server_version().await.unwrap();
        assert_eq!(reported, version.version());
        assert_eq!(
            version.to_string().parse::<ServerVersion>().unwrap(),
            reported
        );
    }
}

#[test]
fn an_unknown_version_is_an_error_that_names_the_known_ones() {
    let error = "0.5.0".parse::<EmulatedVersion>().unwrap_err().to_string();
    assert!(error.contains("`0.5.0`"), "{error}");
    for version in EmulatedVersion::ALL {
        assert!(error.contains(version.as_str()), "{error}");
    }
}

#[tokio::test]
async fn a_seed_has_users_and_groups() {
    let seed = r#"{
        "users": [
            {"name": "Ann", "id": "ann", "token": "anns-token"},
            {"name": "Ben", "email": "ben@corp.example", "role": "pending"}
        ],
        "groups": [
            {"name": "company", "permissions": {"chat": {"file_upload": true}}},
            {"name": "team", "parent": "company", "members": ["Ann", "ben@corp.example"]}
        ]
    }"#;
    let builder = MockServer::builder().seed(Seed::from_json(seed).unwrap());
    let server = builder.start().unwrap();
    let groups = server.groups();
    let named = |name: &str| groups.iter().find(|group| group.name == name).unwrap();
    let (company, team) = (named("company"), named("team"));
    assert_eq!(team.parent_group_id.as_ref(), Some(&company.id));
    assert!(server.member_ids(&team.id).contains(&"ann".to_owned()));
    assert_eq!(team.member_count, Some(2));
    let permissions = company.permissions.as_ref().unwrap();
    assert!(permissions.is_allowed(Permission::ChatFileUpload));
}

/// Some editors on Windows add it.
#[tokio::test]
async fn a_seed_may_begin_with_a_byte_order_mark() {
    let seed = Seed::from_json("\u{feff}{\"groups\": [{\"name\": \"team\"}]}").unwrap();
    let server = MockServer::builder().seed(seed).start().unwrap();
    assert_eq!(server.groups()[0].name, "team");
}

#[tokio::test]
async fn an_invalid_seed_is_an_error_with_the_reason() {
    for (seed, why) in [
        (r#"{"groups": [{"name": 1}]}"#, "at groups[0].name"),
        (r#"{"group": []}"#, "at "),
        (
            r#"{"users": [{"name": "Ann", "token": ""}]}"#,
            "the token of user `Ann` is empty",
        ),
        (
            r#"{"users": [{"name": "Ann", "role": "boss"}]}"#,
            "at users[0].role",
        ),
        (
            r#"{"groups": []} {"groups""#,
            "more in the seed than one JSON value",
        ),
        (
            r#"{"groups": [{"name": "a"}, {"name": "a"}, {"name": "b", "parent": "a"}]}"#,
            "several groups before it are called so",
        ),
        (
            r#"{"groups": [{"name": "team", "parent": "company"}]}"#,
            "\"team\" is below \"company\", which is no group before it",
        ),
        (
            r#"{"groups": [{"name": "team", "members": ["Ann"]}]}"#,
            "no user has the id, address or name \"Ann\"",
        ),
        (
            r#"{"users": [{"name": "Ann"}, {"name": "Ann"}],
                "groups": [{"name": "team", "members": ["Ann"]}]}"#,
            "several users are called \"Ann\"; give an id or an address",
        ),
    ] {
        let error = match Seed::from_json(seed) {
            Ok(seed) => MockServer::builder().seed(seed).start().unwrap_err(),
            Err(error) => error,
        };
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let server = mock();
    let port = server.address().port();
    let error = MockServer::builder().port(port).start().unwrap_err();
    let expected = format!("the mock cannot listen on 127.0.0.1, port {port}");
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn only_this_machine_reaches_a_mock() {
    assert!(mock().address().ip().is_loopback());
}

#[tokio::test]
async fn tokens_are_not_shown() {
    let user = NewUser::new("Ann").token("a-secret");
    let other = NewUser::new("Ben").token("a-secret-too");
    let builder = MockServer::builder().admin(user.clone()).user(other);
    assert!(!format!("{user:?} {builder:?}").contains("a-secret"));
    let server = builder.start().unwrap();
    assert_eq!(server.admin_token(), "a-secret");
    client(&server).list().await.unwrap();
    let shown = format!("{server:?} {:?} {:?}", server.admin(), server.requests());
    assert!(!shown.contains("a-secret"));
}

/// The responses of a server to its administrator.
async fn response(server: &MockServer, path: &str) -> String {
    let request = client(server).request(Method::GET, path).unwrap();
    request.send().await.unwrap().text().await.unwrap()
}

/// A response of 0.12.4, with more fields of a profile than the mock generates.
const USERS: &str = r#"{"users": [
    {"status_emoji": "wave", "status_message": "away", "status_expires_at": 1795654106,
     "id": "0d5cbb3a-08f4-4b3d-8b0e-6f2f4f3f5e10", "name": "Ann", "email": "ann@corp.example",
     "role": "user", "bio": "builds things", "last_active_at": 1795654106,
     "timezone": "Europe/Vienna", "groups": [], "is_active": false},
    {"status_emoji": null, "status_message": null, "status_expires_at": null,
     "id": "51c1f0a2-6c62-4f0e-8a53-0a0a55b7ad11", "name": "Pat", "email": "pat@corp.example",
     "role": "pending", "bio": null, "last_active_at": 1795654000, "timezone": null, "groups": [],
     "is_active": false},
    {"status_emoji": null, "status_message": null, "status_expires_at": null,
     "id": "ac665f84-914a-492b-be47-b27d081406d0", "name": "admin", "email": "admin@example.com",
     "role": "admin", "bio": null, "last_active_at": 1795654000, "timezone": null, "groups": [],
     "is_active": false}
], "total": 3}"#;

const GROUPS: &str = r#"[
    {"id": "9a0b", "user_id": "ac665f84-914a-492b-be47-b27d081406d0", "parent_group_id": "1c2d",
     "name": "team", "description": "", "data": {"config": {"share": "members"}}, "meta": null,
     "permissions": null, "created_at": 1795654001, "updated_at": 1795654003, "member_count": 0},
    {"id": "1c2d", "user_id": "0d5cbb3a-08f4-4b3d-8b0e-6f2f4f3f5e10", "parent_group_id": null,
     "name": "company", "description": "all", "data": null, "meta": null,
     "permissions": {"chat": {"edit": "no"}}, "created_at": 1795654000, "updated_at": 1795654002,
     "member_count": 0}
]"#;

#[tokio::test]
async fn responses_of_a_real_server_are_returned_as_they_were() {
    let seed = Seed::from_responses(USERS, GROUPS).unwrap();
    let admin = NewUser::new("mock").id("ac665f84-914a-492b-be47-b27d081406d0");
    let builder = MockServer::builder().admin(admin).seed(seed);
    let server = builder.start().unwrap();
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let users = response(&server, "api/v1/users/all").await;
    assert_eq!(json(&users), json(USERS));
    let groups = response(&server, "api/v1/groups/").await;
    assert_eq!(json(&groups), json(GROUPS));
}

#[tokio::test]
async fn an_old_version_returns_users_of_a_newer_one_with_the_fields_that_it_has() {
    let seed = Seed::from_responses(USERS, "[]").unwrap();
    let builder = MockServer::builder().emulate(EmulatedVersion::V0_9_6);
    let server = builder.seed(seed).start().unwrap();
    let users: Value = serde_json::from_str(&response(&server, "api/v1/users/all").await).unwrap();
    let ann = &users["users"].as_array().unwrap()[1];
    assert_eq!(ann["bio"], "builds things");
    assert_eq!(ann.get("timezone"), None);
}

#[test]
fn an_invalid_response_is_an_error_with_the_reason() {
    let start = |users: &str, groups: &str, version| {
        let seed = Seed::from_responses(users, groups)?;
        MockServer::builder().emulate(version).seed(seed).start()
    };
    let twice = USERS.replace("pat@corp.example", "ann@corp.example");
    let orphan = GROUPS.replace("\"1c2d\", \"user_id", "\"other\", \"user_id");
    let new = EmulatedVersion::V0_12_4;
    for (users, groups, version, why) in [
        ("[]", "[]", new, "the list of users is not"),
        (USERS, "{}", new, "the list of groups is not"),
        (
            r#"{"users": [{"id": "a", "name": "A", "email": "a@x", "role": "boss"}]}"#,
            "[]",
            new,
            "at users[0]",
        ),
        (&*twice, "[]", new, "address ann@corp.example already"),
        (USERS, &*orphan, new, "\"team\" is below \"1c2d\""),
        (USERS, GROUPS, EmulatedVersion::V0_11_4, "have no parents"),
    ] {
        let error = start(users, groups, version).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}
