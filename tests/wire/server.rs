//! A scripted Open WebUI. It reports its version, sends the responses that a test scripts, and
//! handles every other path as real servers do.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use owui_groups::{GroupsClient, GroupsClientBuilder, RetryPolicy};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

/// The newest version, the newest one without hierarchy, and the oldest supported one.
pub(crate) const NEW: &str = "0.12.4";
pub(crate) const OLD: &str = "0.11.4";
pub(crate) const OLDEST: &str = "0.6.43";

/// The token of every client, which is unlike any other text that is sent.
pub(crate) const TOKEN: &str = "sk-0123456789abcdefTOKEN";

/// The beginning of the page that real servers return for unknown paths.
pub(crate) const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n\t<head>\n\t\t<title>Open WebUI</title>\n\t</head>\n</html>\n";

pub(crate) struct Server {
    mock: MockServer,
    /// The part of the path before `/api`.
    prefix: &'static str,
}

impl Server {
    /// A server of this version that sends the responses of the closure. The argument is the method
    /// and path, for example `GET /api/v1/groups/`.
    pub(crate) async fn of<F>(version: &'static str, answer: F) -> Self
    where
        F: Fn(&str, &Request) -> Option<ResponseTemplate> + Send + Sync + 'static,
    {
        Self::below("", version, answer).await
    }

    /// Like [`of`](Self::of), below a sub-path, which the closure does not receive.
    pub(crate) async fn below<F>(prefix: &'static str, version: &'static str, answer: F) -> Self
    where
        F: Fn(&str, &Request) -> Option<ResponseTemplate> + Send + Sync + 'static,
    {
        // A server from wiremock's pool could receive a late request of the previous test.
        let mock = MockServer::builder().start().await;
        let respond = move |request: &Request| {
            let path = request.url.path();
            let Some(path) = path.strip_prefix(prefix) else {
                return page();
            };
            let line = format!("{} {path}", request.method);
            answer(&line, request).unwrap_or_else(|| match line.as_str() {
                "GET /api/version" => json(200, json!({"version": version, "deployment_id": ""})),
                _ if line.starts_with("GET ") => page(),
                _ => detail(405, "Method Not Allowed"),
            })
        };
        Mock::given(any()).respond_with(respond).mount(&mock).await;
        Self { mock, prefix }
    }

    /// A new server that sends the same response to every request.
    pub(crate) async fn responding(answer: ResponseTemplate) -> Self {
        Self::of(NEW, move |_, _| Some(answer.clone())).await
    }

    /// A server that sends these responses in turn, and then always the last one, to all requests
    /// except those for the version.
    pub(crate) async fn in_turn(version: &'static str, answers: Vec<ResponseTemplate>) -> Self {
        let turn = AtomicUsize::new(0);
        Self::of(version, move |line, _| {
            if line == "GET /api/version" {
                return None;
            }
            let turn = turn.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
            Some(answers[turn].clone())
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.mock.uri(), self.prefix)
    }

    /// A client with one attempt per request.
    pub(crate) fn client(&self) -> GroupsClient {
        self.builder().http_client(plain_http()).build().unwrap()
    }

    /// A client with up to three attempts and short pauses.
    pub(crate) fn retrying_client(&self) -> GroupsClient {
        let builder = self.builder().retry_policy(quick());
        builder.http_client(plain_http()).build().unwrap()
    }

    /// Settings of a client with one attempt per request and the crate's own HTTP client.
    pub(crate) fn builder(&self) -> GroupsClientBuilder {
        builder(&self.url())
    }

    /// The received requests, in order: `GET /api/version`.
    pub(crate) async fn sent(&self) -> Vec<String> {
        let requests = self.requests().await;
        let line = |request: &Request| format!("{} {}", request.method, request.url.path());
        requests.iter().map(line).collect()
    }

    pub(crate) async fn requests(&self) -> Vec<Request> {
        self.mock.received_requests().await.unwrap()
    }
}

/// Like the crate's own client, without the certificates of the system, because reading them takes
/// longer than most tests.
fn plain_http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .redirect(Policy::none())
        .build()
        .unwrap()
}

/// Settings of a client with one attempt per request.
pub(crate) fn builder(url: &str) -> GroupsClientBuilder {
    GroupsClient::builder(url, TOKEN).retry_policy(RetryPolicy::none())
}

/// Three attempts, with short pauses.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default().first_delay(Duration::from_millis(1))
}

pub(crate) fn json(status: u16, body: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

/// The JSON of a server's error response.
pub(crate) fn detail(status: u16, detail: &str) -> ResponseTemplate {
    json(status, json!({ "detail": detail }))
}

pub(crate) fn html(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "text/html; charset=utf-8")
}

/// The response of a server to a GET of an unknown path.
pub(crate) fn page() -> ResponseTemplate {
    html(200, PAGE)
}

/// The response of a server after an uncaught exception.
pub(crate) fn crash() -> ResponseTemplate {
    ResponseTemplate::new(500).set_body_raw("Internal Server Error", "text/plain; charset=utf-8")
}

/// The response of nginx if the server behind it is not running.
pub(crate) fn bad_gateway() -> ResponseTemplate {
    html(
        502,
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
         <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
    )
}
