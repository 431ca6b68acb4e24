//! A call of one operation: its attempts, its trace and its error.

use std::{future::poll_fn, pin::pin, sync::Arc, time::Instant};

use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use tracing::field;

use crate::{
    error::{Ambiguity, Error, Result, kind::ErrorKind},
    generated::{self, CallState},
    http::{deadline::Deadline, retry::Retries, transport::Transport},
    types::Group,
    value::{names::Operation, server_version::ServerVersion},
};

/// A call of one operation. The generated code sets the operation.
pub(crate) struct Call<'a> {
    transport: &'a Transport,
    client: generated::Client,
    state: Arc<CallState>,
    retries: Retries,
    group: Option<&'a str>,
    user: Option<&'a str>,
    deadline: Option<&'a Deadline>,
    started: Instant,
}

impl Transport {
    /// Prepares a call. The ID of the group is only for the trace and for errors.
    pub(crate) fn call<'a>(
        &'a self,
        group: Option<&'a str>,
        deadline: Option<&'a Deadline>,
    ) -> Call<'a> {
        let span = tracing::info_span!(
            "open_webui_groups",
            operation = field::Empty,
            group = field::Empty,
            status = field::Empty,
            attempts = field::Empty,
            duration_ms = field::Empty,
        );
        if !span.is_disabled() {
            span.record("group", group.map(|group| self.shown(group)));
        }
        let state = Arc::new(CallState::new(span));
        Call {
            transport: self,
            client: self.client.for_call(&state),
            state,
            retries: Retries::AsOperation,
            group,
            user: None,
            deadline,
            started: Instant::now(),
        }
    }
}

impl<'a> Call<'a> {
    /// Sets the ID of the user, for the trace and for errors.
    pub(crate) fn about_user(mut self, id: &'a str) -> Self {
        self.user = Some(id);
        self
    }
}

impl Call<'_> {
    /// Disables retries, even if the operation allows them.
    pub(crate) fn once(mut self) -> Self {
        self.retries = Retries::Never;
        self
    }

    /// Makes the generated call, with retries if they are allowed. If a response is ambiguous, sends
    /// at most one more request to classify the error.
    pub(crate) async fn run<'c, T, E, F>(
        &'c self,
        call: impl Fn(&'c generated::Client) -> F,
    ) -> Result<T>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<ResponseValue<T>, generated::Error<E>>>,
    {
        match self.attempts(call).await {
            Ok(value) => Ok(value),
            // Boxed, so that the large future costs nothing for a successful call.
            Err(error) => Err(Box::pin(self.explain(error)).await),
        }
    }

    /// Makes the generated call, with retries if they are allowed. Sends no other requests.
    pub(crate) async fn attempts<'c, T, E, F>(
        &'c self,
        call: impl Fn(&'c generated::Client) -> F,
    ) -> Result<T>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<ResponseValue<T>, generated::Error<E>>>,
    {
        let attempt = |_| async {
            let outcome = call(&self.client).await;
            outcome
                .map(ResponseValue::into_inner)
                .map_err(|error| self.describe(self.transport.sender.error::<T, E>(error)))
        };
        let span = self.state.span();
        let attempts =
            self.transport
                .retrying(self.retries, self.started, self.deadline, span, attempt);
        // Similar to `Instrument`, but does not move the future, which is large.
        let mut attempts = pin!(attempts);
        let outcome = poll_fn(|context| span.in_scope(|| attempts.as_mut().poll(context))).await;
        // An attempt that exceeds the time is dropped.
        outcome.map_err(|error| self.describe(error))
    }

    /// Adds the operation and the IDs to an error.
    fn describe(&self, error: Error) -> Error {
        let group = self.group.map(|group| self.transport.shown(group));
        let user = self.user.map(|user| self.transport.shown(user));
        let mut error = error.with_group(group.as_deref());
        if user.is_some() && error.kind() == ErrorKind::NotFound {
            error = error.with_message("the user does not exist");
        }
        let Some(operation) = self.state.operation().and_then(Operation::from_id) else {
            return error;
        };
        let path = operation.path();
        let path = path.replace("{id}", group.as_deref().unwrap_or_default());
        let path = path.replace("{user_id}", user.as_deref().unwrap_or_default());
        if returns_secrets(operation) && error.status().is_some_and(|status| status.is_success()) {
            error = error.with_detail(None);
        }
        error
            .with_operation(operation)
            .with_request(operation.method(), path)
    }

    /// Classifies the error, with one more request if its response is ambiguous.
    async fn explain(&self, error: Error) -> Error {
        let left = self
            .transport
            .deadline
            .saturating_sub(self.started.elapsed());
        let own = Deadline::new(left);
        let deadline = self.deadline.unwrap_or(&own);
        let required = error.operation().map(Operation::since);
        let required = required.filter(|version| *version > ServerVersion::OLDEST_SUPPORTED);
        match (error.kind(), required, self.group) {
            // The JSON of another program does not have the documented shape either.
            (ErrorKind::Decode, _, _) if error.ambiguity() == Some(Ambiguity::OtherProgram) => {
                match self.transport.brief_version(Some(deadline)).await {
                    Some(Err(version)) if version.kind() == ErrorKind::NotOpenWebUi => {
                        error.with_kind(ErrorKind::NotOpenWebUi)
                    }
                    _ => error,
                }
            }
            // A server without the operation returns a web page or a 405.
            (ErrorKind::NotOpenWebUi, Some(required), group) => {
                let (lacks, server) =
                    match (self.transport.brief_version(Some(deadline)).await, group) {
                        (Some(Ok(server)), _) => (server < required, Some(server)),
                        (None, Some(group))
                            if error.ambiguity() == Some(Ambiguity::MissingPath) =>
                        {
                            (self.has_groups(group, deadline).await, None)
                        }
                        (None, None) if error.ambiguity() == Some(Ambiguity::MissingPath) => {
                            (self.has_settings(deadline).await, None)
                        }
                        _ => (false, None),
                    };
                if !lacks {
                    return error;
                }
                error
                    .with_kind(ErrorKind::UnsupportedVersion)
                    .with_versions(server, required)
            }
            // Up to 0.11.4, the server returns a 400 for a missing group and for other errors.
            (ErrorKind::Rejected, _, Some(group))
                if error.ambiguity() == Some(Ambiguity::MissingGroup) =>
            {
                match self.read(group, deadline).await {
                    Err(read) if read.is_not_found() => error.with_kind(ErrorKind::NotFound),
                    _ => error,
                }
            }
            _ => error,
        }
    }

    /// Requests the group. Returns whether the response is that of an Open WebUI.
    async fn has_groups(&self, id: &str, deadline: &Deadline) -> bool {
        let read = self.read(id, deadline).await;
        read.map_or_else(|error| error.is_not_found(), |_| true)
    }

    /// Requests the public settings. Returns whether the response is that of an Open WebUI.
    async fn has_settings(&self, deadline: &Deadline) -> bool {
        let call = self.transport.call(None, Some(deadline)).once();
        call.attempts(|api| api.get_app_config()).await.is_ok()
    }

    async fn read(&self, id: &str, deadline: &Deadline) -> Result<Group> {
        let call = self.transport.call(Some(id), Some(deadline)).once();
        call.attempts(|api| api.get_group(id)).await
    }
}

/// Whether a successful response contains secrets of the server, such as the password of the LDAP
/// server. An error about its shape must not quote it.
fn returns_secrets(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::GetSessionUser
            | Operation::GetAdminConfig
            | Operation::GetOauthConfig
            | Operation::GetLdapConfig
            | Operation::GetLdapServerConfig
            | Operation::GetAppConfig
    )
}
