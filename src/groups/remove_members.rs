//! Removes members.

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    groups::member_ids::{Change, MemberIds, Parted, distinct},
    model::membership_change::MembershipChange,
    value::names::Operation,
};

impl GroupsClient {
    /// Removes users from a group.
    ///
    /// Requires an administrator's token. Users that are not members are reported and not sent.
    ///
    /// It is safe to call this again after an error. After a transient error (see
    /// [`RetryPolicy`](crate::RetryPolicy)), the client reads the members again and sends the
    /// remaining IDs.
    ///
    /// Sends one request if none of the users is a member. Otherwise sends three (read, remove,
    /// verify), and one more for each additional 500 IDs. If users are still members afterwards,
    /// the members are read a second time.
    ///
    /// Operation: `POST /api/v1/groups/id/{id}/users/remove`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let change = client.remove_members("group-id", ["user-1"]).await?;
    /// println!("{} removed, {} were no members", change.removed.len(), change.not_members.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::NotFound`] if the group does not exist.
    /// - Returns [`ErrorKind::InvalidInput`] if a text cannot be a user ID, for example because it
    ///   is empty or contains white space. No request is sent.
    /// - Returns [`ErrorKind::InvalidInput`] if an ID differs from that of a member only in upper
    ///   and lower case. No user is removed.
    /// - Returns [`ErrorKind::PartiallyApplied`] if a user is still a member afterwards.
    /// - Returns [`ErrorKind::Conflict`] if the server returns an incomplete list of members.
    ///
    /// [`Error::membership_change`](crate::Error::membership_change) has the users that were
    /// removed before the error.
    pub async fn remove_members(
        &self,
        id: &str,
        users: impl IntoIterator<Item: Into<String>>,
    ) -> Result<MembershipChange> {
        let users = distinct(users).map_err(|value| self.invalid(value))?;
        let client = self.composed();
        let members = client.member_ids(id).await?;
        let users = members.part(users);
        if let Some((user, member)) = members.in_other_case(&users.others) {
            let message = format!(
                "user ID `{}` is not a member, but `{}` is; check the case; no user was removed",
                client.shown_ids([user]),
                client.shown_ids([member]),
            );
            let operation = Operation::RemoveGroupMembers;
            let error = client.error(ErrorKind::InvalidInput, operation, id);
            return Err(error.with_message(message));
        }
        let (change, _) = client.remove_from(id, users).await?;
        Ok(change)
    }

    /// Removes users from a group. Returns the members that were read last, if any were.
    pub(crate) async fn remove_from(
        &self,
        id: &str,
        users: Parted,
    ) -> Result<(MembershipChange, Option<MemberIds>)> {
        let mut left = users.members;
        let mut change = MembershipChange {
            not_members: users.others,
            ..MembershipChange::default()
        };
        let mut last = None;
        let mut delays = self.retry_policy().delays();
        // A replica may still show removed members at the first reading.
        let mut readings = 2;
        let mut is_sent = false;
        let mut has_written = false;
        while !left.is_empty() && readings > 0 {
            let sent = left.len();
            let (now, error) = if !is_sent
                && let Err(error) = self.send_user_ids(Change::Remove, id, &mut left).await
            {
                self.continue_after(error, id, sent, &mut delays, &mut has_written)
                    .await
            } else {
                is_sent = true;
                has_written = true;
                readings -= 1;
                match self.member_ids(id).await {
                    Ok(now) => (Some(now), None),
                    Err(error) => (None, Some(error)),
                }
            };
            if let Some(now) = &now {
                let is_removed = |user: &mut String| !now.contains(user);
                change.removed.extend(left.extract_if(.., is_removed));
            }
            if let Some(error) = error {
                change.failed = left;
                let error = error.with_membership(change);
                return Err(error.with_follows_write(has_written));
            }
            last = now;
        }
        if left.is_empty() {
            return Ok((change, last));
        }
        let message = format!(
            "{} still {} although the server accepted the request: {}; try again",
            match left.len() {
                1 => "1 user is".to_owned(),
                count => format!("{count} users are"),
            },
            if left.len() == 1 {
                "a member"
            } else {
                "members"
            },
            self.shown_ids(&left),
        );
        let operation = Operation::RemoveGroupMembers;
        let error = self.partially_applied(operation, id, message);
        change.failed = left;
        Err(error.with_membership(change))
    }
}
