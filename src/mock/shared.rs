//! What all connections of a mock share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{
    fault::{Effect, Fault, Strike},
    request::{RecordedRequest, Request},
    rules::{answer::Answer, document, routes::Route, store::Store},
};

pub(super) struct Shared {
    store: Mutex<Store>,
    faults: Mutex<Vec<Fault>>,
    requests: Mutex<Vec<RecordedRequest>>,
    /// Whether requests are kept.
    records: bool,
    /// Whether answers that the document does not describe are failures.
    validates: bool,
}

/// What is to come of a request.
pub(super) enum Played {
    /// This answer, and perhaps what befalls it.
    Answered(Answer, Option<Strike>),
    /// This status and body instead of an answer of the mock's own.
    Instead(StatusCode, Bytes, HeaderMap),
    /// Nothing.
    Dropped,
}

impl Shared {
    pub(super) fn new(store: Store, records: bool, validates: bool) -> Self {
        Self {
            store: Mutex::new(store),
            faults: Mutex::default(),
            requests: Mutex::default(),
            records,
            validates,
        }
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        unpoisoned(&self.store)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        unpoisoned(&self.faults)
    }

    pub(super) fn requests(&self) -> MutexGuard<'_, Vec<RecordedRequest>> {
        unpoisoned(&self.requests)
    }

    /// Carries out a request and keeps it.
    pub(super) fn play(&self, request: Request) -> Played {
        let mut store = self.store();
        let route = Route::of(store.version, &request);
        let operation = route.operation();
        let strike = operation.and_then(|operation| {
            let mut faults = self.faults();
            let strike = faults.iter_mut().find_map(|fault| fault.strike(operation));
            faults.retain(|fault| !fault.is_spent());
            strike
        });
        let mut record = self.records.then(|| request.record(operation));
        let mut work = || {
            let answer = route.answer(&mut store, &request);
            match operation.filter(|_| self.validates) {
                Some(operation) => validated(operation, answer),
                None => answer,
            }
        };
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

/// The answer, or a failure that says how it breaks the document.
fn validated(operation: crate::Operation, answer: Answer) -> Answer {
    match document::violation(operation, &answer) {
        None => answer,
        Some(violation) => Answer::refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the mock's answer is not what the document describes: {violation}"),
        ),
    }
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
