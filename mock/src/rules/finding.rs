//! A group, or how a server refuses when it is not there.

use http::StatusCode;

use crate::rules::{
    response::Response,
    store::{Group, Store},
};

const MISSING: &str = "We could not find what you're looking for :/";

/// The group, to read it.
pub(crate) fn to_read<'a>(store: &'a Store, id: &str) -> Result<&'a Group, Response> {
    let status = if store.version.reports_missing_groups() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::UNAUTHORIZED
    };
    store
        .group(id)
        .ok_or_else(|| Response::error(status, MISSING))
}

/// The group, to preview it: a later operation, and always honest.
pub(crate) fn to_preview<'a>(store: &'a Store, id: &str) -> Result<&'a Group, Response> {
    store
        .group(id)
        .ok_or_else(|| Response::error(StatusCode::NOT_FOUND, MISSING))
}

/// Whether there is a group to change; up to 0.11.4 the refusal names what
/// failed, and in the oldest ones it is wrapped once more.
pub(crate) fn to_change(store: &Store, id: &str, failed: &str) -> Result<(), Response> {
    if store.group(id).is_some() {
        return Ok(());
    }
    if store.version.reports_missing_groups() {
        return Err(gone());
    }
    let refusal = format!("[ERROR: {failed}]");
    let refusal = if store.version.returns_exception_texts() {
        format!("[ERROR: 400: {refusal}]")
    } else {
        refusal
    };
    Err(Response::error(StatusCode::BAD_REQUEST, refusal))
}

/// The refusal of the operations that came or changed with 0.12.
pub(crate) fn gone() -> Response {
    Response::error(StatusCode::NOT_FOUND, "Group not found.")
}
