//! Groups from exports.

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
    /// The new group, as it was created; it has an id of its own.
    pub group: Group,
    /// The outcome for each member; `unknown` are not users of this server.
    pub members: MembershipChange,
    /// The parent that the export names, if this server does not have it. The
    /// new group is at the top then.
    pub missing_parent: Option<String>,
}

impl GroupsClient {
    /// Creates a group from an export of this or of another server, with its
    /// description, permissions, data, parent and members. A group of the same
    /// name is left alone: this always makes a new one.
    ///
    /// One request; two more for members (or as many as
    /// [`add_members`](Self::add_members) needs), one more for a parent, and the
    /// server's version once for the latter.
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
    /// As [`create`](Self::create), except that the name is taken as it is; *invalid input* for an
    /// ID of a user or of the parent that is empty, or has white space or an invisible character in
    /// it; *partially applied* when the group was created
    /// and its members could not be added; [`Error::group_id`](crate::Error::group_id) is its ID.
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
            // The group is new, so it has no members to read.
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
