//! The requests of the client, and how it handles the responses.
//!
//! Every test has its own server on a loopback socket. The status, content type and wording of the
//! responses are those of Open WebUI 0.6.43, 0.9.6, 0.11.4 and 0.12.4.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod broken;
mod call_settings;
mod connections;
mod deadline;
#[path = "../../src/http/secrets/echo.rs"]
#[allow(dead_code)]
mod echo;
mod echoes;
mod editing;
mod errors;
mod extremes;
mod finding_users;
mod gateways;
mod get_or_create_all;
mod groups;
mod invisible;
mod member_counts;
mod member_pages;
mod members;
mod membership;
mod operations;
mod other_group;
mod pasted;
mod retry;
mod secrets;
mod server;
mod tls;
mod token_place;
mod users;
mod version;
