//! A server on the loopback interface that sends prepared responses.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time,
};

use crate::bench::script::Script;

/// A server for one run of a contender, which starts at the beginning of the script.
pub(crate) struct Loopback {
    url: String,
    task: JoinHandle<()>,
}

impl Loopback {
    /// Starts a server that waits before each response.
    ///
    /// # Errors
    ///
    /// When no port is available.
    pub(crate) async fn start(script: Arc<Script>, delay: Duration) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        script.restart();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), delay));
            }
        });
        Ok(Self { url, task })
    }

    /// The address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Responds to all requests of a connection.
async fn serve(mut stream: TcpStream, script: Arc<Script>, delay: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = Vec::new();
    loop {
        let Some(length) = length(&request) else {
            if stream.read_buf(&mut request).await? == 0 {
                return Ok(());
            }
            continue;
        };
        if !delay.is_zero() {
            time::sleep(delay).await;
        }
        stream.write_all(script.respond(target(&request))).await?;
        request.drain(..length);
    }
}

/// The length of the first request; none if it is not complete.
fn length(request: &[u8]) -> Option<usize> {
    let end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let head = str::from_utf8(request.get(..end)?).ok()?;
    let body = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    let length = end + body.unwrap_or(0);
    (request.len() >= length).then_some(length)
}

/// The path and the query of the first request.
fn target(request: &[u8]) -> &str {
    let mut words = request.split(|&byte| byte == b' ').skip(1);
    let target = words.next().unwrap_or_default();
    str::from_utf8(target).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_after_its_body() {
        let head = b"POST /add HTTP/1.1\r\nContent-Length: 3\r\n\r\n";
        let whole = [head.as_slice(), b"abc", b"GET"].concat();
        assert_eq!(length(head), None);
        assert_eq!(length(&whole), Some(head.len() + 3));
        assert_eq!(target(&whole), "/add");
    }

    #[test]
    fn a_request_without_a_body_ends_at_the_blank_line() {
        let request = b"GET /page?page=2 HTTP/1.1\r\naccept: */*\r\n\r\n";
        assert_eq!(length(request), Some(request.len()));
        assert_eq!(length(&request[..20]), None);
        assert_eq!(target(request), "/page?page=2");
    }
}
