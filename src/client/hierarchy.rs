//! Whether groups have parents: since 0.12, and with it much else that the client depends on.

use std::num::NonZeroU64;

use crate::{
    client::groups_client::GroupsClient,
    error::{Ambiguity, Error, Result, kind::ErrorKind},
    types::{MembersPage, Membership},
    value::{names::Operation, server_version::ServerVersion},
};

impl GroupsClient {
    /// Whether groups have parents on this server.
    ///
    /// By the server's version, which is requested once. Without one, by a request for the members
    /// of the group: older servers have no such path, and send a web page.
    ///
    /// # Errors
    ///
    /// That of this request, if it shows neither.
    pub(crate) async fn has_hierarchy(&self, id: &str) -> Result<bool> {
        if let Some(known) = self.known_version().has_hierarchy() {
            return Ok(known);
        }
        if let Some(version) = self.optional_version().await {
            return Ok(version >= ServerVersion::HIERARCHY);
        }
        let first = Some(NonZeroU64::MIN);
        let call = self.call_on(id)?;
        let page: Result<MembersPage> = call
            .attempts(|api| api.list_group_members(id, Some(Membership::Direct), first, None))
            .await;
        let has_hierarchy = match page {
            Ok(_) => true,
            Err(error) if error.is_not_found() => true,
            Err(error) if error.ambiguity() == Some(Ambiguity::MissingPath) => false,
            Err(error) => return Err(error),
        };
        self.known_version().set_hierarchy(has_hierarchy);
        Ok(has_hierarchy)
    }

    /// Rejects what a server without hierarchy would silently ignore. The group is one whose
    /// members tell, if the version does not.
    pub(crate) async fn require_hierarchy(
        &self,
        id: &str,
        operation: Operation,
        what: &str,
    ) -> Result<()> {
        if self.has_hierarchy(id).await? {
            return Ok(());
        }
        let version = self.known_version().version();
        if version.is_none()
            && let Err(error) = self.get(id).await
            && error.kind() == ErrorKind::NotOpenWebUi
        {
            return Err(error);
        }
        Err(Error::new(ErrorKind::UnsupportedVersion)
            .with_operation(operation)
            .with_message(format!("the server does not support {what}"))
            .with_versions(version, ServerVersion::HIERARCHY))
    }
}
