//! A client for the groups of [Open WebUI](https://openwebui.com), typed from the server's own
//! OpenAPI document.
//!
//! [`GroupsClient`] has a method for each operation on groups, and safeguards for the server's
//! known bugs. It supports Open WebUI 0.6.43 and later.
//!
//! ```no_run
//! use owui_groups::{GroupsClient, NewGroup, Permission};
//!
//! # async fn example() -> owui_groups::Result<()> {
//! let client = GroupsClient::new("https://ai.example.com", "sk-your-api-key")?;
//! let group = client.create(NewGroup::new("engineering").description("builds things")).await?;
//! let change = client.add_members(&group.id, ["user-id-1", "user-id-2"]).await?;
//! client
//!     .edit(&group.id, |group| {
//!         group.permissions().allow(Permission::ChatFileUpload)?;
//!         Ok(())
//!     })
//!     .await?;
//! println!("{} added, {:?} unknown to the server", change.added.len(), change.unknown);
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! Every method returns [`Error`], whose [`kind`](Error::kind) is the same for the same problem on
//! every server version. Each method's documentation lists the kinds to expect.
//!
//! After an error of a call that writes, [`Error::may_have_been_carried_out`] reports whether the
//! server may have changed something all the same.
//!
//! # Behind a proxy or a gateway
//!
//! [`GroupsClientBuilder::header`] sends the login of a proxy in a header of its own. If a gateway
//! needs `Authorization` for that, [`GroupsClientBuilder::token_cookie`] and
//! [`GroupsClientBuilder::token_header`] send the token elsewhere. An error response whose body is
//! not Open WebUI's own names the proxy as the probable cause, and a compressed response, which no
//! request asks for, is reported with its `content-encoding`. A proxy may hide `/api/version`: see
//! [Requests](#requests).
//!
//! # Retries and deadlines
//!
//! A request has a timeout for each attempt and one for all attempts together
//! ([`GroupsClientBuilder::timeout`], [`GroupsClientBuilder::total_timeout`]). A method of several
//! requests has a deadline for all of them ([`GroupsClientBuilder::deadline`]). [`RetryPolicy`]
//! explains which requests are sent again. [`GroupsClient::with`] changes these settings for some
//! calls, on the same connections.
//!
//! # Requests
//!
//! How many requests each method sends to servers of four versions. `v` is the request for the
//! server's version, which a client sends once; `!` marks calls that return an error.
//!
//! No method depends on the version. If a server does not report it, `delete` and `users` read the
//! group as on old servers, and methods that depend on whether groups have parents request the
//! members of a group instead, once.
//! [`GroupsClientBuilder::server_version`] states the version of such a server.
//!
#![doc = include_str!("requests.md")]
//!
//! An error takes at most one request more, if its response does not explain it. How many requests
//! each method sends to the newest version if every operation fails in the same way, without
//! retries:
//!
#![doc = include_str!("requests_with_errors.md")]
//!
//! # Tracing
//!
//! Each call is a span `open_webui_groups` of the crate `tracing`, with the operation, the group,
//! the status, the number of attempts and the duration. Each request is an event `request` of the
//! level `DEBUG`, with the fields of OpenTelemetry's conventions for HTTP:
//!
//! | Field | Value |
//! |---|---|
//! | `http.request.method` | `GET` |
//! | `url.path` | The path without the query, which may contain names |
//! | `http.response.status_code` | None without a response |
//! | `http.request.resend_count` | How often the request was sent before |
//! | `http.client.request.duration` | In seconds, until the head of a success or all of an error |
//! | `error.type` | The [`ErrorKind`] of an error; `cancelled` if its future was dropped |
//!
//! Any subscriber shows them, for example that of the crate `tracing-subscriber`:
//!
//! ```no_run
//! tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).init();
//! ```
//!
//! Tokens and added headers appear in no span, no event and no error.
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `rustls` | yes | HTTPS by rustls, with the system's certificates |
//! | `native-tls` | no | HTTPS by the system's own library |
//! | `schemars` | no | `schemars::JsonSchema` for the types of the document |
//!
//! # Testing
//!
//! The package `owui-groups-mock` is a server for tests that behaves like Open WebUI, in the
//! version of your choice.

mod client;
mod error;
mod groups;
mod http;
mod model;
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
    group_draft::GroupDraft, group_tree::GroupTree, group_update::GroupUpdate,
    membership_change::MembershipChange, new_group::NewGroup, share::Share,
};
pub use crate::value::{
    names::{Operation, Permission, UnknownValue},
    permission_error::PermissionError,
    permissions::{Permissions, difference::PermissionChange, malformed::MalformedPermission},
    server_version::{ParseServerVersionError, ServerVersion},
};

/// Items of other crates that the signatures of this crate name.
///
/// | Crate | Version | Items |
/// |---|---|---|
/// | `http` | 1 | `Method`, `StatusCode` |
/// | `reqwest` | 0.13 | `Certificate` and `Identity` (features `rustls`, `native-tls`), `Client`, `Proxy`, `RequestBuilder` |
/// | `secrecy` | 0.10 | `SecretString` |
/// | `serde_json` | 1 | `Map`, `Value` |
///
/// A program that uses more of such a crate depends on the same major version of it. Streams
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
