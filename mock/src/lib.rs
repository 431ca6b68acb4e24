//! A server that behaves like Open WebUI, as far as groups go, for tests.
//!
//! [`MockServer::start`] has one on a free port of this machine; it holds
//! users, groups and members, and answers as a real server of the
//! [version](EmulatedVersion) that it emulates does, with its rules and its
//! faults: statuses, wording, lost members and web pages included. That it
//! does is compared with real servers, response by response (status, content type,
//! body, and the CORS headers for browsers), by `cargo xtask conformance`. [`Fault`]s make it fail on demand;
//! what it was sent is in [`MockServer::requests`].
//!
//! Beside groups it has stand-ins for what tests need, which are not compared:
//! `GET /api/version`, `GET /health`, who one is (`GET /api/v1/auths/`), API
//! keys, and adding and removing users. The rest of Open WebUI is answered with
//! 501 and a list of what there is.
//!
//! Where it differs from a real server:
//!
//! - Ids count up instead of being random; models, knowledge and tools are empty.
//! - JSON that only Python reads is refused: `NaN`, single surrogates, UTF-16,
//!   numbers like `1e400`, what is nested deeper than 127 levels. `-0` is
//!   `-0.0`, and integers of more than 64 bits lose their end.
//! - HTTP is stricter: blanks at the end of a header are not part of it, and a
//!   body of more than 32 MiB is refused with 413. No answer is compressed.
//! - Permissions are the document's defaults, whatever version it emulates. Only `features.api_keys`
//!   of a user's groups has an effect: without it, a user cannot make an API key.
//! - After a failure of its own (500) a real server closes the connection.
//! - `POST /api/v1/auths/add` rejects roles that Open WebUI does not have with 422.
//! - A database never stands in its own way (`database is locked`).
//!
//! Source: the sources of Open WebUI 0.6.43, 0.9.6, 0.11.4 and 0.12.4, and the responses of
//! those servers.

mod builder;
mod contents;
mod emulated_version;
mod error;
mod fault;
mod keep_alive;
mod listener;
mod recorded_request;
mod reply;
mod role;
mod rules;
mod running;
mod seed;
mod server;
mod state;
mod user;

pub use builder::MockServerBuilder;
pub use emulated_version::EmulatedVersion;
pub use error::MockError;
pub use fault::Fault;
pub use recorded_request::RecordedRequest;
pub use role::Role;
pub use seed::Seed;
pub use server::MockServer;
pub use user::{MockUser, NewUser};

/// Items of other crates that the signatures of this crate name, beside those in
/// [`owui_groups::external`].
///
/// | Crate | Version | Items |
/// |---|---|---|
/// | `http` | 1 | `HeaderMap`, `HeaderName`, `HeaderValue`, `Method`, `StatusCode` |
/// | `serde_json` | 1 | `Value` |
pub mod external {
    pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
    pub use serde_json::Value;
}

/// Compiles the code of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
