//! Connections that are kept between requests.

use std::time::Duration;

use owui_groups::{ErrorKind, NewGroup};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
    time,
};

use crate::{groups, server::builder};

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
