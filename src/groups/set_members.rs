//! Replaces the members of a group.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    groups::member_ids::{Parted, distinct},
    model::membership_change::MembershipChange,
    value::names::Operation,
};

/// A replacement of all direct members, created by [`GroupsClient::set_members`]. Use `.await` to
/// carry it out.
#[derive(Clone, Debug)]
#[must_use = "members are set when this is awaited"]
pub struct SetMembers {
    client: GroupsClient,
    id: String,
    users: Vec<String>,
    ignore_unknown: bool,
}

impl GroupsClient {
    /// Makes exactly these users the direct members of a group.
    ///
    /// Requires an administrator's token. An empty list removes all members. Users are added before
    /// others are removed, so after an error the group may have too many members, but not too few.
    /// It is safe to call this again after an error.
    ///
    /// If the server does not know an ID of the list, the known users are added and no user is
    /// removed, because the list may be wrong. Use [`ignore_unknown`](SetMembers::ignore_unknown)
    /// to remove the other members nevertheless.
    ///
    /// Sends one request if nothing changes. Otherwise sends the requests of
    /// [`add_members`](Self::add_members) and [`remove_members`](Self::remove_members), but reads
    /// the members only once at the start.
    ///
    /// Operations: `POST /api/v1/groups/id/{id}/users/add` and
    /// `POST /api/v1/groups/id/{id}/users/remove`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let change = client.set_members("group-id", ["user-1", "user-2"]).await?;
    /// println!("{} added, {} removed", change.added.len(), change.removed.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns the errors of [`add_members`](Self::add_members) and
    ///   [`remove_members`](Self::remove_members).
    /// - Returns [`ErrorKind::PartiallyApplied`](crate::ErrorKind::PartiallyApplied) if IDs of the
    ///   list are unknown to the server or could not be confirmed. No user is removed.
    /// - Returns [`ErrorKind::PartiallyApplied`](crate::ErrorKind::PartiallyApplied) if another
    ///   client removed users of the list concurrently.
    ///
    /// [`Error::membership_change`](crate::Error::membership_change) has the outcome for each ID.
    pub fn set_members(
        &self,
        id: &str,
        users: impl IntoIterator<Item: Into<String>>,
    ) -> SetMembers {
        SetMembers {
            client: self.clone(),
            id: id.to_owned(),
            users: users.into_iter().map(Into::into).collect(),
            ignore_unknown: false,
        }
    }
}

impl SetMembers {
    /// Removes the other members even if the server does not know some IDs of the list.
    ///
    /// If the server knows none of the IDs, no user is removed, because the list is probably for a
    /// different server.
    pub fn ignore_unknown(mut self) -> Self {
        self.ignore_unknown = true;
        self
    }

    async fn run(self) -> Result<MembershipChange> {
        let id = &self.id;
        let client = self.client.composed();
        let users = distinct(self.users).map_err(|value| client.invalid(value))?;
        let members = client.member_ids(id).await?;
        let count = users.len();
        let users = members.part(users);
        let surplus = Parted {
            members: members.without(&users.members),
            others: Vec::new(),
        };
        // Such an ID probably refers to a member, who must not be removed.
        let is_in_other_case = members.in_other_case(&users.others).is_some();
        let mut change = match client.add_to(id, &members, users).await {
            Ok(change) => change,
            Err(error) => return Err(error.with_failed(surplus.members)),
        };
        let unknown = change.unknown.len() + change.unconfirmed.len();
        let may_ignore = self.ignore_unknown
            && change.unconfirmed.is_empty()
            && unknown < count
            && !is_in_other_case;
        if unknown > 0 && !may_ignore {
            let doubtful = [change.unknown.as_slice(), &change.unconfirmed].concat();
            let message = format!(
                "{unknown} of {count} IDs could not be added, so no user was removed: {}; \
                 check the list{}",
                client.shown_ids(&doubtful),
                if is_in_other_case {
                    " for IDs that differ from those of members only in case"
                } else if change.unconfirmed.is_empty() && unknown < count {
                    ", or use `ignore_unknown()`"
                } else {
                    ""
                },
            );
            change.failed = surplus.members;
            let operation = Operation::AddGroupMembers;
            let error = client.partially_applied(operation, id, message);
            return Err(error.with_membership(change));
        }
        match client.remove_from(id, surplus).await {
            Ok((removal, last)) => {
                change.removed = removal.removed;
                if let Some(last) = last {
                    let is_gone = |user: &mut String| !last.contains(user);
                    change.unconfirmed = change.added.extract_if(.., is_gone).collect();
                    let gone = change.already_members.extract_if(.., is_gone);
                    change.unconfirmed.extend(gone);
                }
            }
            Err(error) => {
                let removal = error.membership_change().cloned().unwrap_or_default();
                change.removed = removal.removed;
                change.failed = removal.failed;
                let has_added = !change.added.is_empty();
                return Err(error.with_membership(change).with_follows_write(has_added));
            }
        }
        if change.unconfirmed.is_empty() {
            return Ok(change);
        }
        let message = format!(
            "another client removed users of the list concurrently: {}; try again",
            client.shown_ids(&change.unconfirmed)
        );
        let operation = Operation::RemoveGroupMembers;
        let error = client.partially_applied(operation, id, message);
        Err(error.with_membership(change))
    }
}

impl IntoFuture for SetMembers {
    type Output = Result<MembershipChange>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
