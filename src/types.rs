//! What the server answers, typed from its own document.
//!
//! Generated from `openapi/groups.json`; each type names the schema that it
//! comes from. With the feature `schemars` all of them
//! implement `schemars::JsonSchema`. They are `#[non_exhaustive]`: a server may
//! add fields and values at any time. They have no order, because the order of
//! the document may change.

pub use crate::{
    generated::types::{
        Group, GroupExport, GroupInfo, GroupPreview, GroupPreviewDefaultModels, GroupPreviewGroup,
        GroupPreviewResource, GroupPreviewResources, Member, MemberCounts, MembersPage, Membership,
        User,
    },
    value::names::MembershipType,
};
