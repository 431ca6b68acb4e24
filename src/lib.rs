//! A client for the groups of [Open WebUI](https://openwebui.com), typed from the server's own
//! OpenAPI document.
//!
//! [`GroupsClient`] has a method for each operation on groups, with safeguards for the server's
//! known bugs. It finds users by their email addresses, and reads the settings that decide who is
//! in which group. It supports Open WebUI 0.6.43 and later.
//!
//! # Quick start
//!
//! ```sh
//! cargo add owui-groups
//! cargo add tokio --features macros,rt-multi-thread
//! ```
//!
//! ```no_run
//! use owui_groups::{GroupsClient, NewGroup, Permission};
//!
//! #[tokio::main]
//! async fn main() -> owui_groups::Result<()> {
//!     let client = GroupsClient::new("https://ai.example.com", "sk-your-api-key")?;
//!     let group = client.create(NewGroup::new("engineering").description("builds things")).await?;
//!     let change = client.add_members(&group.id, ["user-id-1", "user-id-2"]).await?;
//!     client
//!         .edit(&group.id, |group| {
//!             group.permissions().allow(Permission::ChatFileUpload)?;
//!             Ok(())
//!         })
//!         .await?;
//!     println!("{} added, {:?} unknown to the server", change.added.len(), change.unknown);
//!     Ok(())
//! }
//! ```
//!
//! Most operations require the token of an administrator. [`GroupsClient::from_env`] reads the URL
//! and the token from the environment.
//!
//! # Errors
//!
//! Every method returns [`Error`]. Its [`kind`](Error::kind) is the same for the same problem on
//! every server version. The documentation of each method lists the kinds that are specific to it.
//! Problems of the connection, the token or the server can occur in every method, so they are listed
//! only here.
//!
//! | [`ErrorKind`] | Meaning | What to do |
//! |---|---|---|
//! | [`InvalidInput`](ErrorKind::InvalidInput) | The arguments or the settings are invalid | Correct the value in the message |
//! | [`Connect`](ErrorKind::Connect) | No connection | Check the URL, the network and the [proxy](GroupsClientBuilder::proxy) |
//! | [`Tls`](ErrorKind::Tls) | The TLS handshake failed | Add the authority with [`root_certificate`](GroupsClientBuilder::root_certificate), or correct the certificate |
//! | [`Timeout`](ErrorKind::Timeout) | No response in time | Read the group before you try again, because a change may have been carried out; raise the [timeouts](#retries-and-deadlines) |
//! | [`Interrupted`](ErrorKind::Interrupted) | The connection broke | Read the group before you try again, because a change may have been carried out |
//! | [`Unauthenticated`](ErrorKind::Unauthenticated) | The token or the credentials for a proxy are not accepted | Check the token, or set the [credentials](#proxies-and-gateways) |
//! | [`PermissionDenied`](ErrorKind::PermissionDenied) | The user is not permitted to do this | Use the token of an administrator |
//! | [`NotFound`](ErrorKind::NotFound) | The group does not exist | Check the ID |
//! | [`Rejected`](ErrorKind::Rejected) | The server rejects the request | Read the server's explanation in [`detail`](Error::detail) |
//! | [`Validation`](ErrorKind::Validation) | Fields of the request are invalid | Correct the [`field_errors`](Error::field_errors) |
//! | [`UnsupportedVersion`](ErrorKind::UnsupportedVersion) | The server is too old | Upgrade it to [`required_version`](Error::required_version) |
//! | [`NotOpenWebUi`](ErrorKind::NotOpenWebUi) | The response is not from the API of Open WebUI | Check the URL, and whether a proxy shows a login page |
//! | [`RateLimited`](ErrorKind::RateLimited) | Too many requests | Wait for [`retry_after`](Error::retry_after) |
//! | [`Server`](ErrorKind::Server) | The server failed | Try again if the error is retryable; otherwise read the server's log |
//! | [`ResponseTooLarge`](ErrorKind::ResponseTooLarge) | The response exceeds the limit | Raise the [`response_limit`](GroupsClientBuilder::response_limit) |
//! | [`Decode`](ErrorKind::Decode) | The response cannot be read | Update this crate, or disable compression in the proxy |
//! | [`Conflict`](ErrorKind::Conflict) | Another client changed the group concurrently | Try again |
//! | [`Ambiguous`](ErrorKind::Ambiguous) | Several groups have the name | Use an ID, or rename a group |
//! | [`PartiallyApplied`](ErrorKind::PartiallyApplied) | Only a part of the request was applied | Read [`membership_change`](Error::membership_change), then try again |
//!
//! Two methods help to decide what to do after an error:
//!
//! - [`Error::is_retryable`] reports whether it is safe and useful to try the call again.
//! - [`Error::may_have_been_carried_out`] reports whether the server may have changed something,
//!   although the call returned an error.
//!
//! # Retries and deadlines
//!
//! Transient errors are retried. A request that is not idempotent is retried only if it was
//! certainly not carried out. [`RetryPolicy`] documents the details, and sets the number of
//! attempts and the delays.
//!
//! | Setting | Default | Limits |
//! |---|---|---|
//! | [`timeout`](GroupsClientBuilder::timeout) | 30 seconds | One attempt |
//! | [`total_timeout`](GroupsClientBuilder::total_timeout) | 120 seconds | One request with all its attempts |
//! | [`deadline`](GroupsClientBuilder::deadline) | 10 minutes | All requests of a method that sends several |
//!
//! [`GroupsClient::with`] changes these settings for some calls, on the same connections.
//!
//! # Proxies and gateways
//!
//! [`GroupsClientBuilder::proxy`] sets a forward proxy. [`GroupsClientBuilder::header`] adds a
//! header with the credentials for a gateway in front of the server. If the gateway requires
//! `Authorization` for its own credentials, send the token elsewhere with
//! [`GroupsClientBuilder::token_cookie`] or [`GroupsClientBuilder::token_header`].
//!
//! If the body of a 401 or 403 response is not Open WebUI's own, the message names a proxy as the
//! probable cause. The client does not accept compressed responses. If a proxy compresses one
//! nevertheless, the error reports its `content-encoding`.
//!
//! A gateway may block `/api/version`. No method except
//! [`server_version`](GroupsClient::server_version) and [`supports`](GroupsClient::supports)
//! depends on it. [`GroupsClientBuilder::server_version`] sets the version of such a server.
//!
//! # Requests
//!
//! The following table lists the number of requests of each method for four server versions. `v` is
//! the request for the server's version, which a client sends once. `!` marks calls that return an
//! error.
//!
//! If a server does not report its version, `delete` and `users` read the group, as on old servers.
//! Methods that depend on whether groups have parents request the members of a group once instead.
//!
#![doc = include_str!("requests.md")]
//!
//! After an error response that does not explain the problem, a method sends at most one more
//! request. (If the caller may not read all users,
//! [`find_users_by_email`](GroupsClient::find_users_by_email) searches for each address.) The
//! following table lists the number of requests to the newest version if every operation fails in
//! the same way, without retries:
//!
#![doc = include_str!("requests_with_errors.md")]
//!
//! # Versions
//!
//! What each version of Open WebUI added, of what this crate knows: operations
//! ([`Operation::since`]) and permissions ([`Permission::since`]), with `(on)` if users of a newly
//! installed server have the permission ([`Permission::default_on`]). 0.6.43 is the oldest
//! supported version and has what versions before it added. Versions that are not listed added
//! neither. Source: real servers of every release.
//!
#![doc = include_str!("versions.md")]
//!
//! # Tracing
//!
//! Each call is a span `open_webui_groups` of the crate `tracing`. Its fields are the operation,
//! the group, the status, the number of attempts and the duration. Each request is an event
//! `request` at level `DEBUG`, with the fields of OpenTelemetry's conventions for HTTP:
//!
//! | Field | Value |
//! |---|---|
//! | `http.request.method` | For example `GET` |
//! | `url.path` | The path. The query is omitted, because it may contain names |
//! | `http.response.status_code` | The status, if there was a response |
//! | `http.request.resend_count` | How often the request was sent before |
//! | `http.client.request.duration` | In seconds, until the headers of a successful response, or until the error |
//! | `error.type` | The [`ErrorKind`], or `cancelled` if the future was dropped |
//!
//! Any subscriber shows them, for example that of the crate `tracing-subscriber`:
//!
//! ```no_run
//! tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).init();
//! ```
//!
//! Tokens and added headers do not appear in spans, events or errors.
//!
//! # Features
//!
//! | Feature | Default | Description |
//! |---|---|---|
//! | `rustls` | yes | HTTPS with rustls and the system's certificates |
//! | `native-tls` | no | HTTPS with the system's own TLS library |
//! | `schemars` | no | `schemars::JsonSchema` for the types of the document |
//!
//! # Testing
//!
//! The crate `owui-groups-mock` is a server for tests that behaves like the version of Open WebUI
//! that you choose, including the bugs of that version.
//!
//! ```
//! use owui_groups::NewGroup;
//! use owui_groups_mock::{MockServer, NewUser};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start()?;
//! let ann = server.add_user(NewUser::new("Ann"))?;
//! let team = server.add_group(NewGroup::new("team"))?;
//!
//! server.client()?.add_members(&team.id, [ann.id()]).await?;
//!
//! assert_eq!(server.member_ids(&team.id), [ann.id()]);
//! # Ok(())
//! # }
//! ```
//!
//! # Supported versions
//!
//! All operations are tested on Open WebUI 0.6.43, 0.9.6, 0.11.4 and 0.12.4. Some require a newer
//! server than 0.6.43:
//!
//! | Requires | Methods |
//! |---|---|
//! | 0.8 | [`info`](GroupsClient::info) |
//! | 0.9.6 | [`preview`](GroupsClient::preview), [`token_header`](GroupsClientBuilder::token_header) |
//! | 0.12 | Parents of groups, and [inherited](ListMembers::inherited) or [effective](ListMembers::effective) members |
//!
//! The crate requires Rust 1.88 or later.

