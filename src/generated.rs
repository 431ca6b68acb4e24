//! What progenitor makes of `openapi/groups.json`: the low door.
//!
//! [`GroupsClient::generated`](crate::GroupsClient::generated) opens it, for
//! what the rest of this crate does not offer. Nothing in here is hand-written,
//! and all of it follows the server's document wherever that goes; the types
//! worth relying on are in [`types`](crate::types).

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

include!(concat!(env!("OUT_DIR"), "/client.rs"));
