//! Sends the requests of the generated client, and classifies the responses.
//!
//! The generated client builds each request, passes it to a [`Sender`], and decodes a successful
//! response. It does not receive error responses. It receives a placeholder instead, whose extensions
//! contain the error, so the status is available even if the body is not JSON.

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Method, StatusCode, header};
use reqwest::{Request, Response, Url};
use serde::de::DeserializeOwned;
use tokio::task;

use crate::{
    error::{Error, Result},
    generated::{self, Client, Hook},
    http::{
        base_url::BaseUrl, classify, connections::Connections, request_event::RequestEvent,
        secrets::headers::SecretHeaders, transport_error::transport_error,
    },
    value::names::Operation,
};

/// The maximum length of a response of `/api/version`, in bytes. Real ones have less than 100.
const VERSION_LIMIT: usize = 64 << 10;

/// The settings to send requests and to classify responses.
pub(crate) struct Sender {
    pub(crate) connections: Connections,
    pub(crate) headers: SecretHeaders,
    pub(crate) response_limit: usize,
}

impl Sender {
    /// Sends one request. If `operation` is `None`, it is that for the server's version. A response
    /// that is not successful or not JSON is an error. `finish` converts the outcome.
    ///
    /// This is not an async function, so that the future does not contain the request and is small.
    pub(crate) fn send<T>(
        self: &Arc<Self>,
        operation: Option<Operation>,
        mut request: Request,
        resend_count: u32,
        finish: fn(Result<Response>) -> T,
    ) -> impl Future<Output = T> + Send + use<T> {
        self.prepare(&mut request);
        let event = RequestEvent::new(&request, resend_count, &self.headers);
        let written_to = self.written_to(&request);
        let is_quiet = self.connections.were_quiet();
        let response = self.connections.current().execute(request);
        let sender = Arc::clone(self);
        async move {
            if is_quiet {
                // If the program blocked its runtime, the runtime may not have noticed yet that the
                // server closed idle connections. It checks its sockets before it continues here.
                task::yield_now().await;
            }
            let outcome = match response.await {
                Ok(response) if is_redirected(written_to.as_deref(), &response) => {
                    Err(classify::redirected(response.url(), &sender.headers))
                }
                Ok(response) => {
                    if response.status().is_server_error() {
                        sender.connections.invalidate();
                    }
                    let limit = match operation {
                        Some(_) => sender.response_limit,
                        None => sender.response_limit.min(VERSION_LIMIT),
                    };
                    classify::response(operation, response, limit, &sender.headers).await
                }
                Err(error) => {
                    sender.connections.invalidate();
                    let error = transport_error(error, &sender.headers);
                    // The error may come from the target of a redirect.
                    Err(match written_to {
                        Some(_) => error.with_follows_write(true),
                        None => error,
                    })
                }
            };
            if let Some(event) = event {
                event.end(&outcome);
            }
            finish(outcome)
        }
    }

    /// Creates a generated client that sends its requests with this sender. The timeout, if any,
    /// replaces that of the HTTP client.
    pub(crate) fn client(
        self: &Arc<Self>,
        base_url: &BaseUrl,
        timeout: Option<Duration>,
    ) -> Client {
        let sender = Arc::clone(self);
        let hook = Hook::new(
            base_url.url().clone(),
            move |mut request, operation, resend_count| {
                set_timeout(&mut request, timeout);
                sender.send(
                    Operation::from_id(operation),
                    request,
                    resend_count,
                    |outcome| Ok(outcome.unwrap_or_else(placeholder)),
                )
            },
        );
        let http = self.connections.pooled().clone();
        Client::new_with_client(base_url.as_str(), http, hook)
    }

    /// Creates a generated client whose requests have the token, and whose responses are not
    /// classified.
    #[cfg(feature = "unstable-generated")]
    pub(crate) fn unclassified_client(self: &Arc<Self>, base_url: &BaseUrl) -> Client {
        let sender = Arc::clone(self);
        let hook = Hook::new(base_url.url().clone(), move |mut request: Request, _, _| {
            sender.prepare(&mut request);
            sender.connections.current().execute(request)
        });
        let http = self.connections.pooled().clone();
        Client::new_with_client(base_url.as_str(), http, hook)
    }

    /// The error that a [`client`](Self::client) returns.
    pub(crate) fn error<T: DeserializeOwned, E>(&self, error: generated::Error<E>) -> Error {
        let error = match error {
            generated::Error::UnexpectedResponse(mut response) => {
                let carried = response.extensions_mut().remove::<Arc<Error>>();
                match carried.and_then(Arc::into_inner) {
                    Some(error) => return error,
                    None => generated::Error::UnexpectedResponse(response),
                }
            }
            error => error,
        };
        classify::generated_error::<T, E>(error, &self.headers)
    }

    /// Sets the headers that all requests have.
    fn prepare(&self, request: &mut Request) {
        let headers = request.headers_mut();
        self.headers.apply(headers);
        // Without this header, a server or a proxy may compress the response.
        let identity = HeaderValue::from_static("identity");
        headers.insert(header::ACCEPT_ENCODING, identity);
    }

    /// The URL of a request that may write, if a redirect can change it. Only a ready-made client
    /// follows redirects.
    fn written_to(&self, request: &Request) -> Option<Box<Url>> {
        let may_write = request.method() != Method::GET;
        (may_write && self.connections.is_ready_made()).then(|| Box::new(request.url().clone()))
    }
}

/// Replaces the timeout of the HTTP client for this request.
pub(crate) fn set_timeout(request: &mut Request, timeout: Option<Duration>) {
    if timeout.is_some() {
        *request.timeout_mut() = timeout;
    }
}

/// Whether the response is that of another request. A redirect may change a `POST` to a `GET`.
fn is_redirected(written_to: Option<&Url>, response: &Response) -> bool {
    written_to.is_some_and(|url| url != response.url())
}

/// Creates a response that contains the error, and that the generated client reports as unexpected.
fn placeholder(error: Error) -> Response {
    let mut response = http::Response::new("");
    *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
    response.extensions_mut().insert(Arc::new(error));
    response.into()
}
