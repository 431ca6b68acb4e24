//! The IDs of a group's direct members, and the requests that change them.

use std::{
    cmp,
    collections::{HashMap, HashSet},
    time::Duration,
};

use futures_util::future;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    generated::types::UserIdsForm,
    value::{invalid_value::InvalidValue, names::Operation, text_check},
};

/// How many IDs go in one request: below what any SQLite takes as parameters.
pub(crate) const IDS_PER_REQUEST: usize = 500;

/// How many such requests are under way at a time; the server's database
/// takes one writer.
const CONCURRENT_REQUESTS: usize = 2;

/// How often an export is read whose IDs are not as many as the group has members.
const MAX_READS: u32 = 3;

/// A change of members.
#[derive(Clone, Copy)]
pub(crate) enum Change {
    Add,
    Remove,
}

/// The direct members of a group, in the server's order and by ID.
#[derive(Default)]
pub(crate) struct MemberIds {
    ids: Vec<String>,
    set: HashSet<String>,
}

impl MemberIds {
    pub(crate) fn contains(&self, user: &str) -> bool {
        self.set.contains(user)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &String> {
        self.ids.iter()
    }

    /// The first of the users who is not a member, and the member whose ID differs in nothing but
    /// the case of its letters.
    pub(crate) fn in_other_case<'a>(
        &'a self,
        users: &'a [String],
    ) -> Option<(&'a String, &'a String)> {
        let mut others = users.iter().filter(|user| !self.contains(user)).peekable();
        others.peek()?;
        let lower: HashMap<String, &String> =
            self.ids.iter().map(|id| (id.to_lowercase(), id)).collect();
        others.find_map(|user| Some((user, *lower.get(&user.to_lowercase())?)))
    }

    pub(crate) fn len(&self) -> usize {
        self.set.len()
    }
}

impl GroupsClient {
    /// The export has the IDs alone, and distinguishes a group without members
    /// from one that does not exist.
    ///
    /// Servers read the IDs and the number of members one after the other, so the
    /// two differ for a moment if another client changes the members. If they
    /// differ in the same way twice, the list is cut.
    pub(crate) async fn member_ids(&self, id: &str) -> Result<MemberIds> {
        let mut previous: Option<(MemberIds, i64)> = None;
        for _ in 0..MAX_READS {
            let export = self.export(id).await?;
            self.check_id(Operation::ExportGroup, id, &export.id)?;
            let members = MemberIds {
                set: export.user_ids.iter().cloned().collect(),
                ids: export.user_ids,
            };
            let Some(count) = export.member_count else {
                return Ok(members);
            };
            if usize::try_from(count).is_ok_and(|count| count == members.len()) {
                return Ok(members);
            }
            let is_cut = previous.is_some_and(|(before, before_count)| {
                before.set == members.set && before_count == count
            });
            if is_cut {
                // Members that it lacks would be added again, which makes old servers lose others.
                return Err(self
                    .error(ErrorKind::Conflict, Operation::ExportGroup, id)
                    .with_message(
                        "the exported IDs are not as many as the group has members; try again",
                    ));
            }
            previous = Some((members, count));
        }
        // Other clients keep changing the members; what is written is verified in any case.
        Ok(previous.map(|(members, _)| members).unwrap_or_default())
    }

    /// Sends the IDs of users to add or to remove, and returns the number of
    /// members that the server reports, the largest if there are several.
    pub(crate) async fn send_user_ids(
        &self,
        change: Change,
        id: &str,
        users: &[String],
    ) -> Result<Option<usize>> {
        let mut count = None;
        let parts: Vec<_> = users.chunks(IDS_PER_REQUEST).collect();
        for parts in parts.chunks(CONCURRENT_REQUESTS) {
            let requests = parts.iter().map(|part| self.send_part(change, id, part));
            // All of them come to their end: what the server does with a request that is
            // dropped is not known.
            for outcome in future::join_all(requests).await {
                count = cmp::max(count, outcome?);
            }
        }
        Ok(count)
    }

    /// Waits after an error of [`send_user_ids`](Self::send_user_ids) and reads the members again,
    /// to continue with the rest. Without another attempt, returns the error, with the members if
    /// a part of the IDs may have been added or removed, which it notes.
    pub(crate) async fn continue_after(
        &self,
        error: Error,
        id: &str,
        sent: usize,
        delays: &mut impl Iterator<Item = Duration>,
        has_written: &mut bool,
    ) -> (Option<MemberIds>, Option<Error>) {
        let in_part = sent > IDS_PER_REQUEST || error.may_have_been_carried_out();
        *has_written |= in_part;
        let error = self.wait_after(error, delays).await.err();
        if error.is_some() && !in_part {
            return (None, error);
        }
        match self.member_ids(id).await {
            Ok(now) => (Some(now), error),
            Err(unread) => (None, error.or(Some(unread))),
        }
    }

    async fn send_part(&self, change: Change, id: &str, users: &[String]) -> Result<Option<usize>> {
        // The caller reads the members again before it sends a second time.
        let call = self.call_on(id)?.once();
        let body = UserIdsForm {
            user_ids: Some(users.to_vec()),
        };
        let group = match change {
            Change::Add => call.run(|api| api.add_group_members(id, &body)).await?,
            Change::Remove => call.run(|api| api.remove_group_members(id, &body)).await?,
        };
        Ok(group
            .member_count
            .and_then(|count| usize::try_from(count).ok()))
    }
}

/// The IDs in their order, each once.
pub(crate) fn distinct<I>(users: I) -> Result<Vec<String>, InvalidValue>
where
    I: IntoIterator<Item: Into<String>>,
{
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    for (index, user) in users.into_iter().enumerate() {
        let user: String = user.into();
        text_check::id(format_args!("user ID {}", index + 1), &user)?;
        if seen.insert(user.clone()) {
            distinct.push(user);
        }
    }
    Ok(distinct)
}
