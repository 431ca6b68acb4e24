//! Detects whether groups have parents. Servers since 0.12 have this hierarchy, and other
//! differences that the client depends on.

use std::num::NonZeroU64;

use crate::{
    client::groups_client::GroupsClient,
    error::{Ambiguity, Error, Result, kind::ErrorKind},
    generated::ListGroupMembersOptions,
    types::{Group, MembersPage, Membership},
    value::{names::Operation, server_version::ServerVersion},
};

impl GroupsClient {
    /// Whether groups have parents on this server.
    ///
    /// Determined by the server's version, which is requested once. If the version is unknown, the
    /// members of the group are requested. Older servers do not have this path and return an HTML
    /// page. In this case, a read of the group has to confirm that the server does not write
    /// parents, because the page could also be a login page.
    ///
    /// # Errors
    ///
    /// Returns the error of these requests if they are inconclusive, for example
    /// [`ErrorKind::NotFound`] if the group does not exist.
    pub(crate) async fn has_hierarchy(&self, id: &str) -> Result<bool> {
        if let Some(known) = self.known_version().has_hierarchy() {
            return Ok(known);
        }
        let version = self.optional_version().await;
        if let Some(known) = version.and_then(ServerVersion::has_hierarchy) {
            return Ok(known);
        }
        let call = self.call_on(id)?;
        let page: Result<MembersPage> = call
            .attempts(|api| {
                let options = ListGroupMembersOptions::default()
                    .membership(Membership::Direct)
                    .page(NonZeroU64::MIN);
                api.list_group_members_with(id, options)
            })
            .await;
        let has_hierarchy = match page {
            Ok(_) => true,
            Err(error) if error.ambiguity() == Some(Ambiguity::MissingPath) => {
                if self.writes_parents(id).await? {
                    return Err(error);
                }
                false
            }
            Err(error) => return Err(error),
        };
        self.known_version().set_hierarchy(has_hierarchy);
        Ok(has_hierarchy)
    }

    /// Rejects a request that a server without hierarchy would silently ignore. If the version is
    /// unknown, the members of this group are requested.
    pub(crate) async fn require_hierarchy(
        &self,
        id: &str,
        operation: Operation,
        what: &str,
    ) -> Result<()> {
        if self.has_hierarchy(id).await? {
            return Ok(());
        }
        Err(self.lacks_hierarchy(operation, what))
    }

    /// The error for a feature that a server without hierarchy does not support.
    pub(crate) fn lacks_hierarchy(&self, operation: Operation, what: &str) -> Error {
        Error::new(ErrorKind::UnsupportedVersion)
            .with_operation(operation)
            .with_message(format!("the server does not support {what}"))
            .with_versions(self.known_version().version(), ServerVersion::HIERARCHY)
    }

    /// Checks the parent in the response to a write. The server ignores the parent if it has no
    /// hierarchy, which is possible if its version changed since it was requested.
    pub(crate) fn check_parent(
        &self,
        operation: Operation,
        group: Group,
        parent: Option<&str>,
    ) -> Result<Group> {
        if group.parent_group_id.as_deref() == parent {
            return Ok(group);
        }
        let message = format!(
            "the group {} was written, but the server ignored its parent; check the server's \
             version",
            self.shown(&group.id)
        );
        Err(self.partially_applied(operation, &group.id, message))
    }
}
