//! Finds groups by name.

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    types::Group,
    value::{invalid_value::InvalidValue, names::Operation, text_check},
};

impl GroupsClient {
    /// Finds the group with exactly this name.
    ///
    /// Returns `None` if no group has the name. An administrator finds all groups. Other users find
    /// only the groups that they belong to.
    ///
    /// Sends one request, for the list of all groups. The server cannot search by name.
    ///
    /// Operation: `GET /api/v1/groups/`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// if let Some(group) = client.find_by_name("engineering").await? {
    ///     println!("{}", group.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::Ambiguous`] if several groups have the name. The message lists the IDs
    /// of at most 5 of them.
    pub async fn find_by_name(&self, name: &str) -> Result<Option<Group>> {
        let groups = self.list().await?;
        Ok(self.named(name, &groups)?.cloned())
    }

    /// Returns the only group with this name.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::Ambiguous`] if several groups have the name.
    pub(crate) fn named<'a>(&self, name: &str, groups: &'a [Group]) -> Result<Option<&'a Group>> {
        let mut named: Vec<_> = groups.iter().filter(|group| group.name == name).collect();
        named.dedup_by_key(|group| &group.id);
        if named.len() <= 1 {
            return Ok(named.first().copied());
        }
        let ids = self.shown_ids(named.iter().map(|group| &group.id));
        Err(Error::new(ErrorKind::Ambiguous).with_message(format!(
            "{} groups have the name `{}`; use one of their IDs: {ids}",
            named.len(),
            self.shown(name)
        )))
    }

    /// Returns the ID of a listed group, if it can be sent as the ID of a parent.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::Decode`] if it cannot.
    pub(crate) fn sendable_id<'a>(&self, group: &'a Group) -> Result<&'a str> {
        text_check::id("the parent", &group.id).map_err(|InvalidValue(why)| {
            Error::new(ErrorKind::Decode)
                .with_operation(Operation::ListGroups)
                .with_message(format!(
                    "the ID of a group from the server cannot be sent: {}",
                    self.shown(&why)
                ))
        })?;
        Ok(&group.id)
    }

    /// The error for the name of a parent that no group has.
    pub(crate) fn no_parent(&self, name: &str) -> Error {
        Error::new(ErrorKind::NotFound).with_message(format!(
            "no group has the parent's name `{}`; create the parent first",
            self.shown(name)
        ))
    }
}
