//! Finds a group, or returns the error response if it does not exist.

use http::StatusCode;

use crate::rules::{
    response::Response,
    store::{Group, Store},
};

const MISSING: &str = "We could not find what you're looking for :/";

/// Finds a group to read.
pub(crate) fn for_read<'a>(store: &'a Store, id: &str) -> Result<&'a Group, Response> {
    let status = if store.version.reports_missing_groups() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::UNAUTHORIZED
    };
    store
        .group(id)
        .ok_or_else(|| Response::error(status, MISSING))
}

/// Finds a group to preview. This newer operation always returns a 404 for a missing group.
pub(crate) fn for_preview<'a>(store: &'a Store, id: &str) -> Result<&'a Group, Response> {
    store
        .group(id)
        .ok_or_else(|| Response::error(StatusCode::NOT_FOUND, MISSING))
}

/// Checks that a group to change exists. Up to 0.11.4, the error response contains `failed`. In the
/// oldest versions, it is wrapped in another message.
pub(crate) fn check_for_change(store: &Store, id: &str, failed: &str) -> Result<(), Response> {
    if store.group(id).is_some() {
        return Ok(());
    }
    if store.version.reports_missing_groups() {
        return Err(not_found());
    }
    let detail = format!("[ERROR: {failed}]");
    let detail = if store.version.returns_exception_texts() {
        format!("[ERROR: 400: {detail}]")
    } else {
        detail
    };
    Err(Response::error(StatusCode::BAD_REQUEST, detail))
}

/// The error response of operations that were added or changed in 0.12.
pub(crate) fn not_found() -> Response {
    Response::error(StatusCode::NOT_FOUND, "Group not found.")
}
