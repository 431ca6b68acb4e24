//! What a server of a version answers to a request: no sockets, no faults.
//!
//! A request goes one way: [`routes`] finds the operation, [`operations`] asks
//! [`access`] who calls, has [`form`] and [`query`] read what was sent and hands
//! over to a handler, which works on the [`store`] and gives a [`response`]. [`cors`]
//! adds the headers for browsers.

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