mod client;
mod error;
mod groups;
mod http;
mod model;
mod users;
mod value;

#[cfg(not(feature = "unstable-generated"))]
mod generated;
#[cfg(feature = "unstable-generated")]
#[doc(hidden)]
pub mod generated;
pub mod types;

pub use crate::client::{builder::GroupsClientBuilder, groups_client::GroupsClient};
pub use crate::error::{Error, Result, field_error::FieldError, kind::ErrorKind};
pub use crate::groups::{
    edit::{EditGroup, EditOutcome, OnConflict},
    get_or_create::GetOrCreated,
    import::Imported,
    list_groups::ListGroups,
    list_members::ListMembers,
    member_stream::MemberStream,
    set_members::SetMembers,
};
pub use crate::http::{call_settings::CallSettings, retry::RetryPolicy};
pub use crate::model::{
    group_draft::GroupDraft,
    group_tree::GroupTree,
    group_update::GroupUpdate,
    membership_change::MembershipChange,
    new_group::NewGroup,
    share::Share,
    user_lookup::{AddressLookup, LookupOutcome, UserLookup},
    user_order::UserOrder,
};
pub use crate::users::{search_users::SearchUsers, user::ListUserGroups};
pub use crate::value::{
    names::{Operation, Permission, UnknownValue},
    permission_error::PermissionError,
    permissions::{Permissions, difference::PermissionChange, malformed::MalformedPermission},
    server_version::{ParseServerVersionError, ServerVersion},
};

/// Items of other crates in the signatures of this crate.
///
/// | Crate | Version | Items |
/// |---|---|---|
/// | `http` | 1 | `Method`, `StatusCode` |
/// | `reqwest` | 0.13 | `Certificate` and `Identity` (features `rustls`, `native-tls`), `Client`, `Proxy`, `RequestBuilder` |
/// | `secrecy` | 0.10 | `SecretString` |
/// | `serde_json` | 1 | `Map`, `Value` |
///
/// If you also depend on one of these crates directly, use the same major version. Streams
/// implement `Stream` of `futures-core` 0.3.
///
/// ```
/// use owui_groups::{GroupsClient, external::Proxy};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let proxy = Proxy::all("http://proxy.example.com:3128")?;
/// let client = GroupsClient::builder("https://ai.example.com", "sk-…".replace('…', "x"))
///     .proxy(proxy)
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
pub mod external {
    pub use http::{Method, StatusCode};
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub use reqwest::{Certificate, Identity};
    pub use reqwest::{Client, Proxy, RequestBuilder};
    pub use secrecy::SecretString;
    pub use serde_json::{Map, Value};
}

/// Compiles the code of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
