//! The mock, as the tests of a user's program would use it.
//!
//! That its responses are those of real servers is not shown here, but by the
//! conformance cases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bad_input;
mod clients;
mod connections;
mod contents;
mod default_permissions;
mod faults;
mod requests;
