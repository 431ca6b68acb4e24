//! Uses the mock as the tests of a program do.
//!
//! The conformance cases, not these tests, verify that its responses match those of real servers.

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
