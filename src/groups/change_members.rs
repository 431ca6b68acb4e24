//! Adding and removing members without losing any.
//!
//! Servers up to 0.11.4 throw away whom they added earlier in a request when
//! they come upon somebody who is a member already, and answer 200. Every
//! server drops ids that it does not know, and answers 200. So only ids that
//! are no members are sent, each once, and the members are read again after.

use std::collections::HashSet;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    generated::types::UserIdsForm,
    model::membership_change::MembershipChange,
    value::{names::Operation, server_version::ServerVersion, text_check},
};
use futures_util::{StreamExt, TryStreamExt, stream};

/// How many ids go in one request: below what any SQLite takes as parameters.
const IDS_PER_REQUEST: usize = 500;

/// How many such requests are under way at a time; the server's database
/// takes one writer.
const CONCURRENT_REQUESTS: usize = 2;

/// How often ids are sent while each time brings some of them in.
const MAX_ROUNDS: u32 = 5;

impl GroupsClient {
    /// Adds users to a group. For administrators.
    ///
    /// Ids may come twice, and may be members already; nobody loses their
    /// membership by that on any server. Safe to repeat after a failure.
    ///
    /// One request when all are members already. Else three (read, add,
    /// verify), with one more add for every 500 ids; 0.6.43 takes two to read
    /// the members when there are none. When some were not taken, the server's
    /// version is asked, once, and servers up to 0.11.4 are sent them again, two
    /// requests a time. Since 0.6.43: `POST /api/v1/groups/id/{id}/users/add`.
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
    /// *Not found*; *invalid input* for an empty user ID, and for one with white space
    /// or an invisible character in it; *partially applied* when the
    /// server keeps losing members. [`Error::membership_change`] has who was
    /// added all the same.
    pub async fn add_members<I>(&self, id: &str, users: I) -> Result<MembershipChange>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let users = distinct(Operation::AddGroupMembers, users)?;
        let members = self.member_ids(id).await?;
        self.add_to(id, &members, users).await
    }

    /// Removes users from a group. For administrators. Safe to repeat after a
    /// failure.
    ///
    /// One request when none of them is a member. Else three (read, remove,
    /// verify), with one more remove for every 500 ids. Since 0.6.43:
    /// `POST /api/v1/groups/id/{id}/users/remove`.
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
    /// *Not found*; *invalid input* for an empty user ID, and for one with white space
    /// or an invisible character in it; *partially applied* when
    /// somebody is still a member after.
    pub async fn remove_members<I>(&self, id: &str, users: I) -> Result<MembershipChange>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let users = distinct(Operation::RemoveGroupMembers, users)?;
        let members = self.member_ids(id).await?;
        self.remove_from(id, &members, users).await
    }

    /// Makes exactly these users the direct members of a group. For
    /// administrators.
    ///
    /// Sends the least that it takes, and adds before it removes, so that a
    /// failure in between leaves too many members and not too few. Safe to
    /// repeat after one. No users at all empty the group. An id that is unknown
    /// to the server does not keep others from being removed, but when all of
    /// them are, nobody is: the list is not one of this server's users then.
    ///
    /// One request when nothing changes; else as [`add_members`](Self::add_members)
    /// and [`remove_members`](Self::remove_members), read once.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let change = client.set_members("group-id", ["user-1", "user-2"]).await?;
    /// println!("{} came, {} went", change.added.len(), change.removed.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As the two; *partially applied* when none of the users is known to the server.
    pub async fn set_members<I>(&self, id: &str, users: I) -> Result<MembershipChange>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let operation = Operation::RemoveGroupMembers;
        let users = distinct(Operation::AddGroupMembers, users)?;
        let members = self.member_ids(id).await?;
        let wanted: HashSet<&String> = users.iter().collect();
        let surplus: Vec<String> = members
            .ids
            .iter()
            .filter(|member| !wanted.contains(member))
            .cloned()
            .collect();
        let asked_for_some = !users.is_empty() && !surplus.is_empty();
        let mut change = self.add_to(id, &members, users).await?;
        if asked_for_some && change.added.is_empty() && change.already_members.is_empty() {
            change.failed = surplus;
            return Err(Error::new(ErrorKind::PartiallyApplied)
                .with_operation(operation)
                .with_group(Some(id))
                .with_message(
                    "none of the users is known to the server, so nobody was removed; \
                     are these the ids of its users?",
                )
                .with_membership(change));
        }
        match self.remove_from(id, &members, surplus).await {
            Ok(removal) => change.removed = removal.removed,
            Err(error) => {
                let removal = error.membership_change().cloned().unwrap_or_default();
                change.removed = removal.removed;
                change.failed = removal.failed;
                return Err(error.with_membership(change));
            }
        }
        Ok(change)
    }

    /// Adds users to a group whose members are known.
    pub(crate) async fn add_to(
        &self,
        id: &str,
        members: &MemberIds,
        users: Vec<String>,
    ) -> Result<MembershipChange> {
        let operation = Operation::AddGroupMembers;
        let (already_members, wanted): (Vec<_>, Vec<_>) =
            users.into_iter().partition(|user| members.contains(user));
        let change = |missing: Vec<String>| {
            let left: HashSet<&String> = missing.iter().collect();
            let added = wanted.iter().filter(|user| !left.contains(user));
            MembershipChange {
                added: added.cloned().collect(),
                already_members: already_members.clone(),
                unknown: missing,
                ..MembershipChange::default()
            }
        };
        let failed = |error: Error, missing: Vec<String>| {
            let mut change = change(missing);
            change.failed = std::mem::take(&mut change.unknown);
            error.with_membership(change)
        };

        let mut missing = wanted.clone();
        let mut round = 1;
        while !missing.is_empty() {
            let now = match self.send_and_verify(operation, id, &missing).await {
                Ok(now) => now,
                Err(error) => return Err(failed(error, missing)),
            };
            let before = missing.len();
            missing.retain(|user| !now.contains(user));
            // What a server did not take twice in a row, without having lost
            // anybody in between, it does not know.
            let stuck = round > 1 && missing.len() == before;
            if missing.is_empty() || stuck || self.adds_safely().await {
                break;
            }
            if round == MAX_ROUNDS {
                let error = incomplete(operation, id, "were not added", &missing);
                return Err(failed(error, missing));
            }
            round += 1;
        }
        Ok(change(missing))
    }

    /// Whether the server takes all ids that it knows; if it does not say, it may not.
    async fn adds_safely(&self) -> bool {
        let version = self.server_version().await;
        version.is_ok_and(|version| version >= ServerVersion::ADDS_MEMBERS_IN_ONE_TRANSACTION)
    }

    async fn remove_from(
        &self,
        id: &str,
        members: &MemberIds,
        users: Vec<String>,
    ) -> Result<MembershipChange> {
        let operation = Operation::RemoveGroupMembers;
        let (mut removed, not_members): (Vec<_>, Vec<_>) =
            users.into_iter().partition(|user| members.contains(user));
        let change = |removed, failed| MembershipChange {
            removed,
            not_members,
            failed,
            ..MembershipChange::default()
        };
        if removed.is_empty() {
            return Ok(change(removed, Vec::new()));
        }
        let now = match self.send_and_verify(operation, id, &removed).await {
            Ok(now) => now,
            Err(error) => return Err(error.with_membership(change(Vec::new(), removed))),
        };
        let left: Vec<_> = removed.extract_if(.., |user| now.contains(user)).collect();
        if left.is_empty() {
            return Ok(change(removed, left));
        }
        let error = incomplete(operation, id, "are still members", &left);
        Err(error.with_membership(change(removed, left)))
    }

    /// The export has the ids alone, and tells a group without members from
    /// one that does not exist.
    async fn member_ids(&self, id: &str) -> Result<MemberIds> {
        let ids = self.export(id).await?.user_ids;
        Ok(MemberIds {
            set: ids.iter().cloned().collect(),
            ids,
        })
    }

    /// Sends the ids, and reads who is a member after.
    async fn send_and_verify(
        &self,
        operation: Operation,
        id: &str,
        users: &[String],
    ) -> Result<MemberIds> {
        self.send_parts(operation, id, users).await?;
        self.member_ids(id).await
    }

    async fn send_parts(&self, operation: Operation, id: &str, users: &[String]) -> Result<()> {
        // Borrowing the parts would tie the futures' lifetimes together.
        let parts: Vec<Vec<String>> = users
            .chunks(IDS_PER_REQUEST)
            .map(<[String]>::to_vec)
            .collect();
        stream::iter(parts)
            .map(|part| self.send_part(operation, id, part))
            .buffer_unordered(CONCURRENT_REQUESTS)
            .try_collect::<()>()
            .await
    }

    async fn send_part(&self, operation: Operation, id: &str, users: Vec<String>) -> Result<()> {
        let call = self.call_on(operation, id)?;
        let body = UserIdsForm {
            user_ids: Some(users),
        };
        let outcome = if operation == Operation::RemoveGroupMembers {
            call.run(|| call.client().remove_group_members(id, &body))
                .await
        } else {
            call.run(|| call.client().add_group_members(id, &body))
                .await
        };
        self.classify_missing_group(id, outcome).await.map(drop)
    }
}

/// The direct members of a group, in the server's order and by id.
#[derive(Default)]
pub(crate) struct MemberIds {
    ids: Vec<String>,
    set: HashSet<String>,
}

impl MemberIds {
    fn contains(&self, user: &str) -> bool {
        self.set.contains(user)
    }
}

/// The ids in their order, each once.
pub(crate) fn distinct<I>(operation: Operation, users: I) -> Result<Vec<String>>
where
    I: IntoIterator<Item: Into<String>>,
{
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    for (index, user) in users.into_iter().enumerate() {
        let user: String = user.into();
        text_check::id(format_args!("user ID {}", index + 1), &user)
            .map_err(|problem| Error::from(problem).with_operation(operation))?;
        if seen.insert(user.clone()) {
            distinct.push(user);
        }
    }
    Ok(distinct)
}

fn incomplete(operation: Operation, id: &str, what: &str, users: &[String]) -> Error {
    let shown: Vec<_> = users.iter().take(5).map(String::as_str).collect();
    let more = if users.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    Error::new(ErrorKind::PartiallyApplied)
        .with_operation(operation)
        .with_group(Some(id))
        .with_message(format!(
            "{} users {what} although the server took the request: {}{more}; try again",
            users.len(),
            shown.join(", "),
        ))
}
