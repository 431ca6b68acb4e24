//! Recorded requests, and responses to unknown ones.

use owui_groups::{NewGroup, Operation, ServerVersion};
use owui_groups_mock::{EmulatedVersion, MockServer};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::clients::{client, mock};

#[tokio::test]
async fn requests_are_kept_with_their_bodies() {
    let server = mock();
    client(&server).create(NewGroup::new("team")).await.unwrap();
    let [request] = &*server.requests_of(Operation::CreateGroup) else {
        panic!("not one request");
    };
    assert_eq!(
        (request.method.as_str(), request.status),
        ("POST", Some(StatusCode::OK))
    );
    assert_eq!(request.path, "/api/v1/groups/create");
    assert_eq!(request.json().unwrap()["name"], "team");
    server.clear_requests();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn queries_are_kept_as_they_were_sent() {
    let server = mock();
    client(&server).list().share(true).await.unwrap();
    let requests = server.requests_of(Operation::ListGroups);
    assert_eq!(requests[0].query.as_deref(), Some("share=true"));
}

async fn send(server: &MockServer, method: Method, path: &str) -> (u16, String, String) {
    let request = client(server).request(method, path).unwrap();
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type");
    let kind = kind.map_or("", |kind| kind.to_str().unwrap()).to_owned();
    (status, kind, response.text().await.unwrap())
}

#[tokio::test]
async fn what_the_mock_does_not_implement_is_rejected_with_all_that_it_does() {
    let server = mock();
    let (status, kind, body) = send(&server, Method::GET, "api/v1/chats/").await;
    assert_eq!((status, kind.as_str()), (501, "application/json"));
    let body: Value = serde_json::from_str(&body).unwrap();
    let detail = body["detail"].as_str().unwrap();
    assert!(
        detail.starts_with(
            "this mock of Open WebUI 0.12.4 does not implement GET /api/v1/chats/; it has "
        ),
        "{detail}"
    );
    let has = |operation: &&Operation| ServerVersion::new(0, 12, 4).supports(**operation);
    for operation in Operation::ALL.iter().filter(has) {
        let known = format!("{} {}", operation.method(), operation.path());
        assert!(detail.contains(&known), "{known}");
    }
    assert_eq!(server.requests()[0].operation, None);
}

#[tokio::test]
async fn what_an_old_version_lacks_is_not_among_what_it_has() {
    let builder = MockServer::builder().emulate(EmulatedVersion::V0_6_43);
    let server = builder.start().unwrap();
    let (_, _, body) = send(&server, Method::GET, "api/v1/chats/").await;
    assert!(
        body.contains("/export") && !body.contains("/preview"),
        "{body}"
    );
}

#[tokio::test]
async fn a_page_stands_where_a_version_has_no_operation() {
    let builder = MockServer::builder().emulate(EmulatedVersion::V0_11_4);
    let server = builder.start().unwrap();
    let group = server.add_group(NewGroup::new("team")).unwrap();
    let path = format!("api/v1/groups/id/{}/members", group.id);
    let (status, kind, body) = send(&server, Method::GET, &path).await;
    assert_eq!((status, kind.as_str()), (200, "text/html; charset=utf-8"));
    assert!(body.starts_with("<!doctype html>"));
    let (status, _, body) = send(&server, Method::POST, &path).await;
    assert_eq!(
        (status, body),
        (405, json!({"detail": "Method Not Allowed"}).to_string())
    );
}

#[tokio::test]
async fn adding_a_user_with_an_unknown_role_is_rejected() {
    let server = mock();
    let add = |role: &str| {
        let user =
            json!({"name": "Ann", "email": "ann@corp.example", "password": "-", "role": role});
        let request = client(&server).request(Method::POST, "api/v1/auths/add");
        request.unwrap().json(&user).send()
    };
    let response = add("boss").await.unwrap();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let response = add("user").await.unwrap();
    assert_eq!(response.json::<Value>().await.unwrap()["role"], "user");
}
