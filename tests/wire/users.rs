//! The operations on users and on settings.

use std::fmt::Debug;

use owui_groups::{ErrorKind, Operation, UserOrder};
use owui_groups_mock::{EmulatedVersion, Fault, MockServer, NewUser};
use serde::Serialize;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::{
    groups::not_found,
    server::{NEW, OLDEST, Server, TOKEN, html, json as answer},
};

const USER: &str = "f3a83348-7dc7-437f-afd3-1543d3b74c23";

/// IDs that would change the path of the request.
const BAD_IDS: [&str; 10] = [
    "", " ", ".", "..", "a/b", "../users", "a?b", "a%2Fb", "a\0", "a\\b",
];

#[tokio::test]
async fn an_id_that_would_change_the_path_is_not_sent() {
    let server = Server::responding(not_found()).await;
    let client = server.client();
    for id in BAD_IDS {
        let groups = client.user_groups(id).await.map(drop);
        let preview = client.preview_user(id).await.map(drop);
        for error in [groups.unwrap_err(), preview.unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id:?}");
            assert!(error.to_string().contains("user ID"), "{error}");
        }
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn a_page_that_servers_do_not_have_is_not_requested() {
    let server = Server::responding(not_found()).await;
    for page in [0, u64::MAX] {
        let error = server.client().search_users("a").page(page).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn a_search_sends_only_what_is_set() {
    let server = Server::responding(answer(200, json!({"users": [], "total": 0}))).await;
    let client = server.client();
    client.search_users("").await.unwrap();
    client.search_users("a b").await.unwrap();
    let ordered = client.search_users("").order_by(UserOrder::LastActiveAt);
    ordered.descending().page(2).await.unwrap();
    let requests = server.requests().await;
    let queries: Vec<_> = requests.iter().map(|sent| sent.url.query()).collect();
    let expected = [
        "page=1",
        "page=1&query=a+b",
        "direction=desc&order_by=last_active_at&page=2",
    ];
    assert_eq!(queries, expected.map(Some));
}

#[tokio::test]
async fn inherited_groups_are_requested_only_if_they_are_asked_for() {
    let server = Server::responding(answer(200, json!([]))).await;
    let client = server.client();
    client.user_groups(USER).await.unwrap();
    client.user_groups(USER).with_inherited().await.unwrap();
    let requests = server.requests().await;
    let queries: Vec<_> = requests.iter().map(|sent| sent.url.query()).collect();
    assert_eq!(queries, [None, Some("include_inherited=true")]);
}

// Errors.

#[tokio::test]
async fn a_missing_user_is_not_found_as_a_user() {
    let server = Server::of(NEW, |_, _| Some(not_found())).await;
    let error = server.client().preview_user(USER).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.group_id(), None);
    assert_eq!(
        error.path(),
        Some(&*format!("/api/v1/users/{USER}/preview"))
    );
    assert_eq!(
        error.to_string(),
        "preview_user: the user does not exist (HTTP 404): We could not find what you're looking for \
         :/"
    );
    assert_eq!(server.sent().await.len(), 1, "nothing explains it better");
}

#[tokio::test]
async fn a_server_without_an_operation_is_too_old() {
    let server = Server::of(OLDEST, |_, _| None).await;
    let preview = server.client().preview_user(USER).await.map(drop);
    let oauth = server.client().oauth_config().await.map(drop);
    for error in [preview.unwrap_err(), oauth.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);
    }
}

#[tokio::test]
async fn a_server_without_an_operation_is_too_old_even_if_it_hides_its_version() {
    for version in [EmulatedVersion::V0_6_43, EmulatedVersion::V0_12_4] {
        let mock = MockServer::builder().emulate(version).start().unwrap();
        let ann = mock.add_user(NewUser::new("Ann")).unwrap();
        mock.inject(Fault::html_page().on_version().times(9));
        let client = mock.client().unwrap();
        client.server_version().await.unwrap_err();
        let preview = client.preview_user(ann.id()).await.map(drop);
        let oauth = client.oauth_config().await.map(drop);
        for outcome in [preview, oauth] {
            let kind = outcome.err().map(|error| error.kind());
            let is_old = version == EmulatedVersion::V0_6_43;
            assert_eq!(kind, is_old.then_some(ErrorKind::UnsupportedVersion));
        }
    }
}

#[tokio::test]
async fn a_web_page_of_another_server_is_no_old_server() {
    let page = html(200, "<!doctype html><title>another</title>");
    let server = Server::of("dev", move |_, _| Some(page.clone())).await;
    let error = server.client().oauth_config().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOpenWebUi);
}

