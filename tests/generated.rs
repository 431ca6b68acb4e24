//! Checks that the generated client in the benchmark sends the token, and only to the server.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use owui_groups::GroupsClient;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const TOKEN: &str = "sk-0123456789abcdefTOKEN";

async fn responding(response: ResponseTemplate) -> MockServer {
    let server = MockServer::builder().start().await;
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn the_token_is_sent_and_not_shown() {
    let server = responding(ResponseTemplate::new(200).set_body_json(json!([]))).await;
    let client = GroupsClient::new(&server.uri(), TOKEN).unwrap().generated();
    client.list_groups().await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert_eq!(
        requests[0].headers["authorization"],
        format!("Bearer {TOKEN}")
    );
    assert!(!format!("{client:?}").contains(TOKEN));
}

#[tokio::test]
async fn nothing_is_sent_to_where_a_redirect_points() {
    let target = responding(ResponseTemplate::new(200)).await;
    let redirect = ResponseTemplate::new(307).insert_header("location", target.uri());
    let server = responding(redirect).await;
    let client = GroupsClient::new(&server.uri(), TOKEN).unwrap().generated();
    client.list_groups().await.unwrap_err();
    assert_eq!(target.received_requests().await.unwrap().len(), 0);
}
