//! The client, and what all of its methods share.

use std::{fmt, sync::Arc, time::Duration};

use http::Method;
use reqwest::Url;
use tokio::time;

use crate::{
    client::group_id,
    error::{Error, Result, kind::ErrorKind},
    http::{
        call::Call,
        call_settings::CallSettings,
        deadline::Deadline,
        known_version::KnownVersion,
        retry::{Retries, RetryPolicy, next_delay},
        transport::Transport,
    },
    value::{
        invalid_value::InvalidValue, names::Operation, server_version::ServerVersion, text_check,
    },
};

/// A client for the groups of one Open WebUI server.
///
/// Cheap to clone: clones share connections, settings and the server's version.
///
/// ```no_run
/// use owui_groups::{GroupsClient, NewGroup};
///
/// # async fn example() -> owui_groups::Result<()> {
/// let client = GroupsClient::new("https://ai.example.com", "sk-your-api-key")?;
/// let group = client.create(NewGroup::new("engineering")).await?;
/// let change = client.add_members(&group.id, ["user-id-1", "user-id-2"]).await?;
/// println!("added {:?}, unknown {:?}", change.added, change.unknown);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct GroupsClient {
    transport: Arc<Transport>,
    /// That of the composed call whose requests this client sends, if it is one's.
    deadline: Option<Arc<Deadline>>,
}

impl GroupsClient {
    /// The server's address, without `/api/v1`.
    pub fn base_url(&self) -> &str {
        self.transport.base_url.as_str()
    }

    /// The server's version. Sends one request the first time, or one for each of several calls at
    /// the same moment, and none after it. Sends none at all if
    /// [`GroupsClientBuilder::server_version`](crate::GroupsClientBuilder::server_version) states
    /// the version.
    ///
    /// No other method depends on it: if a server does not report its version, or one that is not a
    /// version, they do what is right on every version.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::NotOpenWebUi`](crate::ErrorKind::NotOpenWebUi) if the base URL is not that of an Open WebUI server, or a proxy
    ///   blocks `/api/version`.
    /// - [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the server reports a text that is not a version.
    pub async fn server_version(&self) -> Result<ServerVersion> {
        let deadline = self.deadline.as_deref();
        self.transport
            .server_version(Retries::Transient, deadline)
            .await
    }

    /// Requests the server's version again, for programs that run while the server is upgraded.
    /// Sends one request. All clones of the client use the new version; after an error, the one
    /// that was known.
    ///
    /// # Errors
    ///
    /// As [`server_version`](Self::server_version).
    pub async fn refresh_server_version(&self) -> Result<ServerVersion> {
        let deadline = self.deadline.as_deref();
        self.transport.refresh_version(deadline).await
    }

    /// Whether the server has the operation. One request the first time, none after it.
    ///
    /// # Errors
    ///
    /// As [`server_version`](Self::server_version).
    pub async fn supports(&self, operation: Operation) -> Result<bool> {
        Ok(self.server_version().await?.supports(operation))
    }

    /// Returns a client with other settings for some calls. It shares the connections, the token and
    /// the server's version with this client. Sends no request.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use std::time::Duration;
    /// use owui_groups::CallSettings;
    ///
    /// let patient = client.with(CallSettings::new().timeout(Duration::from_secs(120)));
    /// let users = patient.users("a-large-group").await?;
    /// # let _ = users;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(&self, settings: CallSettings) -> Self {
        Self {
            transport: Arc::new(self.transport.with(settings)),
            deadline: None,
        }
    }

    /// The generated client. It sends the token and nothing else is done for
    /// you: no retries, no check of ids, no classification of responses.
    #[cfg(feature = "unstable-generated")]
    #[doc(hidden)]
    pub fn generated(&self) -> crate::generated::Client {
        self.transport.unclassified_client()
    }

    /// A request with the token, for endpoints that this crate does not know.
    ///
    /// The path is relative to the server's address: `api/v1/users/`. Nothing
    /// else is done for you: no retries, no classification of the response. Of the time limits, only
    /// the timeout of an attempt applies.
    ///
    /// # Errors
    ///
    /// *Invalid input* when the path would lead to another host, or out of the
    /// server's address.
    pub fn request(&self, method: Method, path: &str) -> Result<reqwest::RequestBuilder> {
        let reject = || {
            let path = text_check::shown(path);
            Error::invalid_input(format!("`{path}` is not a path below the server's address"))
        };
        let below = format!("{}/", self.base_url());
        let url = Url::parse(&format!("{below}{}", path.trim_start_matches('/')));
        let url = url.map_err(|error| reject().with_source(error))?;
        // Parsing resolves whatever spelling of `..` there is.
        if !url.as_str().starts_with(&below) {
            return Err(reject());
        }
        Ok(self.transport.request(method, url))
    }
}

