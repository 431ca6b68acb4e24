//! The IDs of a group's direct members, and the requests that change them.

use std::{
    cmp,
    collections::{HashMap, HashSet},
    mem,
    time::Duration,
};

use futures_util::future;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    generated::types::UserIdsForm,
    value::{invalid_value::InvalidValue, names::Operation, text_check},
};

/// The number of IDs per request. SQLite limits the number of parameters of a query, to 999 in old
/// versions.
pub(crate) const IDS_PER_REQUEST: usize = 500;

/// The number of concurrent requests. More would not be faster, because SQLite accepts one writer at
/// a time.
const CONCURRENT_REQUESTS: usize = 2;

/// The maximum number of times that an export is read, if the number of its IDs differs from the
/// group's number of members.
const MAX_READS: u32 = 3;

/// A change of members.
#[derive(Clone, Copy)]
pub(crate) enum Change {
    Add,
    Remove,
}

/// Distinct users, separated into members of a group and other users.
pub(crate) struct Parted {
    pub(crate) members: Vec<String>,
    pub(crate) others: Vec<String>,
}

/// The direct members of a group.
#[derive(Default)]
pub(crate) struct MemberIds {
    /// The IDs with their positions in the server's order.
    positions: HashMap<String, usize>,
}

impl MemberIds {
    fn new(ids: Vec<String>) -> Self {
        let mut positions = HashMap::with_capacity(ids.len());
        for id in ids {
            let position = positions.len();
            positions.entry(id).or_insert(position);
        }
        Self { positions }
    }

    pub(crate) fn contains(&self, user: &str) -> bool {
        self.positions.contains_key(user)
    }

    /// Separates distinct users into members and other users.
    pub(crate) fn part(&self, users: Vec<String>) -> Parted {
        let (members, others) = users.into_iter().partition(|user| self.contains(user));
        Parted { members, others }
    }

    /// Whether `others` contains all of these members.
    pub(crate) fn are_among(&self, others: &Self) -> bool {
        self.positions.keys().all(|id| others.contains(id))
    }

    /// Returns all members except these, in the server's order.
    pub(crate) fn without(&self, members: &[String]) -> Vec<String> {
        let mut rest: Vec<Option<&String>> = vec![None; self.len()];
        for (id, position) in &self.positions {
            if let Some(place) = rest.get_mut(*position) {
                *place = Some(id);
            }
        }
        for position in members.iter().filter_map(|id| self.positions.get(id)) {
            if let Some(place) = rest.get_mut(*position) {
                *place = None;
            }
        }
        rest.into_iter().flatten().cloned().collect()
    }

    /// Finds a user whose ID differs from that of a member only in case, and returns both. The
    /// passed users must not be members.
    pub(crate) fn in_other_case<'a>(
        &'a self,
        users: &'a [String],
    ) -> Option<(&'a String, &'a String)> {
        // IDs in lower case, such as UUIDs, need no comparison with each other.
        let all_lower = users.iter().all(|user| is_lower(user));
        let members = self.positions.keys();
        let members = members.filter(|member| !(all_lower && is_lower(member)));
        let members: HashMap<String, &String> = members
            .map(|member| (member.to_lowercase(), member))
            .collect();
        if members.is_empty() {
            return None;
        }
        let mut users = users.iter();
        users.find_map(|user| Some((user, *members.get(&user.to_lowercase())?)))
    }

    pub(crate) fn len(&self) -> usize {
        self.positions.len()
    }
}

