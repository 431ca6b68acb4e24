//! Requests the server's version.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use serde::Deserialize;
use tokio::time;
use tracing::Span;

use crate::{
    error::{Error, Result, kind::ErrorKind},
    http::{classify, deadline::Deadline, retry::Retries, transport::Transport},
    value::server_version::{ParseServerVersionError, ServerVersion},
};

const PATH: &str = "/api/version";

/// The time limit of the request if the version is optional.
const BRIEFLY: Duration = Duration::from_secs(5);

impl Transport {
    /// Returns the server's version, and requests it if it is not cached.
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

    /// Returns the server's version if it is cached, or the outcome of one request with a short time
    /// limit. Returns `None` if a request would be useless. For purposes that do not depend on it.
    pub(crate) async fn brief_version(
        &self,
        deadline: Option<&Deadline>,
    ) -> Option<Result<ServerVersion>> {
        if self.known_version.is_unreported() {
            return None;
        }
        let left = deadline.map_or(Duration::MAX, Deadline::remaining);
        let request = self.server_version(Retries::Never, deadline);
        let outcome = time::timeout(BRIEFLY.min(left / 4), request).await;
        let is_late = |version: &Result<_>| version.as_ref().is_err_and(Error::is_timeout);
        if outcome.as_ref().map_or(true, is_late) {
            self.known_version.set_silent();
        }
        outcome.ok()
    }

    /// Requests the server's version, even if it is cached.
    pub(crate) async fn refresh_version(
        &self,
        deadline: Option<&Deadline>,
    ) -> Result<ServerVersion> {
        self.known_version.refresh();
        self.request_version(Retries::Transient, deadline).await
    }

    async fn request_version(
        &self,
        retries: Retries,
        deadline: Option<&Deadline>,
    ) -> Result<ServerVersion> {
        let refreshes = self.known_version.refreshes();
        // Not awaited while holding a lock, because the timeouts of all callers would add up if the
        // server does not respond.
        let attempt = |resend_count| self.attempt(resend_count);
        let outcome = self
            .retrying(retries, Instant::now(), deadline, &Span::none(), attempt)
            .await;
        match &outcome {
            Ok(version) => self.known_version.set_version(*version, refreshes),
            Err(error) if is_lasting(error.kind()) => self.known_version.set_unreported(),
            Err(_) => {}
        }
        outcome.map_err(|error| error.with_request(Method::GET, PATH))
    }

    async fn attempt(&self, resend_count: u32) -> Result<ServerVersion> {
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        let body = self.get(None, PATH, resend_count).await?;
        let responded = |kind| Error::new(kind).with_status(StatusCode::OK);
        let Version { version } = serde_json::from_slice(&body).map_err(|error| {
            let secrets = &self.sender.headers;
            classify::with_cause(responded(ErrorKind::NotOpenWebUi), error, secrets)
        })?;
        version.parse().map_err(|_: ParseServerVersionError| {
            responded(ErrorKind::Decode).with_message(format!(
                "`{}` is not a version like 0.12.4; set the version with `server_version()`",
                self.shown(&version)
            ))
        })
    }
}

/// Whether the error shows that the server does not report its version. Other errors may be
/// transient.
fn is_lasting(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotOpenWebUi
            | ErrorKind::Decode
            | ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::Unauthenticated
    )
}
