//! What a server of a version answers to a request: no sockets, no faults.
//!
//! A request goes one way: [`routes`] finds the operation, [`operations`] asks
//! [`access`] who calls, has [`form`] and [`query`] read what was sent and hands
//! over to a handler, which works on the [`store`] and gives an [`answer`].

mod access;
mod accounts;
pub(super) mod answer;
pub(super) mod document;
mod finding;
pub(super) mod form;
pub(super) mod groups;
mod listing;
mod membership;
mod operations;
mod preview;
mod python_json;
mod query;
pub(super) mod routes;
pub(super) mod store;
