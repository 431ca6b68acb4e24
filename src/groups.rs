//! The operations on groups, and methods that combine several of them.

pub(crate) mod add_members;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod find;
pub(crate) mod get_or_create;
pub(crate) mod get_or_create_all;
pub(crate) mod idle_time;
pub(crate) mod import;
pub(crate) mod list_groups;
pub(crate) mod list_members;
pub(crate) mod member_filter;
pub(crate) mod member_ids;
pub(crate) mod member_pages;
pub(crate) mod member_stream;
pub(crate) mod pages_ahead;
pub(crate) mod read;
pub(crate) mod remove_members;
pub(crate) mod response_check;
pub(crate) mod seen_ids;
pub(crate) mod set_members;
pub(crate) mod update;
