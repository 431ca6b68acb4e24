//! Servers that break connections in ways that no HTTP library supports.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time,
};

/// The action on one connection.
#[derive(Clone)]
pub(crate) enum Action {
    /// Sends these bytes, if any, and closes the connection.
    Say(String),
    /// Sends these bytes, if any, and keeps the connection open without sending more.
    Hang(String),
}

/// Handles one request per connection. The actions are used in turn, and the last one for all later
/// connections.
pub(crate) struct Broken {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Broken {
    pub(crate) async fn doing(actions: Vec<Action>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&sent);
        tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let action = actions[turn.min(actions.len() - 1)].clone();
                turn += 1;
                tokio::spawn(serve(stream, action, Arc::clone(&record)));
            }
        });
        Self { address, sent }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first line of each request, without the protocol.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, action: Action, record: Arc<Mutex<Vec<String>>>) {
    let request = read(&mut stream).await;
    let first = request.lines().next().unwrap_or_default();
    let line = first.trim_end_matches(" HTTP/1.1").to_owned();
    record.lock().unwrap().push(line);
    match action {
        Action::Say(bytes) => {
            let _ = stream.write_all(bytes.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        Action::Hang(bytes) => {
            let _ = stream.write_all(bytes.as_bytes()).await;
            time::sleep(Duration::from_secs(60)).await;
        }
    }
}

/// Reads the whole request, so that closing does not reset the connection.
async fn read(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length:")?
                        .trim()
                        .parse()
                        .ok()
                })
                .unwrap_or(0_usize);
            if body.len() >= length {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(size) if size > 0 => request.extend_from_slice(&buffer[..size]),
            _ => return text,
        }
    }
}

/// A JSON response of which only `sent` bytes are sent, although it declares its full length.
pub(crate) fn cut(body: &str, sent: usize) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
        body.len(),
        &body[..sent]
    )
}

/// A JSON response without a length, in chunks of this size.
pub(crate) fn chunked(body: &str, size: usize) -> String {
    let mut answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                      transfer-encoding: chunked\r\n\r\n"
        .to_owned();
    for chunk in body.as_bytes().chunks(size) {
        let chunk = String::from_utf8_lossy(chunk);
        answer.push_str(&format!("{:x}\r\n{chunk}\r\n", chunk.len()));
    }
    answer.push_str("0\r\n\r\n");
    answer
}
