//! The types that callers pass to the client and receive from it, in addition to the generated
//! types.

pub(crate) mod group_config;
pub(crate) mod group_draft;
pub(crate) mod group_tree;
pub(crate) mod group_update;
pub(crate) mod membership_change;
pub(crate) mod new_group;
pub(crate) mod share;
pub(crate) mod times;
pub(crate) mod user_lookup;
pub(crate) mod user_order;
