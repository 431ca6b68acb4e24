//! The types of the server's responses, generated from its OpenAPI document.
//!
//! The source is `openapi/groups.json`. The documentation of each type names its schema. With the feature
//! `schemars`, all of them implement `schemars::JsonSchema`.
//!
//! All types are `#[non_exhaustive]`, because a server may add fields and values at any time. They
//! do not implement `Ord`, because the order of fields in the document may change.

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
