//! How long a connection stays open. A real server closes a connection only if it is idle for 5 s
//! after a response.

use std::time::Duration;

use owui_groups::NewGroup;
use owui_groups_mock::MockServer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{self, Instant},
};

use crate::clients::mock;

/// Longer than the idle timeout.
const PAUSE: Duration = Duration::from_secs(6);

const REQUEST: &[u8] = b"GET /health HTTP/1.1\r\nhost: mock\r\n\r\n";

/// A single test, so that all connections wait at the same time.
#[tokio::test]
async fn a_connection_is_closed_only_if_it_is_idle_after_a_response() {
    let server = mock();
    tokio::join!(
        an_idle_connection_is_closed_five_seconds_after_a_response(&server),
        a_new_connection_may_wait_before_its_request(&server),
        the_head_of_a_request_may_come_slowly(&server),
        the_next_request_may_come_slowly(&server),
        the_body_of_a_request_may_come_slowly(&server),
        a_response_may_be_read_slowly(&server),
    );
}

async fn an_idle_connection_is_closed_five_seconds_after_a_response(server: &MockServer) {
    let mut stream = connect(server).await;
    let begin = Instant::now();
    stream.write_all(REQUEST).await.unwrap();
    assert_ok(&mut stream).await;
    let rest = time::timeout(Duration::from_secs(10), read_to_end(&mut stream)).await;
    assert_eq!(rest.expect("the connection stays open"), "");
    let elapsed = begin.elapsed();
    assert!(elapsed >= Duration::from_secs(5), "{elapsed:?}");
}

async fn a_new_connection_may_wait_before_its_request(server: &MockServer) {
    let mut stream = connect(server).await;
    time::sleep(PAUSE).await;
    stream.write_all(REQUEST).await.unwrap();
    assert_ok(&mut stream).await;
}

async fn the_head_of_a_request_may_come_slowly(server: &MockServer) {
    let mut stream = connect(server).await;
    send_with_pause(&mut stream, REQUEST, 20).await;
    assert_ok(&mut stream).await;
}

async fn the_next_request_may_come_slowly(server: &MockServer) {
    let mut stream = connect(server).await;
    stream.write_all(REQUEST).await.unwrap();
    assert_ok(&mut stream).await;
    send_with_pause(&mut stream, REQUEST, 1).await;
    assert_ok(&mut stream).await;
}

async fn the_body_of_a_request_may_come_slowly(server: &MockServer) {
    let mut stream = connect(server).await;
    let request = b"GET /health HTTP/1.1\r\nhost: mock\r\ncontent-length: 4\r\n\r\nbody";
    send_with_pause(&mut stream, request, request.len() - 2).await;
    assert_ok(&mut stream).await;
}

/// The response is larger than the buffers of the system.
async fn a_response_may_be_read_slowly(server: &MockServer) {
    let description = "x".repeat(8 << 20);
    let group = NewGroup::new("team").description(&description);
    let id = server.add_group(group).unwrap().id;
    let mut stream = connect(server).await;
    let request = format!(
        "GET /api/v1/groups/id/{id} HTTP/1.1\r\nhost: mock\r\nauthorization: Bearer {}\r\n\r\n",
        server.admin_token()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    time::sleep(PAUSE).await;
    let response = read_to_end(&mut stream).await;
    assert!(response.contains(&description) && response.ends_with('}'));
}

async fn connect(server: &MockServer) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

/// Sends the first bytes of a request, and the rest after a pause.
async fn send_with_pause(stream: &mut TcpStream, request: &[u8], first: usize) {
    let (first, others) = request.split_at(first);
    stream.write_all(first).await.unwrap();
    time::sleep(PAUSE).await;
    stream.write_all(others).await.unwrap();
}

/// Reads the response to [`REQUEST`].
async fn assert_ok(stream: &mut TcpStream) {
    let mut response = String::new();
    while !response.ends_with("{\"status\":true}") {
        let mut bytes = [0; 1024];
        let read = stream.read(&mut bytes).await.unwrap();
        assert_ne!(read, 0, "the connection is closed after {response:?}");
        response.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}
