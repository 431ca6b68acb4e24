//! Creates groups from exports.

use serde::Serialize;

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    groups::member_ids::{MemberIds, distinct},
    model::{membership_change::MembershipChange, new_group::NewGroup},
    types::{Group, GroupExport},
    value::{names::Operation, text_check},
};

/// The outcome of [`GroupsClient::import`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use = "it says which members are unknown to the server"]
pub struct Imported {
    /// The new group, as it was created. Its ID is not that of the exported group.
    pub group: Group,
    /// The outcome for each member. `unknown` has the IDs that are not users of this server.
    pub members: MembershipChange,
    /// The ID of the parent in the export, if this server does not have that group. In this case,
    /// the new group has no parent.
    pub missing_parent: Option<String>,
}

impl GroupsClient {
    /// Creates a group from an export of this server or another one.
    ///
    /// The new group has the name, the description, the permissions, the data, the parent and the
    /// members of the export. Requires an administrator's token. This always creates a group, even
    /// if one with the same name exists.
    ///
    /// Sends one request to create the group. If the export has members, sends two more, or as many
    /// as [`add_members`](Self::add_members) needs. If it has a parent, sends one more, and one for
    /// the server's version the first time.
    ///
    /// Operations: `POST /api/v1/groups/create` and `POST /api/v1/groups/id/{id}/users/add`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let export = client.export("group-id").await?;
    /// let imported = client.import(&export).await?;
    /// println!("{}: {:?} are unknown here", imported.group.id, imported.members.unknown);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the ID of a user or
    ///   of the parent cannot be an ID, for example because it is empty or contains white space. No
    ///   request is sent. The name, the description, the permissions and the data are not checked.
    /// - Returns [`ErrorKind::PartiallyApplied`](crate::ErrorKind::PartiallyApplied) if the group
    ///   was created, but its members could not be added.
    ///   [`Error::group_id`](crate::Error::group_id) is the ID of the new group.
    /// - Returns the other errors of [`create`](Self::create).
    pub async fn import(&self, export: &GroupExport) -> Result<Imported> {
        let users = distinct(&export.user_ids).map_err(|value| self.invalid(value))?;
        if let Some(parent) = &export.parent_group_id {
            text_check::id("the parent", parent).map_err(|value| self.invalid(value))?;
        }
        let client = self.composed();
        let group = NewGroup::named_on_a_server(&export.name);
        let mut group = group.description(&export.description);
        if let Some(permissions) = &export.permissions {
            group = group.permissions(permissions.clone());
        }
        if let Some(data) = &export.data {
            group = group.data(data.clone());
        }
        let mut missing_parent = None;
        if let Some(parent) = &export.parent_group_id {
            if client.has_parent(parent).await? {
                group = group.parent(parent);
            } else {
                missing_parent = Some(parent.clone());
            }
        }
        let group = client.create(group).await?;
        let members = if users.is_empty() {
            MembershipChange::default()
        } else {
            // A new group has no members, so they are not read first.
            let nobody = MemberIds::default();
            let added = client.add_to(&group.id, &nobody, nobody.part(users)).await;
            added.map_err(|error| {
                let change = error.membership_change().cloned().unwrap_or_default();
                let operation = Operation::AddGroupMembers;
                let message = format!(
                    "the group {} was created, but its members could not be added",
                    client.shown(&group.id)
                );
                client
                    .partially_applied(operation, &group.id, message)
                    .with_membership(change)
                    .with_source(error)
            })?
        };
        Ok(Imported {
            group,
            members,
            missing_parent,
        })
    }

    async fn has_parent(&self, id: &str) -> Result<bool> {
        match self.has_hierarchy(id).await {
            Ok(true) => {}
            Err(error) if !error.is_not_found() => return Err(error),
            _ => return Ok(false),
        }
        match self.get(id).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
