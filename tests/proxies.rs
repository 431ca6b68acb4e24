//! Proxies of the environment: the client does not use them for a server on this machine.
//!
//! The environment belongs to a process, so each client runs in its own process, which is this
//! program with [`CHILD`] as its only test.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    env,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Command, Output},
    sync::{Arc, Mutex},
    thread,
};

use owui_groups::{GroupsClient, RetryPolicy};

const CHILD: &str = "lists_the_groups_of_the_server_in_the_environment";

/// The variables for proxies, in upper and lower case.
const VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// A server or proxy that sends an empty list for every request.
struct Responder {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Responder {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
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
                record.lock().unwrap().push(request);
                let response = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                                content-length: 2\r\nconnection: close\r\n\r\n[]";
                stream.write_all(response.as_bytes()).unwrap();
            }
        });
        Self { port, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Lists the groups of this server in another process with this proxy in its environment.
fn list(url: &str, proxy: &str) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args([CHILD, "--exact", "--ignored", "--nocapture"]);
    command
        .env("OPENWEBUI_URL", url)
        .env("OPENWEBUI_TOKEN", "sk-token");
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    command.envs(VARIABLES.map(|variable| (variable, proxy)));
    command.output().unwrap()
}

#[tokio::test]
#[ignore = "the other tests run it in a process of its own"]
async fn lists_the_groups_of_the_server_in_the_environment() {
    let client = GroupsClient::from_env().unwrap();
    assert!(client.list().await.unwrap().is_empty());
}

/// A port without a listener.
fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_server_on_this_machine_is_not_behind_a_proxy_of_the_environment() {
    for host in [
        "127.0.0.1",
        "127.1",
        "localhost",
        "LOCALHOST",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        let server = Responder::start();
        let ran = list(&format!("http://{host}:{}", server.port), &closed());
        let out = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{host}: {out}");
        assert_eq!(
            server.requests(),
            ["GET /api/v1/groups/ HTTP/1.1"],
            "{host}"
        );
    }
}

#[test]
fn another_server_is_behind_the_proxy_of_the_environment() {
    for host in [
        "ai.example.test",
        "localhost.example.test",
        "notlocalhost",
        "128.0.0.1",
    ] {
        let proxy = Responder::start();
        let url = format!("http://{host}");
        let ran = list(&url, &format!("http://127.0.0.1:{}", proxy.port));
        let out = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{host}: {out}");
        let line = format!("GET {url}/api/v1/groups/ HTTP/1.1");
        assert_eq!(proxy.requests(), [line]);
    }
}

#[tokio::test]
async fn a_proxy_that_is_set_is_used_for_every_server() {
    for host in ["127.0.0.1", "localhost", "[::1]", "ai.example.test"] {
        let proxy = Responder::start();
        let through = reqwest::Proxy::all(format!("http://127.0.0.1:{}", proxy.port));
        let url = format!("http://{host}:9");
        let client = GroupsClient::builder(&url, "sk-token")
            .proxy(through.unwrap())
            .retry_policy(RetryPolicy::none())
            .build()
            .unwrap();
        client.list().await.unwrap();
        let line = format!("GET {url}/api/v1/groups/ HTTP/1.1");
        assert_eq!(proxy.requests(), [line]);
    }
}

/// After a server error, the client opens new connections.
#[tokio::test]
async fn the_client_that_is_used_after_an_error_has_the_same_proxy() {
    let proxy = Responder::start();
    let through = reqwest::Proxy::all(format!("http://127.0.0.1:{}", proxy.port));
    let client = GroupsClient::builder("http://127.0.0.1:9", "sk-token").proxy(through.unwrap());
    let client = client.build().unwrap();
    client.get("g").await.unwrap_err();
    client.list().await.unwrap();
    assert!(
        proxy
            .requests()
            .iter()
            .all(|line| line.contains("http://127.0.0.1:9/"))
    );
}
