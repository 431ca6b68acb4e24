//! The client, and what all of its methods share.

use std::{fmt, sync::Arc, time::Duration};

use http::Method;
use reqwest::Url;
use tokio::time;

use crate::{
    client::group_id,
    error::{Error, Result, kind::ErrorKind},
    http::{
        deadline::Deadline,
        retry::{RetryPolicy, next_delay},
        transport::{Call, Transport},
    },
    value::{names::Operation, server_version::ServerVersion},
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

    /// The server's version. One request the first time, none after it: make
    /// a new client after an upgrade of the server.
    ///
    /// # Errors
    ///
    /// *Not Open WebUI* when the address is not that of a server.
    pub async fn server_version(&self) -> Result<ServerVersion> {
        self.transport
            .server_version(self.deadline.as_deref())
            .await
    }

    /// Whether the server has the operation. One request the first time, none after it.
    ///
    /// # Errors
    ///
    /// As [`server_version`](Self::server_version).
    pub async fn supports(&self, operation: Operation) -> Result<bool> {
        Ok(self.server_version().await?.supports(operation))
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
    /// else is done for you: no retries, no classification of the response.
    ///
    /// # Errors
    ///
    /// *Invalid input* when the path would lead to another host, or out of the
    /// server's address.
    pub fn request(&self, method: Method, path: &str) -> Result<reqwest::RequestBuilder> {
        let reject =
            || Error::invalid_input(format!("{path:?} is not a path below the server's address"));
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

    /// The first few of these IDs for a message. The server may have chosen them.
    pub(crate) fn shown_ids<'a>(&self, ids: impl IntoIterator<Item = &'a String>) -> String {
        const SHOWN: usize = 5;
        let ids = ids.into_iter().enumerate().take(SHOWN + 1);
        let shown = ids.map(|(position, id)| match position {
            SHOWN => "…".to_owned(),
            _ => self.transport.shown(id),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn retry_policy(&self) -> &RetryPolicy {
        &self.transport.retry_policy
    }

    /// Prepares one call about all groups.
    pub(crate) fn call(&self, operation: Operation) -> Call<'_> {
        self.transport
            .call(operation, None, self.deadline.as_deref())
    }

    /// Prepares one call about one group, whose id is checked first.
    pub(crate) fn call_on<'a>(&'a self, operation: Operation, id: &'a str) -> Result<Call<'a>> {
        let id = group_id::check(operation, id)?;
        let deadline = self.deadline.as_deref();
        Ok(self.transport.call(operation, Some(id), deadline))
    }

    /// Refuses what the server would silently ignore.
    pub(crate) async fn require(
        &self,
        operation: Operation,
        what: &str,
        required: ServerVersion,
    ) -> Result<()> {
        let server = self.server_version().await;
        let server = server.map_err(|error| error.with_operation(operation))?;
        if server >= required {
            return Ok(());
        }
        Err(Error::new(ErrorKind::UnsupportedVersion)
            .with_message(format!("the server is too old for {what}"))
            .with_operation(operation)
            .with_versions(server, required))
    }

    /// Tells an operation that the server lacks from an address that is wrong.
    ///
    /// Both are a web page or a 405. One more request, and only after such a
    /// failure of an operation that the oldest servers do not have.
    pub(crate) async fn classify_unsupported<T>(&self, outcome: Result<T>) -> Result<T> {
        let error = match outcome {
            Err(error) if error.kind() == ErrorKind::NotOpenWebUi => error,
            other => return other,
        };
        let Some(operation) = error.operation() else {
            return Err(error);
        };
        let required = operation.since();
        if required <= ServerVersion::OLDEST_SUPPORTED {
            return Err(error);
        }
        match self.server_version().await {
            Ok(server) if server < required => Err(error
                .with_kind(ErrorKind::UnsupportedVersion)
                .with_versions(server, required)),
            _ => Err(error),
        }
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