#[tokio::test]
async fn a_user_who_does_not_exist_has_no_groups() {
    for version in EmulatedVersion::ALL {
        let mock = MockServer::builder().emulate(*version).start().unwrap();
        let groups = mock.client().unwrap().user_groups("none").await.unwrap();
        assert_eq!(groups, [], "{version}");
    }
}

// Secrets that servers return.

/// The secrets of the mock's settings, and the token of its administrator.
const SECRETS: [&str; 3] = ["mock-oauth-client-secret", "mock-ldap-password", TOKEN];

fn assert_silent(what: &str, value: impl Debug + Serialize) {
    let json = serde_json::to_string(&value).unwrap();
    let text = format!("{value:?} {value:#?} {json}");
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what}: {text}");
    }
}

#[tokio::test]
async fn secrets_in_responses_are_not_retained() {
    for version in EmulatedVersion::ALL {
        let admin = NewUser::new("Admin").token(TOKEN);
        let mock = MockServer::builder().emulate(*version).admin(admin);
        let mock = mock.start().unwrap();
        let client = owui_groups::GroupsClient::new(&mock.url(), TOKEN).unwrap();
        if *version < EmulatedVersion::V0_12_4 {
            assert_silent("session user", client.session_user().await.unwrap());
        }
        assert_silent("LDAP", client.ldap_config().await.unwrap());
        assert_silent("LDAP server", client.ldap_server_config().await.unwrap());
        assert_silent("admin", client.admin_config().await.unwrap());
        assert_silent("app", client.app_config().await.unwrap());
        assert_silent("permissions", client.default_permissions().await.unwrap());
        assert_silent("users", client.all_users().await.unwrap());
        let lookup = client.find_users_by_email([mock.admin().email()]);
        assert_silent("lookup", lookup.await.unwrap());
        if client.supports(Operation::GetOauthConfig).await.unwrap() {
            assert_silent("OAuth", client.oauth_config().await.unwrap());
        }
    }
}

/// Shows that the responses have secrets, so that the test above can fail.
#[tokio::test]
async fn the_mock_returns_the_secrets() {
    let mock = MockServer::start().unwrap();
    let client = mock.client().unwrap();
    for (path, secret) in [
        ("api/v1/auths/", mock.admin_token()),
        ("api/v1/auths/admin/config/oauth", SECRETS[0]),
        ("api/v1/auths/admin/config/ldap/server", SECRETS[1]),
    ] {
        let request = client.request(http::Method::GET, path).unwrap();
        let body = request.send().await.unwrap().text().await.unwrap();
        assert!(body.contains(secret), "{path}");
    }
}

#[tokio::test]
async fn an_error_about_settings_does_not_show_their_secrets() {
    // Fields of another type beside secrets, another status, and another content type.
    let body = json!({
        "ENABLE_LDAP": "yes", "token": TOKEN, "id": 1, "enable_group_management": "yes",
        "ENABLE_OAUTH_GROUP_MANAGEMENT": "yes", "OAUTH_CLIENT_SECRET": SECRETS[0],
        "app_dn_password": SECRETS[1],
    });
    let text = ResponseTemplate::new(200).set_body_raw(body.to_string(), "text/plain");
    for response in [answer(200, body.clone()), answer(203, body), text] {
        let server = Server::responding(response).await;
        let client = server.client();
        let errors = [
            client.ldap_config().await.map(drop),
            client.ldap_server_config().await.map(drop),
            client.oauth_config().await.map(drop),
            client.session_user().await.map(drop),
        ];
        for error in errors.map(Result::unwrap_err) {
            assert!(error.status().unwrap().is_success());
            let text = format!("{error} {error:?} {:?}", error.detail());
            for secret in SECRETS {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}
