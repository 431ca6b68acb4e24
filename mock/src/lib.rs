//! A mock of the groups API of Open WebUI, and of the users in groups, for tests.
//!
//! [`MockServer`] listens on a free port of this machine. It stores users, groups and members, and
//! responds like the [version](EmulatedVersion) of Open WebUI that it emulates. This includes
//! status codes, error texts and bugs, for example lost members and HTML pages for unknown paths.
//! [`Fault`] injects errors, and [`MockServer::requests`] returns the recorded requests.
//!
//! ```
//! use owui_groups::{GroupsClient, NewGroup};
//! use owui_groups_mock::{EmulatedVersion, MockServer, NewUser};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::builder().emulate(EmulatedVersion::V0_11_4).start()?;
//! let ann = server.add_user(NewUser::new("Ann"))?;
//! let team = server.add_group(NewGroup::new("team"))?;
//!
//! let client = GroupsClient::new(&server.url(), server.admin_token())?;
//! client.add_members(&team.id, [ann.id()]).await?;
//!
//! assert_eq!(server.member_ids(&team.id), [ann.id()]);
//! # Ok(())
//! # }
//! ```
//!
//! The mock is verified against real servers. The same requests are sent to both, and their
//! responses are compared: status, content type, body, and the CORS headers for browsers.
//!
//! # Other endpoints
//!
//! Tests often need some endpoints besides groups. The mock provides substitutes for them, which
//! are not compared with real servers:
//!
//! - `GET /api/version` and `GET /health`
//! - API keys
//! - Adding and removing users
//!
//! All other endpoints of Open WebUI return 501 and a list of the available ones.
//!
//! The settings are those of a newly installed server. The fields that the client's document
//! describes were compared with real servers. As on real servers, the responses contain secrets, so
//! that tests can search for them: the token in `GET /api/v1/auths/`, `mock-oauth-client-secret` and
//! `mock-ldap-password`.
//!
//! # Differences to a real server
//!
//! - IDs are numbered instead of random.
//! - There are no models, knowledge and tools.
//! - Of a user's permissions, only `features.api_keys` has an effect: a user without it cannot
//!   create an API key.
//! - Searches work as on SQLite. Pages without an order list users by the time of their creation.
//! - JSON that only Python accepts is rejected: `NaN`, unpaired surrogates, UTF-16, numbers such as
//!   `1e400`, and more than 127 levels of nesting. `-0` becomes `-0.0`, and integers of more than
//!   64 bits lose precision.
//! - HTTP is stricter. Trailing spaces are not part of a header, and a body of more than 32 MiB is
//!   rejected with 413.
//! - Responses are never compressed.
//! - The connection stays open after a 500 response. A real server closes it.
//! - `POST /api/v1/auths/add` rejects unknown roles with 422.
//! - Errors of the database, such as `database is locked`, do not occur.
//!
//! Source: the source code of Open WebUI 0.6.43, 0.9.6, 0.11.4 and 0.12.4, and the responses of
//! these servers.

mod builder;
mod contents;
mod emulated_version;
mod error;
mod fault;
mod keep_alive;
mod listener;
mod record;
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

/// Items of other crates in the signatures of this crate, in addition to those in
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
