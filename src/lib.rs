//! A client for the groups of Open WebUI.

mod base_url;
mod builder;
mod client;
mod connections;
mod data;
mod edit;
mod error;
mod find;
pub mod generated;
mod group_id;
mod import;
mod list;
mod members;
mod membership;
mod names;
mod operations;
mod permissions;
mod retry;
mod secrets;
mod transport;
mod tree;
pub mod types;
mod update;
mod version;

pub use builder::GroupsClientBuilder;
pub use client::GroupsClient;
pub use data::Share;
pub use edit::{EditGroup, GroupDraft, OnConflict};
pub use error::{Error, ErrorKind, FieldProblem, Result};
pub use find::Ensured;
pub use import::Imported;
pub use list::ListGroups;
pub use members::ListMembers;
pub use membership::MembershipChange;
pub use names::{MembershipType, Operation, OtherName, Permission};
pub use permissions::{PermissionChange, Permissions};
/// The HTTP client whose types [`GroupsClientBuilder`] and [`GroupsClient::request`] take and give.
pub use reqwest;
pub use retry::RetryPolicy;
pub use tree::GroupTree;
pub use update::{GroupUpdate, NewGroup};
pub use version::ServerVersion;

/// Compiles the code of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
