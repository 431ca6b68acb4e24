//! Removing members.

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    groups::member_ids::{MemberIds, distinct, partially_applied, shown},
    model::membership_change::MembershipChange,
    value::names::Operation,
};

impl GroupsClient {
    /// Removes users from a group. For administrators. Safe to repeat after an
    /// error. After an error that may pass (see
    /// [`RetryPolicy`](crate::RetryPolicy)), the members are read again and the
    /// rest is sent.
    ///
    /// Sends one request if none of them is a member. Otherwise three (read,
    /// remove, verify), and one more remove for every 500 IDs. A second
    /// verification follows if users are still members. Requires Open WebUI
    /// 0.6.43 or later: `POST /api/v1/groups/id/{id}/users/remove`.
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
    /// *Not found*; *invalid input* for an ID that cannot be one; *partially
    /// applied* if a user is still a member after that; *conflict* if the members
    /// cannot be read whole.
    pub async fn remove_members<I>(&self, id: &str, users: I) -> Result<MembershipChange>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let users = distinct(Operation::RemoveGroupMembers, users)?;
        let client = self.composed();
        let members = client.member_ids(id).await?;
        client.remove_from(id, &members, users).await
    }

    /// Removes users from a group whose members are known.
    pub(crate) async fn remove_from(
        &self,
        id: &str,
        members: &MemberIds,
        users: Vec<String>,
    ) -> Result<MembershipChange> {
        let operation = Operation::RemoveGroupMembers;
        let (wanted, not_members): (Vec<_>, Vec<_>) =
            users.into_iter().partition(|user| members.contains(user));
        let change = |left: Vec<String>| MembershipChange {
            removed: wanted
                .iter()
                .filter(|user| !left.contains(user))
                .cloned()
                .collect(),
            not_members: not_members.clone(),
            failed: left,
            ..MembershipChange::default()
        };

        let mut left = wanted.clone();
        let mut delays = self.retry_policy().delays();
        // What a replica does not show yet, the second reading may.
        let mut readings = 2;
        let mut is_sent = false;
        while !left.is_empty() && readings > 0 {
            let outcome = if is_sent {
                Ok(None)
            } else {
                self.send_user_ids(operation, id, &left).await
            };
            match outcome {
                Ok(_) => {
                    is_sent = true;
                    readings -= 1;
                }
                Err(error) => {
                    if let Err(error) = self.wait_after(error, &mut delays).await {
                        return Err(error.with_membership(change(left)));
                    }
                }
            }
            match self.member_ids(id).await {
                Ok(now) => left.retain(|user| now.contains(user)),
                Err(error) => return Err(error.with_membership(change(left))),
            }
        }
        if left.is_empty() {
            return Ok(change(left));
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
            shown(&left),
        );
        let error = partially_applied(operation, id, message);
        Err(error.with_membership(change(left)))
    }
}
