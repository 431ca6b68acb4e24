//! What a server of one release published.

use serde_json::Value;

use crate::document::history::release::Release;

/// The responses of a server of one release from which its part of the history is derived.
pub(crate) struct Raw {
    /// The release, from `GET /api/version`.
    pub(crate) release: Release,
    /// How it was started, if not as published.
    pub(crate) workaround: Option<String>,
    /// The whole document.
    pub(crate) document: Value,
    /// The response of `GET /api/v1/users/default/permissions`. The document's own defaults differ
    /// from it.
    pub(crate) default_permissions: Value,
    /// The response of [`PREVIEW`], if the release has it. Its schema is empty.
    pub(crate) preview: Option<Value>,
}

/// The operation whose fields are those of a response, because the document does not describe them.
pub(crate) const PREVIEW: &str = "GET /api/v1/groups/id/{id}/preview";
