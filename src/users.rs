//! The users of the server, and the settings that decide about their groups.

pub(crate) mod find_users;
pub(crate) mod search;
pub(crate) mod search_users;
pub(crate) mod settings;
pub(crate) mod user;
