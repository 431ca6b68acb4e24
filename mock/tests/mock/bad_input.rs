//! Input that any server on a network may receive.

use std::{sync::Arc, time::Duration};

use owui_groups::{GroupsClient, NewGroup, RetryPolicy};
use owui_groups_mock::MockServer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time,
};

use crate::clients::{client, mock};

/// Sends these bytes and reads until the mock closes the connection.
async fn send(server: &MockServer, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    // The mock may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut response = Vec::new();
    let read = stream.read_to_end(&mut response);
    let _ = time::timeout(Duration::from_secs(10), read).await.unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

fn create_request(server: &MockServer, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST /api/v1/groups/create HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\
         authorization: Bearer {}\r\n{headers}content-length: {}\r\n\r\n",
        server.admin_token(),
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

async fn assert_still_works(server: &MockServer) {
    client(server).list().await.unwrap();
}

#[tokio::test]
async fn what_is_not_http_is_rejected() {
    let server = mock();
    for noise in [
        &b"hello\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\ncontent-length: minus one\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: \xff\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let response = send(&server, noise).await;
        let is_rejected = response.is_empty() || response.starts_with("HTTP/1.1 400");
        assert!(is_rejected, "{noise:?}: {response}");
    }
    assert_still_works(&server).await;
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_rejected() {
    let server = mock();
    let request = create_request(
        &server,
        "content-type: application/json\r\n",
        b"{\"name\": \"\xff\"}",
    );
    let response = send(&server, &request).await;
    assert!(response.starts_with("HTTP/1.1 400"), "{response}");
    assert_still_works(&server).await;
}

#[tokio::test]
async fn a_body_nested_without_end_is_rejected() {
    let server = mock();
    let body = "[".repeat(1 << 20);
    let request = create_request(
        &server,
        "content-type: application/json\r\n",
        body.as_bytes(),
    );
    let response = send(&server, &request).await;
    assert!(response.starts_with("HTTP/1.1 400"), "{response}");
    assert_still_works(&server).await;
}

#[tokio::test]
async fn a_body_of_many_megabytes_is_accepted() {
    let server = mock();
    let name = "é".repeat(8 << 20);
    let created = client(&server).create(NewGroup::new(&name)).await.unwrap();
    assert_eq!(created.name, name);
}

#[tokio::test]
async fn a_body_of_too_many_megabytes_is_rejected() {
    let server = mock();
    let name = "x".repeat(33 << 20);
    let error = client(&server)
        .create(NewGroup::new(name))
        .await
        .unwrap_err();
    // The connection may break before the response is read, because the mock never reads the whole
    // body.
    assert!(
        error.status().is_none_or(|status| status == 413),
        "{error:?}"
    );
    assert_still_works(&server).await;
}

#[tokio::test]
async fn headers_without_end_are_rejected() {
    let server = mock();
    let request = format!(
        "GET / HTTP/1.1\r\n{}\r\n",
        "x-header: x\r\n".repeat(100_000)
    );
    let response = send(&server, request.as_bytes()).await;
    assert!(
        response.is_empty() || response.starts_with("HTTP/1.1 431"),
        "{response}"
    );
    assert_still_works(&server).await;
}

#[tokio::test]
async fn a_thousand_connections_are_served() {
    // Both ends of each connection are in this process.
    let files = rlimit::increase_nofile_limit(4_096).unwrap();
    assert!(
        files >= 2_500,
        "no more than {files} files may be open here"
    );
    let server = Arc::new(mock());
    let mut idle = Vec::new();
    let mut open = JoinSet::new();
    for _ in 0..1_000 {
        let server = Arc::clone(&server);
        open.spawn(async move {
            let mut stream = TcpStream::connect(server.address()).await.unwrap();
            let request = b"GET /api/version HTTP/1.1\r\nhost: mock\r\n\r\n";
            stream.write_all(request).await.unwrap();
            let mut response = [0; 15];
            stream.read_exact(&mut response).await.unwrap();
            assert_eq!(&response, b"HTTP/1.1 200 OK");
            stream
        });
    }
    while let Some(stream) = open.join_next().await {
        idle.push(stream.unwrap());
    }
    assert_eq!(idle.len(), 1_000);
    assert_still_works(&server).await;
}

#[tokio::test]
async fn clients_at_the_same_time_do_not_disturb_each_other() {
    let server = mock();
    let builder = GroupsClient::builder(&server.url(), server.admin_token());
    let client = builder.retry_policy(RetryPolicy::none()).build().unwrap();
    let mut creating = JoinSet::new();
    for number in 0..100 {
        let client = client.clone();
        creating.spawn(async move {
            let name = format!("team {number}");
            client.create(NewGroup::new(name)).await.unwrap().id
        });
    }
    let mut ids = creating.join_all().await;
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), server.groups().len()), (100, 100));
}
