//! Servers that break off: what no HTTP library would send.

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

/// What happens to one connection.
#[derive(Clone)]
pub(crate) enum Action {
    /// These bytes are sent, if any, and the connection is closed.
    Say(String),
    /// These bytes are sent, if any, and then nothing ever.
    Hang(String),
}

/// Deals with one request a connection, in turn, and with the last action ever after.
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

/// Reads a request whole, so that closing does not reset the connection.
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

/// An answer in JSON of which only `sent` bytes come, although all are announced.
pub(crate) fn cut(body: &str, sent: usize) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
        body.len(),
        &body[..sent]
    )
}

/// An answer in JSON without its length, in chunks of this size.
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
