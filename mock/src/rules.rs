//! Computes the response of a server of a version to a request, without sockets and faults.
//!
//! [`routes`] finds the operation. [`operations`] finds the caller with [`access`], parses the request
//! with [`form`] and [`query`], and calls a handler. The handler works on the [`store`] and returns a
//! [`response`]. [`cors`] adds the headers for browsers.

mod access;
mod accounts;
mod cors;
mod default_permissions;
pub(crate) mod form;
pub(crate) mod groups;
mod listing;
mod lookup;
mod membership;
mod operations;
mod pattern;
mod permission;
mod preview;
mod python_json;
mod query;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod routes;
mod settings;
pub(crate) mod store;
mod users;