/// What the operations are made of.
impl GroupsClient {
    pub(crate) fn from_transport(transport: Transport) -> Self {
        Self {
            transport: Arc::new(transport),
            deadline: None,
        }
    }

    /// This client for the requests of one composed call, which share a deadline.
    pub(crate) fn composed(&self) -> Self {
        let begin = || Arc::new(Deadline::new(self.transport.deadline));
        Self {
            transport: Arc::clone(&self.transport),
            deadline: Some(self.deadline.clone().unwrap_or_else(begin)),
        }
    }

    /// Waits before a composed call continues after an error, if the error may
    /// pass, another attempt is left, and the deadline allows.
    ///
    /// # Errors
    ///
    /// The error itself otherwise.
    pub(crate) async fn wait_after(
        &self,
        error: Error,
        delays: &mut impl Iterator<Item = Duration>,
    ) -> Result<()> {
        if !error.is_transient() {
            return Err(error);
        }
        let deadline = self.deadline.as_deref();
        let left = deadline.map_or(Duration::MAX, Deadline::remaining);
        let left = left.min(self.transport.total_timeout);
        let Some(delay) = next_delay(delays, &error, left) else {
            return Err(error);
        };
        let _waiting = deadline.map(|deadline| deadline.request());
        time::sleep(delay).await;
        Ok(())
    }

    pub(crate) fn deadline(&self) -> Option<&Arc<Deadline>> {
        self.deadline.as_ref()
    }

    /// A text for a message that the server may have chosen.
    pub(crate) fn shown(&self, text: &str) -> String {
        self.transport.shown(text)
    }

    /// The error for a value that cannot be sent. The caller, a file or a server has chosen it.
    pub(crate) fn invalid(&self, InvalidValue(why): InvalidValue) -> Error {
        Error::invalid_input(self.shown(&why))
    }

    /// An error about a group.
    pub(crate) fn error(&self, kind: ErrorKind, operation: Operation, id: &str) -> Error {
        Error::new(kind)
            .with_operation(operation)
            .with_group(Some(&self.shown(id)))
    }

    /// The error of a call whose writes the server has carried out only in part.
    pub(crate) fn partially_applied(
        &self,
        operation: Operation,
        id: &str,
        message: impl Into<String>,
    ) -> Error {
        self.error(ErrorKind::PartiallyApplied, operation, id)
            .with_follows_write(true)
            .with_message(message)
    }

    /// The first few of these IDs for a message. The server may have chosen them.
    pub(crate) fn shown_ids<'a>(&self, ids: impl IntoIterator<Item = &'a String>) -> String {
        const SHOWN: usize = 5;
        let ids = ids.into_iter().enumerate().take(SHOWN + 1);
        let shown = ids.map(|(position, id)| match position {
            SHOWN => "…".to_owned(),
            _ => self.shown(id),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn retry_policy(&self) -> &RetryPolicy {
        &self.transport.retry_policy
    }

    /// Prepares one call about all groups.
    pub(crate) fn call(&self) -> Call<'_> {
        self.transport.call(None, self.deadline.as_deref())
    }

    /// The ID of a group, if it can be a part of a path.
    pub(crate) fn checked_id<'a>(&self, id: &'a str) -> Result<&'a str> {
        group_id::check(id).map_err(|value| self.invalid(value))
    }

    /// Prepares one call about one group, whose ID is checked first.
    pub(crate) fn call_on<'a>(&'a self, id: &'a str) -> Result<Call<'a>> {
        let id = self.checked_id(id)?;
        Ok(self.transport.call(Some(id), self.deadline.as_deref()))
    }

    /// Whether the server writes the parents of groups, as one with hierarchy does.
    pub(crate) async fn writes_parents(&self, id: &str) -> Result<bool> {
        let deadline = self.deadline.as_deref();
        self.transport.writes_parents(id, deadline).await
    }

    /// What is known of the server's version without a request.
    pub(crate) fn known_version(&self) -> &KnownVersion {
        &self.transport.known_version
    }

    /// The server's version if it is known, or if one request shows it.
    pub(crate) async fn optional_version(&self) -> Option<ServerVersion> {
        let deadline = self.deadline.as_deref();
        let version = self.transport.brief_version(deadline).await;
        version.and_then(Result::ok)
    }
}

impl fmt::Debug for GroupsClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GroupsClient")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
