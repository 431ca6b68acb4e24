//! Programs that use the library: the examples, run on mocks as a reader would, and code that
//! combines the library with other crates.
//!
//! `tests/live/programs.rs` also runs the examples that need only a server, on real servers.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod audit;
#[cfg(feature = "rustls")]
mod corporate_proxy;
mod directory;
mod error_crates;
mod example;
mod provision;
mod stream_members;
