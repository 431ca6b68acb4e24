//! Connections that are kept between requests.

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

/// Answers the first request of each connection by its turn, and later ones
/// on the same connection if `lasts`; tells each connection it accepts.
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
                    // Requests at the same time get connections of their own.
                    time::sleep(Duration::from_millis(50)).await;
                    stream.write_all(answer.as_bytes()).await.unwrap();
                    if !lasts {
                        // The next request is met by a connection that is gone.
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

/// Open WebUI's own web server closes a connection after five idle seconds. A
/// request on its way in that moment is lost, so the client must not use such
/// a connection again.
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

/// After an exception that nobody caught, Open WebUI answers 500 and closes the
/// connection, but does not say that it will. A create that is sent on it in
/// between would be lost, and is never sent twice.
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

/// A connection that broke says nothing good of the others.
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

/// A server that keeps a connection for one request, and then closes it with a 408: either at once
/// or when it gets the next request.
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

/// Some proxies close idle connections with a response to a request that was never sent.
#[tokio::test]
async fn a_create_is_not_sent_on_a_connection_with_a_408_on_it() {
    for blocks in [false, true] {
        let (url, server) = serve_408(false);
        let client = builder(&url).build().unwrap();
        client.get("id").await.unwrap();
        // The client has noticed it before it sends, or has to notice it then.
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

/// Such a response can cross the next request.
#[tokio::test]
async fn a_request_that_crosses_a_408_is_sent_again_if_it_is_idempotent() {
    let (url, server) = serve_408(true);
    let client = builder(&url).retry_policy(quick()).build().unwrap();
    client.get("id").await.unwrap();
    client.get("id").await.unwrap();
    assert_eq!(server.join().unwrap().len(), 3);
}

/// Most servers send a 408 only for a request that they did not receive, but some send it for one
/// that takes too long.
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
