//! The client and the types that progenitor generates from `openapi/groups.json`.
//!
//! The types are re-exported by [`types`](crate::types). The client is private, but for the
//! benchmark of this project (feature `unstable-generated`).

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::{fmt, sync::Arc};

use futures_util::future::BoxFuture;

include!(concat!(env!("OUT_DIR"), "/client.rs"));

/// Sends the requests of the generated client, which knows the operation of each by its id.
#[derive(Clone)]
pub struct Hook(Arc<SendRequest>);

type SendRequest = dyn Fn(reqwest::Request, &'static str) -> BoxFuture<'static, reqwest::Result<reqwest::Response>>
    + Send
    + Sync;

impl Hook {
    pub(crate) fn new<F>(
        send: impl Fn(reqwest::Request, &'static str) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = reqwest::Result<reqwest::Response>> + Send + 'static,
    {
        Self(Arc::new(move |request, operation| {
            Box::pin(send(request, operation))
        }))
    }
}

impl ClientHooks<Hook> for Client {
    async fn exec(
        &self,
        mut request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        // progenitor announces the document's version to the server, which does not ask.
        request.headers_mut().remove("api-version");
        (self.inner.0)(request, info.operation_id).await
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hook").finish_non_exhaustive()
    }
}
