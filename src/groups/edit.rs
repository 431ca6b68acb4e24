//! Changing a group without losing what others wrote.

use std::{fmt, future::IntoFuture};

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    model::group_draft::GroupDraft,
    types::Group,
    value::{invalid_value::InvalidValue, names::Operation},
};

/// How often an edit starts over when others keep changing the group.
const MAX_ATTEMPTS: u32 = 5;

/// What an edit does when somebody else changes the group in between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnConflict {
    /// Calls the closure again with the group as it is now, up to five times.
    #[default]
    Retry,
    /// Fails with *conflict*.
    Fail,
}

/// What the closure of an [edit](GroupsClient::edit) may return: nothing, or a [`Result`] whose
/// error ends the edit.
pub trait EditOutcome: private::Sealed {}

impl EditOutcome for () {}

impl EditOutcome for Result<()> {}

mod private {
    use crate::error::Result;

    /// The outcome as a result.
    pub trait Sealed {
        fn into_result(self) -> Result<()>;
    }

    impl Sealed for () {
        fn into_result(self) -> Result<()> {
            Ok(())
        }
    }

    impl Sealed for Result<()> {
        fn into_result(self) -> Result<()> {
            self
        }
    }
}

type Change<'a> = Box<dyn FnMut(&mut GroupDraft) -> Result<()> + Send + 'a>;

/// An edit, made by [`GroupsClient::edit`]; `.await` carries it out.
#[must_use = "an edit is carried out when it is awaited"]
pub struct EditGroup<'a> {
    client: GroupsClient,
    id: String,
    change: Change<'a>,
    on_conflict: OnConflict,
}

impl GroupsClient {
    /// Reads a group, lets the closure change it, and writes what changed and
    /// nothing else. The name and the description are always written, because
    /// the server insists.
    ///
    /// Whatever is in `data` and `permissions`, known to this crate or not,
    /// stays as it is unless the closure changes it, on servers that merge
    /// `data` (since 0.12) and on those that replace it.
    ///
    /// # Concurrency limits
    ///
    /// The server has no conditional writes. The group is read a second time
    /// just before it is written, and when its content is not what the closure
    /// saw, the edit starts over, or fails if asked to
    /// ([`on_conflict`](EditGroup::on_conflict)). What somebody writes between
    /// that reading and the writing is overwritten, and nobody notices, if it is
    /// the name or the description (which the server wants every time), or the
    /// parent, the permissions or data (both as a whole) where the closure changed
    /// those. So that the gap stays small, the write is not simply retried: after an error that shows that
    /// it was not carried out, the edit starts over. After a *timeout* or
    /// *interrupted* it may have been done.
    ///
    /// One request when nothing changes, else three (read, read, write), and
    /// one more for each start over. The server's version is requested once, if
    /// the parent changes or a key of data is removed. Since 0.6.43.
    ///
    /// ```no_run
    /// use owui_groups::Permission;
    ///
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let group = client
    ///     .edit("group-id", |group| {
    ///         group.set_parent("company-id");
    ///         group.permissions().allow(Permission::ChatFileUpload)?;
    ///         Ok(())
    ///     })
    ///     .await?;
    /// # let _ = group;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); *conflict*; the error that the closure returns, and nothing is
    /// written then; *invalid input* when the
    /// closure removes a key of `data` and the server cannot, or sets a name, a
    /// description, a parent, a permission or a default model that cannot be sent. A
    /// name that the closure does not change is sent as it is.
    pub fn edit<'a, R: EditOutcome>(
        &self,
        id: &str,
        mut change: impl FnMut(&mut GroupDraft) -> R + Send + 'a,
    ) -> EditGroup<'a> {
        EditGroup {
            client: self.clone(),
            id: id.to_owned(),
            change: Box::new(move |draft| change(draft).into_result()),
            on_conflict: OnConflict::default(),
        }
    }
}

impl fmt::Debug for EditGroup<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EditGroup")
            .field("client", &self.client)
            .field("id", &self.id)
            .field("on_conflict", &self.on_conflict)
            .finish_non_exhaustive()
    }
}

impl EditGroup<'_> {
    /// What to do when somebody else changes the group in between.
    pub fn on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.on_conflict = on_conflict;
        self
    }
}

impl<'a> IntoFuture for EditGroup<'a> {
    type Output = Result<Group>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let client = self.client.composed();
            let mut delays = client.retry_policy().delays();
            let read = async || {
                let group = client.get(&self.id).await?;
                client
                    .check_id(Operation::GetGroup, &self.id, &group.id)
                    .map(|()| group)
            };
            let mut group = read().await?;
            let mut conflicts = 0;
            loop {
                let mut draft = GroupDraft::new(group);
                (self.change)(&mut draft)?;
                let invalid = |value| client.invalid(value);
                draft.check().map_err(invalid)?;
                if let Some(key) = draft.removed_key()
                    && client.has_hierarchy(&self.id).await?
                {
                    return Err(client.invalid(cannot_remove(&key)));
                }
                let Some(update) = draft.update() else {
                    return Ok(draft.into_before());
                };
                let mut now = read().await?;
                if has_same_content(draft.before(), &now) {
                    let call = client.call_on(&self.id)?;
                    match client.send_update(call.once(), &self.id, update).await {
                        Err(error) if error.was_not_carried_out() => {
                            client.wait_after(error, &mut delays).await?;
                        }
                        Ok(group) if draft.is_merged_into(&group) => {
                            let operation = Operation::UpdateGroup;
                            return Err(client.partially_applied(
                                operation,
                                &self.id,
                                "the server merged `data` and did not remove a key; check the \
                                 version of the server",
                            ));
                        }
                        outcome => return outcome.map_err(Error::not_repeatable),
                    }
                    now = read().await?;
                }
                if !has_same_content(draft.before(), &now) {
                    conflicts += 1;
                    if self.on_conflict == OnConflict::Fail || conflicts == MAX_ATTEMPTS {
                        let operation = Operation::UpdateGroup;
                        return Err(client.error(ErrorKind::Conflict, operation, &self.id));
                    }
                }
                group = now;
            }
        })
    }
}

fn cannot_remove(key: &str) -> InvalidValue {
    InvalidValue(format!(
        "the server merges data and cannot remove its key `{key}`"
    ))
}

/// `updated_at` alone would miss changes within a second, and would see one in
/// every new member.
fn has_same_content(one: &Group, other: &Group) -> bool {
    one.name == other.name
        && one.description == other.description
        && one.parent_group_id == other.parent_group_id
        && one.permissions == other.permissions
        && one.data == other.data
}
