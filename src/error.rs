//! Errors, and what a caller can do about them.

mod display;
pub(crate) mod field_error;
pub(crate) mod kind;

use std::{error::Error as StdError, time::Duration};

use http::{Method, StatusCode};

use crate::{
    error::{field_error::FieldError, kind::ErrorKind},
    model::membership_change::MembershipChange,
    types::Group,
    value::{
        names::Operation,
        permission_error::PermissionError,
        server_version::{ParseServerVersionError, ServerVersion},
    },
};

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of a call.
///
/// [`kind`](Self::kind) classifies the error. The predicates answer common questions, for example
/// whether to [try again](Self::is_retryable). `Display` is one line, and
/// [`source`](StdError::source) returns the underlying error.
///
/// ```
/// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
/// match client.get("5be5e52a-cc60-4307-a9a5-33af4518f1c1").await {
///     Ok(group) => println!("{}", group.name),
///     Err(error) if error.is_not_found() => println!("no such group"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Option<Operation>,
    group: Option<String>,
    membership: Option<MembershipChange>,
    created_groups: Vec<Group>,
    request: Option<(Method, String)>,
    status: Option<StatusCode>,
    detail: Option<String>,
    message: Option<String>,
    field_errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    server_version: Option<ServerVersion>,
    required_version: Option<ServerVersion>,
    attempts: u32,
    repeats: Repeats,
    /// Whether the call sent a write before the request that failed.
    follows_write: bool,
    ambiguity: Option<Ambiguity>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The effect that happens twice if the caller repeats the call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    /// The effect of the operation, unless it is idempotent or was not carried out.
    AsOperation,
    /// Another effect, whatever the operation is.
    Something,
    /// Nothing, because the call finds what it did before.
    Nothing,
}

/// A second possible meaning of a response, besides the kind of its error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ambiguity {
    /// The server does not have the path. It returns an HTML page with status 200 for unknown
    /// paths.
    MissingPath,
    /// The server is a different program. Its JSON does not have the documented shape.
    OtherProgram,
    /// The group does not exist. Servers up to 0.11.4 have no distinct response for this.
    MissingGroup,
}

impl Error {
    /// Whether the group or the user does not exist. This is the same on every server version.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Whether another client changed the group concurrently.
    pub fn is_conflict(&self) -> bool {
        self.kind() == ErrorKind::Conflict
    }

    /// Whether the server did not respond in time. The request may have been carried out.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether the caller can try the call again: the error is transient, and nothing would happen
    /// twice.
    ///
    /// The client has already retried the request as often as its
    /// [`RetryPolicy`](crate::RetryPolicy) allows. A create or an edit that may have been carried
    /// out is not retryable. A second create could create a second group, and the closure of a
    /// second edit could change the group again.
    pub fn is_retryable(&self) -> bool {
        let is_safe = match self.0.repeats {
            Repeats::Nothing => true,
            Repeats::Something => false,
            Repeats::AsOperation => {
                self.operation().is_none_or(Operation::is_idempotent)
                    // Calls that change members first read the current members.
                    || self.membership_change().is_some()
                    || self.was_not_carried_out()
            }
        };
        self.is_transient() && is_safe
    }

    /// Whether the server certainly did nothing.
    pub(crate) fn was_not_carried_out(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Connect | ErrorKind::Tls | ErrorKind::RateLimited
        ) && !self.0.follows_write
    }

    /// Whether the server may have changed something, although the call returned an error.
    ///
    /// This is the case if a write was sent, and no response shows that the server rejected it.
    /// Read the group before you repeat such a call. `false` for calls that only read, and for
    /// calls that failed before a write.
    pub fn may_have_been_carried_out(&self) -> bool {
        let is_rejected = || self.status().is_some_and(|status| status.is_client_error());
        let is_handled = match self.kind() {
            // The body of an error response may be incomplete.
            ErrorKind::Interrupted => !is_rejected(),
            ErrorKind::Timeout => {
                !is_rejected() || self.status() == Some(StatusCode::REQUEST_TIMEOUT)
            }
            ErrorKind::Server | ErrorKind::ResponseTooLarge | ErrorKind::Decode => true,
            // A redirect or the success of a different program may follow a write that was
            // accepted.
            ErrorKind::NotOpenWebUi => !is_rejected(),
            _ => false,
        };
        let is_write = self
            .operation()
            .is_some_and(|operation| !operation.is_safe());
        is_handled && is_write || self.0.follows_write || !self.0.created_groups.is_empty()
    }

    /// Whether the error is transient, so a later attempt may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::RateLimited => true,
            // Cloudflare uses the statuses from 520 for an origin that it cannot reach.
            ErrorKind::Server => self
                .status()
                .is_some_and(|status| matches!(status.as_u16(), 502 | 503 | 520..=523 | 530)),
            _ => false,
        }
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the operation that failed.
    ///
    /// `None` if no request was sent, because of invalid input or because the deadline had passed.
    /// Also `None` for the request for the server's version.
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// Returns the ID of the group that the error is about, if any.
    pub fn group_id(&self) -> Option<&str> {
        self.0.group.as_deref()
    }

    /// Returns what a change of members did for each ID before the error.
    ///
    /// [`failed`](MembershipChange::failed) lists the users that were not added or removed. Present
    /// for [`ErrorKind::PartiallyApplied`], and for any error after the first request that changed
    /// something.
    pub fn membership_change(&self) -> Option<&MembershipChange> {
        self.0.membership.as_ref()
    }

    /// Returns the groups that [`get_or_create_all`](crate::GroupsClient::get_or_create_all)
    /// created before the error.
    pub fn created_groups(&self) -> &[Group] {
        &self.0.created_groups
    }

    /// Returns the HTTP method of the request that failed.
    pub fn method(&self) -> Option<&Method> {
        self.0.request.as_ref().map(|(method, _)| method)
    }

    /// Returns the path of the request that failed, relative to the base URL and without the query.
    pub fn path(&self) -> Option<&str> {
        self.0.request.as_ref().map(|(_, path)| path.as_str())
    }

    /// Returns the HTTP status, if there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Returns the server's explanation, or the beginning of its response if that is not JSON. At
    /// most 500 characters.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Returns the invalid fields of a 422 response.
    ///
    /// If there are more than 20, the last one contains the number of the others.
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.field_errors
    }

    /// Returns how long the server asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the server's version, if the error is about the version and the server reports it.
    pub fn server_version(&self) -> Option<ServerVersion> {
        self.0.server_version
    }

    /// Returns the first server version that supports the call, if the error is about the version.
    pub fn required_version(&self) -> Option<ServerVersion> {
        self.0.required_version
    }

    /// Returns how many times the request was sent. 0 if it was not sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
}

