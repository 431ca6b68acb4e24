//! Changes a group without overwriting changes of other clients.

use std::{fmt, future::IntoFuture};

use futures_util::future::BoxFuture;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    model::group_draft::GroupDraft,
    types::Group,
    value::{invalid_value::InvalidValue, names::Operation},
};

/// The number of conflicts after which an edit fails.
const MAX_ATTEMPTS: u32 = 5;

/// What an [edit](GroupsClient::edit) does if another client changes the group concurrently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnConflict {
    /// Calls the closure again with the current group, at most five times in all.
    #[default]
    Retry,
    /// Returns [`ErrorKind::Conflict`].
    Fail,
}

/// The return type of the closure of an [edit](GroupsClient::edit): `()`, or a [`Result`] whose
/// error ends the edit.
pub trait EditOutcome: private::Sealed {}

impl EditOutcome for () {}

impl EditOutcome for Result<()> {}

mod private {
    use crate::error::Result;

    /// Converts the return value of the closure.
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

/// An edit of a group, created by [`GroupsClient::edit`]. Use `.await` to carry it out.
#[must_use = "an edit is carried out when it is awaited"]
pub struct EditGroup<'a> {
    client: GroupsClient,
    id: String,
    change: Change<'a>,
    on_conflict: OnConflict,
}

impl GroupsClient {
    /// Changes parts of a group.
    ///
    /// Reads the group, passes it to the closure, and writes the parts that the closure changed.
    /// Requires an administrator's token. The name and the description are always written, because
    /// the server requires them.
    ///
    /// Entries of `data` and `permissions` that the closure does not change are retained, even if
    /// this crate does not know them. This holds for servers that merge `data` (0.12 or later) and
    /// for servers that replace it.
    ///
    /// Sends one request if the closure changes nothing. Otherwise sends three (read, read again,
    /// write), and one more each time another client changed the group. If the write was certainly
    /// not carried out, the edit starts over, which sends three more. If the parent changes or a
    /// key of `data` is removed, sends one more for the server's version the first time.
    ///
    /// Operations: `GET /api/v1/groups/id/{id}` and `POST /api/v1/groups/id/{id}/update`.
    ///
    /// # Concurrency limits
    ///
    /// The server has no conditional writes. Just before the write, the group is read a second
    /// time. If another client changed it since the first read, the edit starts over or fails,
    /// depending on [`on_conflict`](EditGroup::on_conflict).
    ///
    /// A change that another client makes between the second read and the write is overwritten
    /// without an error in these cases:
    ///
    /// - It changes the name or the description.
    /// - It changes the parent, the permissions or `data`, and the closure changed the same part.
    ///   Permissions and `data` are written as a whole.
    ///
    /// The write itself is not retried, because a later attempt would make this gap longer. If it
    /// was certainly not carried out, the edit starts over. After [`ErrorKind::Timeout`] or
    /// [`ErrorKind::Interrupted`], the change may have been carried out.
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
    /// - Returns the errors of [`update`](Self::update).
    /// - Returns [`ErrorKind::Conflict`] if other clients keep changing the group, or at the first
    ///   such change with [`OnConflict::Fail`].
    /// - Returns the error of the closure. Nothing is written.
    /// - Returns [`ErrorKind::InvalidInput`] if the closure sets an invalid name, description,
    ///   parent, permission or default model. Nothing is written. A value that the closure does not
    ///   change is not checked.
    /// - Returns [`ErrorKind::InvalidInput`] if the closure removes a key of `data`, or of its
    ///   `config`, and the server is 0.12 or later. Nothing is written.
    /// - Returns [`ErrorKind::PartiallyApplied`] if the server unexpectedly retained such a key.
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
    /// Sets what to do if another client changes the group concurrently. The default is
    /// [`OnConflict::Retry`].
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
                    let before = draft.before().permissions.as_ref();
                    match client
                        .send_update(call.once(), &self.id, update, before)
                        .await
                    {
                        Err(error) if error.was_not_carried_out() => {
                            client.wait_after(error, &mut delays).await?;
                        }
                        Ok(group) if draft.is_merged_into(&group) => {
                            let operation = Operation::UpdateGroup;
                            return Err(client.partially_applied(
                                operation,
                                &self.id,
                                "the server merged `data` and did not remove a key; check the \
                                 server's version",
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
        "the server merges `data`, so its key `{key}` cannot be removed; keep the key"
    ))
}

/// Compares what an edit can change. `updated_at` has a resolution of one second, and also changes
/// with every new member.
fn has_same_content(one: &Group, other: &Group) -> bool {
    one.name == other.name
        && one.description == other.description
        && one.parent_group_id == other.parent_group_id
        && one.permissions == other.permissions
        && one.data == other.data
}
