//! The client and the types that progenitor generates from `openapi/groups.json`.
//!
//! The types are re-exported by [`types`](crate::types). The client is private, but for the
//! benchmark of this project (feature `unstable-generated`).

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use futures_util::future::BoxFuture;
use tracing::Span;

include!(concat!(env!("OUT_DIR"), "/client.rs"));

/// Sends the requests of the generated client for one call.
#[derive(Clone)]
pub struct Hook {
    base_url: Arc<reqwest::Url>,
    send: Arc<SendRequest>,
    call: Arc<CallState>,
}

/// What the hook learns of a call: the generated code knows the operation, and nothing else does.
#[derive(Debug)]
pub struct CallState {
    operation: OnceLock<&'static str>,
    requests: AtomicU32,
    /// Has a field for the operation.
    span: Span,
}

/// Sends a request of this operation, which was sent so many times before.
type SendRequest = dyn Fn(
        reqwest::Request,
        &'static str,
        u32,
    ) -> BoxFuture<'static, reqwest::Result<reqwest::Response>>
    + Send
    + Sync;

impl Hook {
    pub(crate) fn new<F>(
        base_url: reqwest::Url,
        send: impl Fn(reqwest::Request, &'static str, u32) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = reqwest::Result<reqwest::Response>> + Send + 'static,
    {
        Self {
            base_url: Arc::new(base_url),
            send: Arc::new(move |request, operation, resend_count| {
                Box::pin(send(request, operation, resend_count))
            }),
            call: Arc::new(CallState::new(Span::none())),
        }
    }

    /// The URL of a path below the base URL.
    fn url(&self, segments: &[&str]) -> reqwest::Url {
        let mut url = reqwest::Url::clone(&self.base_url);
        // The base URL is one of HTTP, which has segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl CallState {
    pub(crate) fn new(span: Span) -> Self {
        Self {
            operation: OnceLock::new(),
            requests: AtomicU32::new(0),
            span,
        }
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// The operation of the requests; none before the first one.
    pub(crate) fn operation(&self) -> Option<&'static str> {
        self.operation.get().copied()
    }
}

impl Client {
    /// This client, for one call.
    pub(crate) fn for_call(&self, call: &Arc<CallState>) -> Self {
        Self {
            // The hook has the base URL.
            baseurl: String::new(),
            client: self.client.clone(),
            inner: Hook {
                base_url: Arc::clone(&self.inner.base_url),
                send: Arc::clone(&self.inner.send),
                call: Arc::clone(call),
            },
        }
    }
}

impl ClientHooks<Hook> for Client {
    async fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        let Hook { send, call, .. } = &self.inner;
        call.operation.get_or_init(|| info.operation_id);
        call.span.record("operation", info.operation_id);
        let resend_count = call.requests.fetch_add(1, Ordering::Relaxed);
        send(request, info.operation_id, resend_count).await
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hook").finish_non_exhaustive()
    }
}
