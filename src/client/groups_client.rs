//! The client, and the code that all of its methods share.

use std::{fmt, sync::Arc, time::Duration};

use http::Method;
use reqwest::Url;
use tokio::time;

use crate::{
    client::path_id::{self, IdOf},
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
/// Cloning is cheap: clones share the connections, the settings and the server's version.
///
/// Methods that accept the ID of a group check it first. For a text that cannot be an ID, such as
/// an empty text or one with a `/`, they return [`ErrorKind::InvalidInput`] and send no request.
/// Methods that require an administrator's token return [`ErrorKind::PermissionDenied`] for the
/// token of another user. Errors of the connection and the server can occur in every method. See
/// [the table of errors](crate#errors).
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
    /// The deadline of the composed call that this client belongs to, if any.
    deadline: Option<Arc<Deadline>>,
}

impl GroupsClient {
    /// Returns the URL of the server, without `/api/v1`.
    pub fn base_url(&self) -> &str {
        self.transport.base_url.as_str()
    }

    /// Returns the server's version.
    ///
    /// Sends one request the first time, and none afterwards. Concurrent first calls send one
    /// request each. Sends none if
    /// [`GroupsClientBuilder::server_version`](crate::GroupsClientBuilder::server_version) sets the
    /// version.
    ///
    /// Only this method and [`supports`](Self::supports) require the version. If the server does
    /// not report a valid version, the other methods send other requests instead.
    ///
    /// Operation: `GET /api/version`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// println!("Open WebUI {}", client.server_version().await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::NotOpenWebUi`] if the base URL is not that of an Open WebUI server,
    ///   or if a proxy blocks `/api/version`.
    /// - Returns [`ErrorKind::Decode`] if the server reports a text that is not a version.
    pub async fn server_version(&self) -> Result<ServerVersion> {
        let deadline = self.deadline.as_deref();
        self.transport
            .server_version(Retries::Transient, deadline)
            .await
    }

    /// Requests the server's version again, for example after an upgrade of the server.
    ///
    /// Sends one request. All clones of the client use the new version. After an error, they use
    /// the previous one.
    ///
    /// Operation: `GET /api/version`.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`server_version`](Self::server_version).
    pub async fn refresh_server_version(&self) -> Result<ServerVersion> {
        let deadline = self.deadline.as_deref();
        self.transport.refresh_version(deadline).await
    }

    /// Returns whether the server has the operation.
    ///
    /// Sends one request for the server's version the first time, and none afterwards.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use owui_groups::Operation;
    ///
    /// if client.supports(Operation::PreviewGroup).await? {
    ///     println!("{:?}", client.preview("group-id").await?.permissions);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`server_version`](Self::server_version).
    pub async fn supports(&self, operation: Operation) -> Result<bool> {
        Ok(self.server_version().await?.supports(operation))
    }

    /// Returns a client with different settings for some calls.
    ///
    /// Sends no request. The new client shares the connections, the token and the server's version
    /// with this one.
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

    /// The generated client. It sends the token, but does not retry requests, check IDs or classify
    /// responses.
    #[cfg(feature = "unstable-generated")]
    #[doc(hidden)]
    pub fn generated(&self) -> crate::generated::Client {
        self.transport.unclassified_client()
    }

    /// Prepares a request to an endpoint that this crate does not support, with the token.
    ///
    /// The path is relative to the base URL, for example `api/v1/users/`. The request is not
    /// retried, and its response is not classified. Of the time limits, only the timeout of an
    /// attempt applies.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> Result<(), Box<dyn std::error::Error>> {
    /// use owui_groups::external::Method;
    ///
    /// let response = client.request(Method::GET, "api/v1/users/")?.send().await?;
    /// println!("{}", response.status());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidInput`] if the path would lead to a different host, or out of
    /// the base URL.
    pub fn request(&self, method: Method, path: &str) -> Result<reqwest::RequestBuilder> {
        let reject = || {
            let path = text_check::shown(path);
            Error::invalid_input(format!(
                "`{path}` is not a path below the base URL; pass one like `/api/v1/groups/`"
            ))
        };
        let below = format!("{}/", self.base_url());
        let url = Url::parse(&format!("{below}{}", path.trim_start_matches('/')));
        let url = url.map_err(|error| reject().with_source(error))?;
        // Parsing resolves every form of `..`.
        if !url.as_str().starts_with(&below) {
            return Err(reject());
        }
        Ok(self.transport.request(method, url))
    }
}

/// The methods that the operations share.
impl GroupsClient {
    pub(crate) fn from_transport(transport: Transport) -> Self {
        Self {
            transport: Arc::new(transport),
            deadline: None,
        }
    }

    /// A client for the requests of one composed call, which share a deadline.
    pub(crate) fn composed(&self) -> Self {
        let begin = || Arc::new(Deadline::new(self.transport.deadline));
        Self {
            transport: Arc::clone(&self.transport),
            deadline: Some(self.deadline.clone().unwrap_or_else(begin)),
        }
    }

    /// Waits before a composed call continues after a transient error, if another attempt is left
    /// and the deadline allows it.
    ///
    /// # Errors
    ///
    /// Otherwise returns the error.
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

    /// Redacts and shortens a text that the server may have chosen, for a message.
    pub(crate) fn shown(&self, text: &str) -> String {
        self.transport.shown(text)
    }

    /// The error for an invalid value. It may come from the caller, a file or a server.
    pub(crate) fn invalid(&self, InvalidValue(why): InvalidValue) -> Error {
        Error::invalid_input(self.shown(&why))
    }

    /// An error about a group.
    pub(crate) fn error(&self, kind: ErrorKind, operation: Operation, id: &str) -> Error {
        Error::new(kind)
            .with_operation(operation)
            .with_group(Some(&self.shown(id)))
    }

    /// The error for a call whose changes the server applied only in part.
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

    /// Lists the first few of these IDs for a message. The server may have chosen them.
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

    /// Prepares a call that is not about a single group.
    pub(crate) fn call(&self) -> Call<'_> {
        self.transport.call(None, self.deadline.as_deref())
    }

    /// Returns the ID of a group if it can be part of a path.
    pub(crate) fn checked_id<'a>(&self, id: &'a str) -> Result<&'a str> {
        path_id::check(IdOf::Group, id).map_err(|value| self.invalid(value))
    }

    /// Prepares a call about one group, whose ID is checked first.
    pub(crate) fn call_on<'a>(&'a self, id: &'a str) -> Result<Call<'a>> {
        let id = self.checked_id(id)?;
        Ok(self.transport.call(Some(id), self.deadline.as_deref()))
    }

    /// Prepares a call about one user, whose ID is checked first.
    pub(crate) fn call_on_user<'a>(&'a self, id: &'a str) -> Result<Call<'a>> {
        let id = path_id::check(IdOf::User, id).map_err(|value| self.invalid(value))?;
        Ok(self.call().about_user(id))
    }

    /// Whether the server writes the parents of groups, which servers with hierarchy do.
    pub(crate) async fn writes_parents(&self, id: &str) -> Result<bool> {
        let deadline = self.deadline.as_deref();
        self.transport.writes_parents(id, deadline).await
    }

    /// What is known of the server's version without a request.
    pub(crate) fn known_version(&self) -> &KnownVersion {
        &self.transport.known_version
    }

    /// The server's version, if it is known or one request returns it.
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
