//! The client and its settings.

pub(crate) mod builder;
pub(crate) mod groups_client;
pub(crate) mod hierarchy;
pub(crate) mod http_settings;
pub(crate) mod path_id;
pub(crate) mod permission_support;
