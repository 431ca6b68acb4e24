//! The request for the server's version.

use std::time::Instant;

use http::StatusCode;
use serde::Deserialize;
use tracing::Span;

use crate::{
    error::{Error, Result, kind::ErrorKind},
    http::{
        classify, deadline::Deadline, retry::Retries, transport::Transport,
        transport_error::transport_error,
    },
    value::server_version::{ParseServerVersionError, ServerVersion},
};

const PATH: &str = "/api/version";

impl Transport {
    /// The server's version, which is requested until it is known.
    pub(crate) async fn server_version(
        &self,
        retries: Retries,
        deadline: Option<&Deadline>,
    ) -> Result<ServerVersion> {
        match self.known_version.version() {
            Some(version) => Ok(version),
            None => self.request_version(retries, deadline).await,
        }
    }

    /// The server's version if it is known, or if one request shows it. No call depends on it.
    pub(crate) async fn optional_version(
        &self,
        deadline: Option<&Deadline>,
    ) -> Option<ServerVersion> {
        if self.known_version.is_unreported() {
            return None;
        }
        self.server_version(Retries::Never, deadline).await.ok()
    }

    /// Requests the server's version, whatever is known of it.
    pub(crate) async fn request_version(
        &self,
        retries: Retries,
        deadline: Option<&Deadline>,
    ) -> Result<ServerVersion> {
        // Not awaited under a lock: with a dead server, all callers would wait for each other's
        // timeouts in a row.
        let attempt = |resend_count| self.attempt(resend_count);
        let outcome = self
            .retrying(retries, Instant::now(), deadline, &Span::none(), attempt)
            .await;
        match &outcome {
            Ok(version) => self.known_version.set_version(*version),
            Err(error) if !error.is_transient() => self.known_version.set_unreported(),
            Err(_) => {}
        }
        outcome.map_err(|error| error.with_request("GET", PATH))
    }

    async fn attempt(&self, resend_count: u32) -> Result<ServerVersion> {
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        let url = format!("{}{PATH}", self.base_url.as_str());
        let request = self.sender.connections.pooled().get(url).build();
        let request = request.map_err(|error| {
            Error::new(ErrorKind::InvalidInput).with_source(error.without_url())
        })?;
        let response = self.sender.send(None, request, resend_count).await?;
        let body = response.bytes().await.map_err(transport_error)?;
        let responded = |kind| Error::new(kind).with_status(StatusCode::OK);
        let Version { version } = serde_json::from_slice(&body).map_err(|error| {
            let secrets = &self.sender.headers;
            classify::with_cause(responded(ErrorKind::NotOpenWebUi), error, secrets)
        })?;
        version.parse().map_err(|_: ParseServerVersionError| {
            responded(ErrorKind::Decode).with_message(format!(
                "`{}` is not a version like 0.12.4; state the version with `server_version()`",
                self.shown(&version)
            ))
        })
    }
}
