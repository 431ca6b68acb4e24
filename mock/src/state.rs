//! What all connections of a mock share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::{
    fault::{Effect, Fault, Strike},
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

/// What is to come of a request.
pub(crate) enum Played {
    /// This response, and perhaps what befalls it.
    Answered(Response, Option<Strike>),
    /// This status and body instead of a response of the mock's own.
    Instead(StatusCode, Bytes, HeaderMap),
    /// Nothing.
    Dropped,
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
    pub(crate) fn play(&mut self, request: &Request) -> Played {
        let route = Route::of(self.store.version, request);
        let operation = route.operation();
        let strike = operation.and_then(|operation| {
            let faults = &mut self.pending_faults;
            let strike = faults.iter_mut().find_map(|fault| fault.strike(operation));
            faults.retain(|fault| !fault.is_spent());
            strike
        });
        let mut work = || route.respond(&mut self.store, request);
        let played = match strike {
            None => Played::Answered(work(), None),
            Some(strike) => match strike.effect {
                Effect::Instead(status, body) => Played::Instead(status, body, strike.headers),
                Effect::DroppedBefore => Played::Dropped,
                Effect::DroppedAfter => {
                    work();
                    Played::Dropped
                }
                _ => Played::Answered(work(), Some(strike)),
            },
        };
        if self.record_requests {
            let status = match &played {
                Played::Answered(response, _) => Some(response.status),
                Played::Instead(status, ..) => Some(*status),
                Played::Dropped => None,
            };
            let request = RecordedRequest::new(request, operation, status);
            self.requests.push(request);
        }
        played
    }
}
