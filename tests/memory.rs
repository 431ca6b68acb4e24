//! A response needs at most a small multiple of its accepted size in memory.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    error::Error as _,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use owui_groups::{Error, ErrorKind, GroupsClient, GroupsClientBuilder, RetryPolicy};
use peak_alloc::PeakAlloc;
use tokio::sync::{Mutex, MutexGuard};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MB: usize = 1_000_000;
const VERSION: &str = r#"{"version":"0.12.4"}"#;

/// One measurement at a time, because the allocator counts the memory of the whole process.
async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}

/// A body that needs no memory to be sent: the middle part, this many times, between the other two.
#[derive(Clone, Copy)]
struct Body {
    first: &'static str,
    repeated: &'static str,
    times: usize,
    last: &'static str,
}

impl Body {
    /// `[[],[],…]`, of approximately this size.
    const fn lists(bytes: usize) -> Self {
        Self {
            first: "[",
            repeated: "[],",
            times: bytes / 3,
            last: "[]]",
        }
    }

    fn len(self) -> usize {
        self.first.len() + self.repeated.len() * self.times + self.last.len()
    }

    fn send(self, stream: &mut impl Write) -> std::io::Result<()> {
        let block = self.repeated.repeat(10_000);
        stream.write_all(self.first.as_bytes())?;
        for _ in 0..self.times / 10_000 {
            stream.write_all(block.as_bytes())?;
        }
        stream.write_all(self.repeated.repeat(self.times % 10_000).as_bytes())?;
        stream.write_all(self.last.as_bytes())?;
        stream.flush()
    }
}

/// Sends the written data in chunks of the same size. A flush ends the body.
struct Chunks {
    stream: TcpStream,
    size: usize,
    waiting: Vec<u8>,
}

impl Chunks {
    fn new(stream: TcpStream, size: usize) -> Self {
        let waiting = Vec::with_capacity(size);
        Self {
            stream,
            size,
            waiting,
        }
    }

    fn send(&mut self) -> std::io::Result<()> {
        let chunk = std::mem::take(&mut self.waiting);
        let head = format!("{:x}\r\n", chunk.len());
        let chunk = [head.as_bytes(), &chunk, b"\r\n"].concat();
        self.stream.write_all(&chunk)
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = bytes.len().min(self.size - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..count]);
        if self.waiting.len() == self.size {
            self.send()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if !self.waiting.is_empty() {
            self.send()?;
        }
        // The empty last chunk.
        self.send()
    }
}

/// The transfer of a body.
#[derive(Clone, Copy)]
enum Length {
    Announced,
    /// In chunks of this size.
    Chunked(usize),
}

/// A server that sends the body for every path except that of the version.
fn serve(status: &'static str, body: Body, version: Option<Body>) -> String {
    serve_in(Length::Announced, status, body, version)
}

fn serve_in(length: Length, status: &'static str, body: Body, version: Option<Body>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let Some(Ok(request)) = lines.next() else {
                continue;
            };
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let small = Body {
                first: VERSION,
                repeated: "",
                times: 0,
                last: "",
            };
            let (status, body) = match request.contains("/api/version") {
                true => ("200 OK", version.unwrap_or(small)),
                false => (status, body),
            };
            let announced = match length {
                Length::Announced => format!("content-length: {}", body.len()),
                Length::Chunked(_) => "transfer-encoding: chunked".to_owned(),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{announced}\r\n\
                 connection: close\r\n\r\n"
            );
            // The client closes the connection when it has read enough.
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| match length {
                    Length::Announced => body.send(&mut stream),
                    Length::Chunked(size) => body.send(&mut Chunks::new(stream, size)),
                });
        }
    });
    url
}

fn builder(url: &str) -> GroupsClientBuilder {
    GroupsClient::builder(url, "sk-token").retry_policy(RetryPolicy::none())
}

/// The maximum increase of allocated memory, in bytes.
async fn peak<T>(call: impl Future<Output = T>) -> (T, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let outcome = call.await;
    (outcome, MEMORY.peak_usage() - before)
}

#[track_caller]
fn assert_below(peak: usize, limit: usize) {
    assert!(
        peak < limit,
        "{} MB were allocated, more than {} MB",
        peak / MB,
        limit / MB
    );
}

/// Everything that a program can print of an error.
fn all_of(error: &Error) -> String {
    let mut all = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        all.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    all
}

