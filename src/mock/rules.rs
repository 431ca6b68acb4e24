//! What a server of a version answers to a request: no sockets, no faults.
//!
//! A request goes one way: [`routes`] finds the handler, [`access`] asks who
//! calls, [`form`] and [`query`] read what was sent, the handler works on the [`store`]
//! and gives an [`answer`].

mod access;
mod accounts;
pub(super) mod answer;
pub(super) mod document;
mod form;
pub(super) mod groups;
mod listing;
mod membership;
mod preview;
mod python_json;
mod query;
pub(super) mod routes;
pub(super) mod store;
