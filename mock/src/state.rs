//! What all connections of a mock share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::{
    fault::{AppliedFault, Effect, Fault},
    recorded_request::RecordedRequest,
    rules::{request::Request, response::Response, routes::Route, store::Store},
};

/// The state of a mock, behind one lock: a request is handled, faults included,
/// before the next one.
pub(crate) struct SharedState(Mutex<State>);

/// What a mock holds and has received.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) pending_faults: Vec<Fault>,
    pub(crate) requests: Vec<RecordedRequest>,
    /// Whether requests are recorded.
    record_requests: bool,
}

/// How the listener responds to a request.
pub(crate) enum Action {
    /// With this response.
    Respond(Response),
    /// With this response, after the fault was applied to it.
    RespondFaulty(Response, AppliedFault),
    /// With this status, body and headers, which replace the response.
    Replace(StatusCode, Bytes, HeaderMap),
    /// Not at all: it closes the connection.
    Disconnect,
}

impl SharedState {
    pub(crate) fn new(store: Store, record_requests: bool) -> Self {
        Self(Mutex::new(State {
            store,
            pending_faults: Vec::new(),
            requests: Vec::new(),
            record_requests,
        }))
    }

    /// Also after a panic of another thread that held the lock: what it left is
    /// more use to a test than a second panic.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Carries out a request and records it.
    pub(crate) fn handle(&mut self, request: &Request) -> Action {
        let route = Route::of(self.store.version, request);
        let operation = route.operation();
        let fault = operation.and_then(|operation| {
            let faults = &mut self.pending_faults;
            let applied = faults.iter_mut().find_map(|fault| fault.apply(operation));
            faults.retain(|fault| !fault.is_exhausted());
            applied
        });
        let mut respond = || route.respond(&mut self.store, request);
        let action = match fault {
            None => Action::Respond(respond()),
            Some(fault) => match fault.effect {
                Effect::Replaced(status, body) => Action::Replace(status, body, fault.headers),
                Effect::DroppedBefore => Action::Disconnect,
                Effect::DroppedAfter => {
                    respond();
                    Action::Disconnect
                }
                Effect::Delayed(_) | Effect::Truncated | Effect::Endless => {
                    Action::RespondFaulty(respond(), fault)
                }
            },
        };
        if self.record_requests {
            let status = match &action {
                Action::Respond(response) | Action::RespondFaulty(response, _) => {
                    Some(response.status)
                }
                Action::Replace(status, ..) => Some(*status),
                Action::Disconnect => None,
            };
            let request = RecordedRequest::new(request, operation, status);
            self.requests.push(request);
        }
        action
    }
}
