//! A group, or the error response if it does not exist.

use http::StatusCode;

use crate::rules::{
    response::Response,
    store::{Group, Store},
};

const MISSING: &str = "We could not find what you're looking for :/";

/// The group, to read it.
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

/// The group, to preview it: a later operation, which always reports a missing group.
pub(crate) fn for_preview<'a>(store: &'a Store, id: &str) -> Result<&'a Group, Response> {
    store
        .group(id)
        .ok_or_else(|| Response::error(StatusCode::NOT_FOUND, MISSING))
}

/// Checks that there is a group to change. Up to 0.11.4 the error response
/// names what `failed`, and in the oldest ones it is wrapped once more.
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

/// The error response of the operations that came or changed with 0.12.
pub(crate) fn not_found() -> Response {
    Response::error(StatusCode::NOT_FOUND, "Group not found.")
}