#[tokio::test]
async fn a_large_body_of_another_shape_is_not_parsed_to_show_its_beginning() {
    let _alone = alone().await;
    let url = serve("200 OK", Body::lists(60 * MB), None);
    let client = builder(&url).response_limit(64 * MB).build().unwrap();
    let (outcome, list) = peak(async { client.list().await }).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.detail().unwrap().starts_with("[[],[],"), "{error}");
    // The body is received in parts, which are then joined. As JSON values it would need more than
    // 1,600 MB.
    assert_below(list, 250 * MB);
    let (outcome, get) = peak(async { client.get("g").await }).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Decode);
    assert_below(get, 250 * MB);
}

#[tokio::test]
async fn a_large_body_is_not_accepted_by_default() {
    let _alone = alone().await;
    let url = serve("200 OK", Body::lists(60 * MB), None);
    let client = builder(&url).build().unwrap();
    let (outcome, list) = peak(async { client.list().await }).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::ResponseTooLarge);
    assert_below(list, 2 * MB);
}

/// 100,000 members are 28 MB.
#[tokio::test]
async fn a_body_of_30_mb_is_accepted_by_default() {
    let _alone = alone().await;
    let export = Body {
        first: r#"{"id":"g","user_id":"u","name":"g","description":"","created_at":0,"updated_at":0,"data":null,"meta":null,"permissions":null,"user_ids":["#,
        repeated: r#""5be5e52a-cc60-4307-a9a5-33af4518f1c1","#,
        times: 760_000,
        last: r#""last"]}"#,
    };
    let url = serve("200 OK", export, None);
    let client = builder(&url).build().unwrap();
    let (outcome, export) = peak(async { client.export("g").await }).await;
    assert_eq!(outcome.unwrap().user_ids.len(), 760_001);
    assert_below(export, 160 * MB);
}

/// Each stored chunk would need 32 additional bytes.
#[tokio::test]
async fn a_body_in_small_chunks_costs_no_more_than_its_length() {
    let _alone = alone().await;
    let url = serve_in(Length::Chunked(8), "200 OK", Body::lists(3 * MB), None);
    let client = builder(&url).build().unwrap();
    let (outcome, list) = peak(async { client.list().await }).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Decode);
    assert_below(list, 10 * MB);
}

#[tokio::test]
async fn a_large_version_is_not_read() {
    let _alone = alone().await;
    let objects = Body {
        first: r#"{"version":"0.12.4","x":["#,
        repeated: "[],",
        times: 20 * MB,
        last: "[]]}",
    };
    for body in [Body::lists(60 * MB), objects] {
        let url = serve("200 OK", body, Some(body));
        let client = builder(&url).response_limit(usize::MAX).build().unwrap();
        let (outcome, version) = peak(async { client.server_version().await }).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotOpenWebUi);
        assert_below(version, 2 * MB);
    }
}

#[tokio::test]
async fn a_large_error_response_is_not_read_to_its_end() {
    let _alone = alone().await;
    for status in ["400 Bad Request", "422 Unprocessable Entity", "500 Oh"] {
        let url = serve(status, Body::lists(60 * MB), None);
        let client = builder(&url).build().unwrap();
        let (outcome, list) = peak(async { client.list().await }).await;
        let error = outcome.unwrap_err();
        assert!(error.detail().unwrap().starts_with("[[],[],"), "{error}");
        assert_below(list, 2 * MB);
    }
}

/// serde quotes an unexpected value.
#[tokio::test]
async fn a_long_text_is_not_kept_in_the_error() {
    let _alone = alone().await;
    let text = |first, last| Body {
        first,
        repeated: "abcdefghi ",
        times: 2_000_000,
        last,
    };
    for body in [
        text("\"", "\""),
        text("[\"", "\"]"),
        text(r#"[{"id":"g","name":1,""#, r#"":1}]"#),
        text(r#"[{"id":""#, r#"","created_at":"no"}]"#),
    ] {
        let url = serve("200 OK", body, None);
        let client = builder(&url).build().unwrap();
        let before = MEMORY.current_usage();
        let (outcome, list) = peak(async { client.list().await }).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(all_of(&error).len() < 5_000, "{}", all_of(&error).len());
        assert_below(list, 250 * MB);
        assert_below(MEMORY.current_usage().saturating_sub(before), 2 * MB);
    }
}
