//! What the server answers, typed from its own document.
//!
//! Generated from `openapi/groups.json`; each type names the schema that it
//! comes from. With the feature `schemars` all of them
//! implement `schemars::JsonSchema`. They are `#[non_exhaustive]`: a server may
//! add fields and values at any time. They have no order, because the order of
//! the document may change.

pub use crate::{
    generated::types::{
        AdminConfig, AppConfig, AppConfigFeatures, AppConfigOAuth, Group, GroupExport, GroupInfo,
        GroupPreview, GroupPreviewDefaultModels, GroupPreviewGroup, GroupPreviewResource,
        GroupPreviewResources, LdapConfig, LdapGroupsConfig, Member, MemberCounts, MembersPage,
        Membership, OAuthGroupsConfig, SessionUser, User, UserGroup, UserList, UserPreview,
        UserPreviewGroup, UserPreviewUser,
    },
    value::names::MembershipType,
};
