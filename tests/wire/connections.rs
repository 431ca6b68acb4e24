//! Connections that are kept between requests.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
    time,
};

use crate::{groups, server::builder};

/// Open WebUI's own web server closes a connection after five idle seconds. A
/// request on its way in that moment is lost, so the client must not use such
/// a connection again.
#[tokio::test]
async fn a_connection_that_the_server_is_about_to_close_is_not_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (accepted, mut connections) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            accepted.send(()).unwrap();
            tokio::spawn(async move {
                let body = groups::group(0).to_string();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.is_ok_and(|size| size > 0) {
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    let client = builder(&url).build().unwrap();

    client.get("id").await.unwrap();
    client.get("id").await.unwrap();
    time::sleep(Duration::from_millis(4_500)).await;
    client.get("id").await.unwrap();

    connections.recv().await.unwrap();
    connections.try_recv().unwrap();
    assert!(connections.try_recv().is_err());
}