/// Constructors for this crate.
impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            group: None,
            membership: None,
            created_groups: Vec::new(),
            request: None,
            status: None,
            detail: None,
            message: None,
            field_errors: Vec::new(),
            retry_after: None,
            server_version: None,
            required_version: None,
            attempts: 0,
            repeats: Repeats::AsOperation,
            follows_write: false,
            ambiguity: None,
            source: None,
        }))
    }

    pub(crate) fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput).with_message(message)
    }

    /// Replaces the message of the kind.
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_operation(mut self, operation: Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_request(mut self, method: Method, path: impl Into<String>) -> Self {
        self.0.request = Some((method, path.into()));
        self
    }

    pub(crate) fn with_group(mut self, id: Option<&str>) -> Self {
        self.0.group = self.0.group.or_else(|| id.map(str::to_owned));
        self
    }

    pub(crate) fn with_membership(mut self, change: MembershipChange) -> Self {
        self.0.membership = Some(change);
        self
    }

    /// Adds users whose membership the call did not change because of the error.
    pub(crate) fn with_failed(mut self, users: Vec<String>) -> Self {
        let change = self.0.membership.get_or_insert_default();
        change.failed.extend(users);
        self
    }

    /// Adds the groups that the call created before the error.
    pub(crate) fn with_created_groups(mut self, groups: Vec<Group>) -> Self {
        self.0.created_groups = groups;
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_detail(mut self, detail: Option<String>) -> Self {
        self.0.detail = detail;
        self
    }

    pub(crate) fn with_field_errors(mut self, field_errors: Vec<FieldError>) -> Self {
        self.0.field_errors = field_errors;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Adds the version that the call requires, and that of the server if it is known.
    pub(crate) fn with_versions(
        mut self,
        server: Option<ServerVersion>,
        required: ServerVersion,
    ) -> Self {
        self.0.server_version = server;
        self.0.required_version = Some(required);
        self
    }

    pub(crate) fn with_ambiguity(mut self, ambiguity: Option<Ambiguity>) -> Self {
        self.0.ambiguity = ambiguity;
        self
    }

    pub(crate) fn ambiguity(&self) -> Option<Ambiguity> {
        self.0.ambiguity
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Marks a call that may have been carried out, and would have a different effect the second
    /// time.
    pub(crate) fn not_repeatable(mut self) -> Self {
        if !self.was_not_carried_out() {
            self.0.repeats = Repeats::Something;
        }
        self
    }

    /// Marks a call that finds what it did before if the caller repeats it.
    pub(crate) fn repeatable(mut self) -> Self {
        self.0.repeats = Repeats::Nothing;
        self
    }

    /// Sets whether the call sent a write before the request that failed, which the server may have
    /// carried out.
    pub(crate) fn with_follows_write(mut self, follows_write: bool) -> Self {
        self.0.follows_write |= follows_write;
        self
    }

    /// Replaces the kind, after the error was classified more precisely.
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self.0.message = None;
        self
    }
}

/// Converts to [`ErrorKind::InvalidInput`].
impl From<ParseServerVersionError> for Error {
    fn from(error: ParseServerVersionError) -> Self {
        Self::invalid_input(error.to_string())
    }
}

impl From<PermissionError> for Error {
    fn from(error: PermissionError) -> Self {
        Self::invalid_input(error.to_string())
    }
}
