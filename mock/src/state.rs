//! The state that all connections of a mock share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    fault::Fault,
    recorded_request::RecordedRequest,
    reply::Reply,
    rules::{request::Request, routes::Route, store::Store},
};

/// The state of a mock, behind one lock. A request and its faults are handled completely before the
/// next request.
pub(crate) struct SharedState(Mutex<State>);

/// The content of a mock, and the requests that it received.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) pending_faults: Vec<Fault>,
    pub(crate) requests: Vec<RecordedRequest>,
    /// Whether requests are recorded.
    record_requests: bool,
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

    /// Ignores that another thread panicked while it held the lock. The state is more useful to a
    /// test than a second panic.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Carries out a request and records it. If there is no reply, the connection is closed.
    pub(crate) fn handle(&mut self, request: &Request) -> Option<Reply> {
        let route = Route::of(self.store.version, request);
        let operation = route.operation();
        let faults = &mut self.pending_faults;
        let fault = faults
            .iter_mut()
            .find_map(|fault| fault.applies_to(&route).then(|| fault.clone()));
        faults.retain(|fault| !fault.is_exhausted());
        let mut respond = || route.respond(&mut self.store, request);
        let reply = match fault {
            Some(fault) => fault.reply(&mut respond),
            None => Some(Reply::complete(respond())),
        };
        if self.record_requests {
            let status = reply.as_ref().map(|reply| reply.response.status());
            let request = RecordedRequest::new(request, operation, status);
            self.requests.push(request);
        }
        reply
    }
}
