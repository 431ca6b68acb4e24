//! Accepts connections and sends replies over HTTP.

use std::{convert::Infallible, fmt, iter, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{
    Stream, StreamExt, TryStreamExt,
    future::{self, Either},
    stream,
};
use http::{StatusCode, header};
use http_body_util::{
    BodyExt, Full, LengthLimitError, Limited, StreamBody, combinators::UnsyncBoxBody,
};
use hyper::{
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time,
};
use tokio_util::io::InspectReader;

use crate::{
    keep_alive::KeepAlive,
    reply::{Reply, Transfer},
    rules::{request::Request, response::Response},
    state::SharedState,
};

/// The maximum size of a request body in bytes.
const MAX_BODY_LENGTH: usize = 32 << 20;

/// The delay before the next connection is accepted after an error.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(10);

/// The delay for written bytes to be sent before the connection is closed.
const FLUSH_DELAY: Duration = Duration::from_millis(10);

/// Serves until the future is dropped, which also closes every connection.
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
    // Small responses should not wait for each other.
    let _ = stream.set_nodelay(true);
    let keep_alive = KeepAlive::default();
    let stream = InspectReader::new(stream, |_| keep_alive.received());
    let service = service_fn(async |request| {
        let response = respond(request, &state).await;
        keep_alive.responded();
        response
    });
    let mut served = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let served = match future::select(served.as_mut(), pin!(keep_alive.expired())).await {
        Either::Left((served, _)) => served,
        Either::Right(_) => {
            // A response that the client is still reading is sent completely.
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the mock ended early");
    }
}

type Body = UnsyncBoxBody<Bytes, Disconnected>;

/// An error that makes hyper close the connection.
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
            let response = Response::error(StatusCode::PAYLOAD_TOO_LARGE, detail);
            return Ok(send(Reply::complete(response)).await);
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
    let reply = state.lock().handle(&request);
    Ok(send(reply.ok_or(Disconnected)?).await)
}

async fn send(reply: Reply) -> http::Response<Body> {
    let (mut parts, body) = reply.response.into_parts();
    let body = match reply.transfer {
        Transfer::Complete => complete(body),
        Transfer::Delayed(by) => {
            time::sleep(by).await;
            complete(body)
        }
        Transfer::Truncated => {
            let length = body.len().into();
            parts.headers.insert(header::CONTENT_LENGTH, length);
            let half = body.slice(..body.len() / 2);
            let end = async {
                // hyper sends buffered bytes only when no more follow for a while.
                time::sleep(FLUSH_DELAY).await;
                Err(Disconnected)
            };
            chunked(stream::iter([Ok(half)]).chain(stream::once(end)))
        }
        Transfer::Endless => {
            let blanks = Bytes::from_static(&[b' '; 16 << 10]);
            let chunks = iter::once(body).chain(iter::repeat(blanks));
            chunked(stream::iter(chunks.map(Ok)))
        }
    };
    http::Response::from_parts(parts, body)
}

fn complete(body: Bytes) -> Body {
    let body = Full::new(body).map_err(|never| match never {});
    body.boxed_unsync()
}

fn chunked(chunks: impl Stream<Item = Result<Bytes, Disconnected>> + Send + 'static) -> Body {
    StreamBody::new(chunks.map_ok(Frame::data)).boxed_unsync()
}
