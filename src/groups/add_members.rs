//! Adds members without losing any.
//!
//! When servers up to 0.11.4 reach an ID that is already a member, they discard the IDs that they
//! added earlier in the same request, and return 200. Every server ignores unknown IDs and returns
//! 200. Therefore only IDs that are not members are sent, each once, and the members are read again
//! afterwards.

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    groups::member_ids::{Change, IDS_PER_REQUEST, MemberIds, Parted, distinct},
    model::membership_change::MembershipChange,
    value::{names::Operation, server_version::ServerVersion},
};

/// The maximum number of times that IDs are sent to a server that may lose them.
const MAX_ROUNDS: u32 = 5;

impl GroupsClient {
    /// Adds users to a group.
    ///
    /// Requires an administrator's token. IDs may be repeated, and may already be members. No user
    /// loses their membership, whatever the server's version.
    ///
    /// It is safe to call this again after an error. After a transient error (see
    /// [`RetryPolicy`](crate::RetryPolicy)), the client reads the members again and sends the
    /// remaining IDs.
    ///
    /// Sends one request if all users are already members. Otherwise sends three (read, add,
    /// verify), and one more for each additional 500 IDs. Some cases need more requests:
    ///
    /// - On Open WebUI 0.6.43, a read of a group without members needs two requests, and one for
    ///   the server's version the first time.
    /// - If some users are missing afterwards and the member count does not explain this, the
    ///   members are read a second time.
    /// - If some IDs were not added, the server's version is requested the first time. On servers
    ///   up to 0.11.4, or if the version is unknown, the IDs are sent again, at most 5 times in
    ///   all.
    ///
    /// Operation: `POST /api/v1/groups/id/{id}/users/add`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let change = client.add_members("group-id", ["user-1", "user-2"]).await?;
    /// for id in &change.unknown {
    ///     eprintln!("{id}: unknown to the server");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the group does not exist.
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if a text cannot be a
    ///   user ID, for example because it is empty or contains white space. No request is sent.
    /// - Returns [`ErrorKind::PartiallyApplied`](crate::ErrorKind::PartiallyApplied) if the server
    ///   keeps losing members.
    /// - Returns [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the server returns an
    ///   incomplete list of members.
    ///
    /// [`Error::membership_change`](crate::Error::membership_change) has the users that were added
    /// before the error.
    pub async fn add_members(
        &self,
        id: &str,
        users: impl IntoIterator<Item: Into<String>>,
    ) -> Result<MembershipChange> {
        let users = distinct(users).map_err(|value| self.invalid(value))?;
        let client = self.composed();
        let members = client.member_ids(id).await?;
        client.add_to(id, &members, members.part(users)).await
    }

    /// Adds users to a group whose current members are given.
    pub(crate) async fn add_to(
        &self,
        id: &str,
        members: &MemberIds,
        users: Parted,
    ) -> Result<MembershipChange> {
        let mut missing = users.others;
        let mut change = MembershipChange {
            already_members: users.members,
            ..MembershipChange::default()
        };
        let mut reread: Option<MemberIds> = None;
        let mut delays = self.retry_policy().delays();
        let mut round = 0;
        let mut has_written = false;
        while !missing.is_empty() {
            let before = reread.as_ref().unwrap_or(members);
            let sent = missing.len();
            let count = match self.send_user_ids(Change::Add, id, &mut missing).await {
                Ok(count) => count,
                Err(error) => {
                    let (now, error) = self
                        .continue_after(error, id, sent, &mut delays, &mut has_written)
                        .await;
                    if let Some(now) = &now {
                        let is_added = |user: &mut String| now.contains(user);
                        change.added.extend(missing.extract_if(.., is_added));
                    }
                    if let Some(error) = error {
                        change.failed = missing;
                        let error = error.with_membership(change);
                        return Err(error.with_follows_write(has_written));
                    }
                    reread = now;
                    continue;
                }
            };
            has_written = true;
            let verified = self.verify(id, before, &mut missing, &mut change.added, count);
            let verified = match verified.await {
                Ok(verified) => verified,
                Err(error) => {
                    change.failed = missing;
                    return Err(error.with_membership(change).with_follows_write(true));
                }
            };
            if missing.is_empty() {
                break;
            }
            let in_one_request = sent <= IDS_PER_REQUEST;
            let is_safe = self.adds_in_one_transaction().await;
            // An old server may have lost the missing IDs if another ID became a member, so they
            // are not certainly unknown. If several requests were sent, the member counts do not
            // explain each of them.
            if verified.is_explained && in_one_request && (is_safe || verified.added == 0) {
                change.unknown = missing;
                return Ok(change);
            }
            if is_safe && (in_one_request || round > 0) {
                change.unconfirmed = missing;
                return Ok(change);
            }
            round += 1;
            if round == MAX_ROUNDS {
                let message = format!(
                    "{} not added although the server accepted the request: {}; try again",
                    match missing.len() {
                        1 => "1 user was".to_owned(),
                        count => format!("{count} users were"),
                    },
                    self.shown_ids(&missing),
                );
                let operation = Operation::AddGroupMembers;
                let error = self.partially_applied(operation, id, message);
                change.failed = missing;
                return Err(error.with_membership(change));
            }
            reread = Some(verified.members);
        }
        Ok(change)
    }

    /// Reads the members after an add, and moves the IDs that are now members from `missing` to
    /// `added`. If some are missing without an explanation, reads again, because a replica may show
    /// new members late.
    async fn verify(
        &self,
        id: &str,
        before: &MemberIds,
        missing: &mut Vec<String>,
        added: &mut Vec<String>,
        count: Option<usize>,
    ) -> Result<Verified> {
        let sent = missing.len();
        let mut readings = 0;
        loop {
            let members = self.member_ids(id).await?;
            readings += 1;
            added.extend(missing.extract_if(.., |user| members.contains(user)));
            let newly_added = sent - missing.len();
            let is_explained =
                !missing.is_empty() && nobody_else_changed(before, newly_added, &members, count);
            if missing.is_empty() || is_explained || readings == 2 {
                return Ok(Verified {
                    members,
                    added: newly_added,
                    is_explained,
                });
            }
        }
    }

    /// Whether the server adds every ID that it knows. `false` if its version is unknown.
    async fn adds_in_one_transaction(&self) -> bool {
        self.optional_version().await >= Some(ServerVersion::HIERARCHY)
    }
}

/// The members after an add.
struct Verified {
    members: MemberIds,
    /// The number of sent IDs that are members now.
    added: usize,
    /// Whether IDs are missing that the server does not know, if it adds all IDs that it knows.
    is_explained: bool,
}

/// Whether the members are exactly the previous members and the added ones, and as many as the
/// server reported. If so, no other client changed the group, and the missing IDs are unknown.
fn nobody_else_changed(
    before: &MemberIds,
    added: usize,
    now: &MemberIds,
    count: Option<usize>,
) -> bool {
    count == Some(now.len()) && now.len() == before.len() + added && before.are_among(now)
}
