//! Connections that are reused for several requests.

use std::{
    io::{Read, Write},
    net, thread,
    time::Duration,
};

use http::StatusCode;
use owui_groups::{CallSettings, ErrorKind, NewGroup};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
    time,
};

use crate::{
    groups,
    server::{builder, quick},
};

/// Sends the responses in turn, one per connection. If `lasts`, later requests on a connection get
/// the same response. The channel receives a message for each accepted connection.
async fn serve(answers: Vec<String>, lasts: bool) -> (String, mpsc::UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (accepted, connections) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut turn = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = accepted.send(());
            let answer = answers[turn.min(answers.len() - 1)].clone();
            turn += 1;
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.is_ok_and(|size| size > 0) {
                    // Without the pause, a request could use a connection that a concurrent one has
                    // just finished with.
                    time::sleep(Duration::from_millis(50)).await;
                    stream.write_all(answer.as_bytes()).await.unwrap();
                    if !lasts {
                        // Closes the connection when the next request arrives.
                        let _ = stream.read(&mut buffer).await;
                        return;
                    }
                }
            });
        }
    });
    (url, connections)
}

fn answer(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

fn good() -> String {
    answer("200 OK", "application/json", &groups::group(0).to_string())
}

/// Open WebUI's own web server closes a connection after five idle seconds. A request that is sent
/// at that moment is lost, so the client must not reuse such a connection.
#[tokio::test]
async fn a_connection_that_the_server_is_about_to_close_is_not_used_again() {
    let (url, mut connections) = serve(vec![good()], true).await;
    let client = builder(&url).build().unwrap();

    client.get("id").await.unwrap();
    client.get("id").await.unwrap();
    time::sleep(Duration::from_millis(4_500)).await;
    client.get("id").await.unwrap();

    connections.recv().await.unwrap();
    connections.try_recv().unwrap();
    assert!(connections.try_recv().is_err());
}

/// After an uncaught exception, Open WebUI responds with 500 and closes the connection without
/// announcing it. A create that is sent before the connection is closed would be lost, and a create
/// is never retried.
#[tokio::test]
async fn a_connection_is_not_used_again_after_the_server_failed() {
    let crash = answer(
        "500 Internal Server Error",
        "text/plain; charset=utf-8",
        "Internal Server Error",
    );
    let (url, mut connections) = serve(vec![crash, good()], false).await;
    let client = builder(&url).build().unwrap();

    assert_eq!(
        client.get("id").await.unwrap_err().kind(),
        ErrorKind::Server
    );
    client.create(NewGroup::new("team")).await.unwrap();

    connections.recv().await.unwrap();
    connections.try_recv().unwrap();
}

/// If one connection is broken, the others may be broken too.
#[tokio::test]
async fn no_connection_is_used_again_after_one_broke() {
    let (url, mut connections) = serve(vec![good()], false).await;
    let client = builder(&url).build().unwrap();

    let (one, other) = tokio::join!(client.get("id"), client.get("id"));
    one.and(other).unwrap();
    assert_eq!(
        client.get("id").await.unwrap_err().kind(),
        ErrorKind::Interrupted
    );
    client.create(NewGroup::new("team")).await.unwrap();

    for _ in 0..3 {
        connections.recv().await.unwrap();
    }
}

/// A server that serves one request per connection, and then closes the connection with a 408,
/// either at once or after the next request.
fn serve_408(is_late: bool) -> (String, thread::JoinHandle<Vec<String>>) {
    const CLOSE: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n";
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut sent = Vec::new();
        let mut buffer = [0; 4096];
        let mut request = |stream: &mut net::TcpStream| {
            let size = stream.read(&mut buffer).unwrap();
            let text = String::from_utf8_lossy(&buffer[..size]);
            let line = text.lines().next().unwrap_or_default();
            sent.push(line.trim_end_matches(" HTTP/1.1").to_owned());
        };
        let (mut first, _) = listener.accept().unwrap();
        request(&mut first);
        first.write_all(good().as_bytes()).unwrap();
        if is_late {
            request(&mut first);
        } else {
            thread::sleep(Duration::from_millis(50));
        }
        first.write_all(CLOSE).unwrap();
        drop(first);
        let (mut second, _) = listener.accept().unwrap();
        request(&mut second);
        second.write_all(good().as_bytes()).unwrap();
        sent
    });
    (url, server)
}

/// Some proxies send a response before they close an idle connection, although no request was sent.
#[tokio::test]
async fn a_create_is_not_sent_on_a_connection_with_a_408_on_it() {
    for blocks in [false, true] {
        let (url, server) = serve_408(false);
        let client = builder(&url).build().unwrap();
        client.get("id").await.unwrap();
        // The client may detect it before or after it sends the request.
        if blocks {
            thread::sleep(Duration::from_millis(600));
        } else {
            time::sleep(Duration::from_millis(150)).await;
        }
        client.create(NewGroup::new("team")).await.unwrap();
        let sent = server.join().unwrap();
        assert_eq!(sent.len(), 2, "{sent:?}");
    }
}

/// Such a response may be sent at the same time as the next request.
#[tokio::test]
async fn a_request_that_crosses_a_408_is_sent_again_if_it_is_idempotent() {
    let (url, server) = serve_408(true);
    let client = builder(&url).retry_policy(quick()).build().unwrap();
    client.get("id").await.unwrap();
    client.get("id").await.unwrap();
    assert_eq!(server.join().unwrap().len(), 3);
}

/// Most servers send a 408 only if they did not receive a request, but some send it if a request
/// takes too long.
#[tokio::test]
async fn a_create_that_crosses_a_408_is_reported() {
    let (url, _server) = serve_408(true);
    let client = builder(&url).retry_policy(quick()).build().unwrap();
    client.get("id").await.unwrap();
    let error = client.create(NewGroup::new("team")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.status(), Some(StatusCode::REQUEST_TIMEOUT));
    assert_eq!(error.attempts(), 1);
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_client_with_other_settings_uses_the_same_connections() {
    let (url, mut connections) = serve(vec![good()], true).await;
    let client = builder(&url).build().unwrap();
    let other = client.with(CallSettings::new().timeout(Duration::from_secs(5)));
    for client in [&client, &other, &client] {
        client.get(groups::GROUP).await.unwrap();
    }
    connections.try_recv().unwrap();
    assert!(connections.try_recv().is_err());
}
