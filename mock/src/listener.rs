//! The mock's HTTP: connections in, answers out, and the ways to fail at it.

use std::{convert::Infallible, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{
    BodyExt, Full, LengthLimitError, Limited, StreamBody, combinators::UnsyncBoxBody,
};
use hyper::{
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time,
};

use crate::{
    fault::{AppliedFault, Effect},
    rules::{request::Request, response::Response},
    state::{Action, SharedState},
};

/// The largest body that is read, in bytes.
const MAX_BODY_LENGTH: usize = 32 << 20;

/// How long a connection may wait for a request, as with the server's own web server.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait before the next connection is accepted, after an error.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(10);

/// How long to wait until written bytes are sent, before the connection is closed.
const FLUSH_DELAY: Duration = Duration::from_millis(10);

/// Serves until it is dropped, and every connection with it.
pub(crate) async fn serve(listener: TcpListener, state: Arc<SharedState>) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, Arc::clone(&state)));
            }
            Err(error) => {
                tracing::warn!(%error, "the mock cannot accept a connection");
                time::sleep(ACCEPT_RETRY_DELAY).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, state: Arc<SharedState>) {
    // Small answers should not wait for each other.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { respond(request, &state).await }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the mock ended early");
    }
}

type Body = UnsyncBoxBody<Bytes, Disconnected>;

/// An error that has hyper close the connection.
#[derive(Debug)]
struct Disconnected;

impl fmt::Display for Disconnected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("closed on demand")
    }
}

impl std::error::Error for Disconnected {}

async fn respond(
    request: http::Request<Incoming>,
    state: &SharedState,
) -> Result<http::Response<Body>, Disconnected> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY_LENGTH).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("the mock reads bodies of at most {MAX_BODY_LENGTH} bytes");
            return complete(Response::error(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        Err(_) => return Err(Disconnected),
    };
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body,
    };
    let action = state.lock().handle(&request);
    match action {
        Action::Respond(response) => complete(response),
        Action::RespondFaulty(response, fault) => faulty(response, fault).await,
        Action::Replace(status, body, headers) => build(status, headers, full(body)),
        Action::Disconnect => Err(Disconnected),
    }
}

/// The response with a fault applied to it.
async fn faulty(
    response: Response,
    fault: AppliedFault,
) -> Result<http::Response<Body>, Disconnected> {
    let mut headers = headers_of(&response);
    headers.extend(fault.headers);
    match fault.effect {
        Effect::Delayed(by) => {
            time::sleep(by).await;
            build(response.status, headers, full(response.body))
        }
        Effect::Truncated => {
            let length = HeaderValue::from(response.body.len());
            headers.insert(header::CONTENT_LENGTH, length);
            let half = response.body.slice(..response.body.len() / 2);
            let frames = stream::unfold(Some(half), |half| async {
                let Some(half) = half else {
                    // What was written is on its way only when there is nothing more for a while.
                    time::sleep(FLUSH_DELAY).await;
                    return Some((Err(Disconnected), None));
                };
                Some((Ok(Frame::data(half)), None))
            });
            build(response.status, headers, StreamBody::new(frames))
        }
        Effect::Endless => {
            let frames = stream::unfold(Some(response.body), |first| async {
                let chunk = first.unwrap_or_else(|| Bytes::from_static(&[b' '; 16 << 10]));
                Some((Ok(Frame::data(chunk)), None))
            });
            build(response.status, headers, StreamBody::new(frames))
        }
        Effect::Replaced(..) | Effect::DroppedBefore | Effect::DroppedAfter => Err(Disconnected),
    }
}

fn complete(response: Response) -> Result<http::Response<Body>, Disconnected> {
    let headers = headers_of(&response);
    build(response.status, headers, full(response.body))
}

fn full(body: Bytes) -> impl hyper::body::Body<Data = Bytes, Error = Disconnected> {
    Full::new(body).map_err(|never| match never {})
}

fn headers_of(response: &Response) -> HeaderMap {
    let content_type = HeaderValue::from_static(response.content_type);
    HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)])
}

fn build<B>(
    status: StatusCode,
    headers: HeaderMap,
    body: B,
) -> Result<http::Response<Body>, Disconnected>
where
    B: hyper::body::Body<Data = Bytes, Error = Disconnected> + Send + 'static,
{
    let mut response = http::Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}