impl GroupsClient {
    /// Reads the IDs of the members from the export of the group.
    ///
    /// The export contains only IDs, and distinguishes a group without members from a missing group.
    /// Servers read the IDs and the number of members separately, so the two can differ briefly
    /// while another client changes the members. If they differ in the same way twice, the list is
    /// incomplete.
    pub(crate) async fn member_ids(&self, id: &str) -> Result<MemberIds> {
        let mut previous: Option<(MemberIds, u64)> = None;
        for _ in 0..MAX_READS {
            let export = self.export(id).await?;
            self.check_id(Operation::ExportGroup, id, &export.id)?;
            let members = MemberIds::new(export.user_ids);
            let Some(count) = export.member_count else {
                return Ok(members);
            };
            if usize::try_from(count) == Ok(members.len()) {
                return Ok(members);
            }
            let is_cut = previous.is_some_and(|(before, before_count)| {
                before_count == count && before.len() == members.len() && before.are_among(&members)
            });
            if is_cut {
                // Missing members would be added again, which makes old servers lose other members.
                return Err(self
                    .error(ErrorKind::Conflict, Operation::ExportGroup, id)
                    .with_message(
                        "the number of exported IDs differs from the group's number of members; try \
                         again",
                    ));
            }
            previous = Some((members, count));
        }
        // Other clients keep changing the members. The caller verifies its changes afterwards.
        Ok(previous.map(|(members, _)| members).unwrap_or_default())
    }

    /// Sends the IDs of users to add or to remove. Returns the number of members that the server
    /// reports, or the largest number if there are several requests.
    pub(crate) async fn send_user_ids(
        &self,
        change: Change,
        id: &str,
        users: &mut Vec<String>,
    ) -> Result<Option<usize>> {
        // The IDs are moved to the bodies of the requests and back, to avoid copies.
        let forms = forms_of(mem::take(users));
        let outcome = self.send_forms(change, id, &forms).await;
        users.extend(forms.into_iter().filter_map(|form| form.user_ids).flatten());
        outcome
    }

    async fn send_forms(
        &self,
        change: Change,
        id: &str,
        forms: &[UserIdsForm],
    ) -> Result<Option<usize>> {
        let mut count = None;
        for forms in forms.chunks(CONCURRENT_REQUESTS) {
            let requests = forms.iter().map(|form| self.send_form(change, id, form));
            // All requests are completed, because the effect of a dropped request is unknown.
            for outcome in future::join_all(requests).await {
                count = cmp::max(count, outcome?);
            }
        }
        Ok(count)
    }

    /// Waits after an error of [`send_user_ids`](Self::send_user_ids), and reads the members again to
    /// continue with the rest. If no attempt is left, returns the error.
    ///
    /// Sets `has_written` if a part of the IDs may have been added or removed. In this case, the
    /// members are returned with the error.
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

    async fn send_form(
        &self,
        change: Change,
        id: &str,
        form: &UserIdsForm,
    ) -> Result<Option<usize>> {
        // Not retried here, because the caller reads the members before another attempt.
        let call = self.call_on(id)?.once();
        let group = match change {
            Change::Add => call.run(|api| api.add_group_members(id, form)).await?,
            Change::Remove => call.run(|api| api.remove_group_members(id, form)).await?,
        };
        Ok(group
            .member_count
            .and_then(|count| usize::try_from(count).ok()))
    }
}

/// Whether an ID consists of ASCII characters without upper-case letters.
fn is_lower(id: &str) -> bool {
    // A fold has no branch for each byte.
    id.bytes().fold(true, |lower, byte| {
        lower & byte.is_ascii() & !byte.is_ascii_uppercase()
    })
}

/// Distributes the IDs to requests.
fn forms_of(users: Vec<String>) -> Vec<UserIdsForm> {
    let mut forms = Vec::new();
    let mut users = users.into_iter();
    while users.len() > 0 {
        let mut form = UserIdsForm::new();
        form.user_ids = Some(users.by_ref().take(IDS_PER_REQUEST).collect());
        forms.push(form);
    }
    forms
}

/// Removes duplicates, and retains the order.
pub(crate) fn distinct<I>(users: I) -> Result<Vec<String>, InvalidValue>
where
    I: IntoIterator<Item: Into<String>>,
{
    let mut users: Vec<String> = users.into_iter().map(Into::into).collect();
    for (index, user) in users.iter().enumerate() {
        text_check::id(format_args!("user ID {}", index + 1), user)?;
    }
    let mut seen = HashSet::with_capacity(users.len());
    let is_first: Vec<bool> = users.iter().map(|user| seen.insert(user)).collect();
    let mut is_first = is_first.into_iter();
    users.retain(|_| is_first.next() != Some(false));
    Ok(users)
}
