//! Adding members without losing any.
//!
//! Servers up to 0.11.4 throw away the IDs that they added earlier in a request
//! when they reach one that is a member already, and respond with 200. Every
//! server drops unknown IDs, and responds with 200. So only IDs that are not
//! members are sent, each once, and the members are read again after that.

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    groups::member_ids::{Change, IDS_PER_REQUEST, MemberIds, Parted, distinct},
    model::membership_change::MembershipChange,
    value::{names::Operation, server_version::ServerVersion},
};

/// How often IDs are sent to a server that may lose them.
const MAX_ROUNDS: u32 = 5;

impl GroupsClient {
    /// Adds users to a group. For administrators.
    ///
    /// IDs may be repeated, and may be members already; no user loses their
    /// membership by that on any server. Safe to repeat after an error. After an
    /// error that may pass (see [`RetryPolicy`](crate::RetryPolicy)), the members
    /// are read again and the rest is sent.
    ///
    /// Sends one request if all are members already. Otherwise three (read, add,
    /// verify), and one more add for every 500 IDs; 0.6.43 takes two to read the
    /// members if there are none. A second verification follows if the first one
    /// does not fit the number of members that the server reported. If IDs were
    /// not added, the server's version is read, once, and they are sent again to
    /// servers up to 0.11.4, up to five times. Requires Open WebUI 0.6.43 or
    /// later: `POST /api/v1/groups/id/{id}/users/add`.
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
    /// *Not found*; *invalid input* for an ID that cannot be one; *partially
    /// applied* if the server keeps losing members; *conflict* if the members
    /// cannot be read whole. [`Error::membership_change`](crate::Error::membership_change) has the users that were
    /// added all the same.
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

    /// Adds users to a group whose members are known.
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
            // An old server may have lost the missing ones for one that it did add, or that
            // another client added. Of several requests, the counts do not explain each.
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

    /// Reads the members after an add and moves those from the missing IDs to the
    /// added ones. If some are missing then without an explanation, reads them
    /// again: a replica may show them late.
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

    /// Whether the server adds all IDs that it knows; if its version is unknown, it may not.
    async fn adds_in_one_transaction(&self) -> bool {
        self.optional_version().await >= Some(ServerVersion::HIERARCHY)
    }
}

/// The members after an add.
struct Verified {
    members: MemberIds,
    /// How many of the IDs that were sent are among them.
    added: usize,
    /// Whether there are missing IDs, and they are unknown to the server, if it adds all that it knows.
    is_explained: bool,
}

/// Whether the members are those of before and the added ones, and as many as
/// the server reported. What was sent and is missing then is unknown to it.
fn nobody_else_changed(
    before: &MemberIds,
    added: usize,
    now: &MemberIds,
    count: Option<usize>,
) -> bool {
    count == Some(now.len()) && now.len() == before.len() + added && before.are_among(now)
}
