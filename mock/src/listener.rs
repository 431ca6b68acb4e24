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
    fault::{Effect, Strike},
    rules::{request::Request, response::Response},
    state::{Played, SharedState},
};

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 32 << 20;

/// How long a connection may wait for a request, as with the server's own web server.
const IDLE: Duration = Duration::from_secs(5);

/// How long to wait for the system: for a connection to become free, for
/// bytes to be on their way.
const BREATH: Duration = Duration::from_millis(10);

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
                time::sleep(BREATH).await;
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
        .header_read_timeout(IDLE)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the mock ended early");
    }
}

type Body = UnsyncBoxBody<Bytes, Broken>;

/// The connection is to be closed without another word.
#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("broken on demand")
    }
}

impl std::error::Error for Broken {}

async fn respond(
    request: http::Request<Incoming>,
    state: &SharedState,
) -> Result<http::Response<Body>, Broken> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("the mock reads bodies of at most {LARGEST_BODY} bytes");
            return complete(Response::error(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        Err(_) => return Err(Broken),
    };
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body,
    };
    let action = state.lock().play(&request);
    match action {
        Played::Answered(response, None) => complete(response),
        Played::Answered(response, Some(strike)) => broken(response, strike).await,
        Played::Instead(status, body, headers) => whole(status, headers, full(body)),
        Played::Dropped => Err(Broken),
    }
}

/// The response after a fault that let the work be done.
async fn broken(response: Response, strike: Strike) -> Result<http::Response<Body>, Broken> {
    let mut headers = headers_of(&response);
    headers.extend(strike.headers);
    match strike.effect {
        Effect::Delay(by) => {
            time::sleep(by).await;
            whole(response.status, headers, full(response.body))
        }
        Effect::Truncated => {
            let length = HeaderValue::from(response.body.len());
            headers.insert(header::CONTENT_LENGTH, length);
            let half = response.body.slice(..response.body.len() / 2);
            let frames = stream::unfold(Some(half), |half| async {
                let Some(half) = half else {
                    // What was written is on its way only when there is nothing more for a while.
                    time::sleep(BREATH).await;
                    return Some((Err(Broken), None));
                };
                Some((Ok(Frame::data(half)), None))
            });
            whole(response.status, headers, StreamBody::new(frames))
        }
        Effect::Endless => {
            let frames = stream::unfold(Some(response.body), |first| async {
                let chunk = first.unwrap_or_else(|| Bytes::from_static(&[b' '; 16 << 10]));
                Some((Ok(Frame::data(chunk)), None))
            });
            whole(response.status, headers, StreamBody::new(frames))
        }
        Effect::Instead(..) | Effect::DroppedBefore | Effect::DroppedAfter => Err(Broken),
    }
}

fn complete(response: Response) -> Result<http::Response<Body>, Broken> {
    let headers = headers_of(&response);
    whole(response.status, headers, full(response.body))
}

fn full(body: Bytes) -> impl hyper::body::Body<Data = Bytes, Error = Broken> {
    Full::new(body).map_err(|never| match never {})
}

fn headers_of(response: &Response) -> HeaderMap {
    let content_type = HeaderValue::from_static(response.content_type);
    HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)])
}

fn whole<B>(status: StatusCode, headers: HeaderMap, body: B) -> Result<http::Response<Body>, Broken>
where
    B: hyper::body::Body<Data = Bytes, Error = Broken> + Send + 'static,
{
    let mut response = http::Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}
