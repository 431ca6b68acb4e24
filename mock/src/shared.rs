//! What all connections of a mock share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::{
    fault::{Effect, Fault, Strike},
    recorded_request::RecordedRequest,
    rules::{answer::Answer, request::Request, routes::Route, store::Store},
};

pub(crate) struct Shared {
    store: Mutex<Store>,
    faults: Mutex<Vec<Fault>>,
    requests: Mutex<Vec<RecordedRequest>>,
    /// Whether requests are kept.
    records: bool,
}

/// What is to come of a request.
pub(crate) enum Played {
    /// This answer, and perhaps what befalls it.
    Answered(Answer, Option<Strike>),
    /// This status and body instead of an answer of the mock's own.
    Instead(StatusCode, Bytes, HeaderMap),
    /// Nothing.
    Dropped,
}

impl Shared {
    pub(crate) fn new(store: Store, records: bool) -> Self {
        Self {
            store: Mutex::new(store),
            faults: Mutex::default(),
            requests: Mutex::default(),
            records,
        }
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        unpoisoned(&self.store)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        unpoisoned(&self.faults)
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<RecordedRequest>> {
        unpoisoned(&self.requests)
    }

    /// Carries out a request and keeps it.
    pub(crate) fn play(&self, request: Request) -> Played {
        let mut store = self.store();
        let route = Route::of(store.version, &request);
        let operation = route.operation();
        let strike = operation.and_then(|operation| {
            let mut faults = self.faults();
            let strike = faults.iter_mut().find_map(|fault| fault.strike(operation));
            faults.retain(|fault| !fault.is_spent());
            strike
        });
        let mut record = self
            .records
            .then(|| RecordedRequest::new(&request, operation));
        let mut work = || route.answer(&mut store, &request);
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
        let status = match &played {
            Played::Answered(answer, _) => Some(answer.status),
            Played::Instead(status, ..) => Some(*status),
            Played::Dropped => None,
        };
        if let Some(record) = &mut record {
            record.status = status;
        }
        self.requests().extend(record);
        played
    }
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
