//! Groups by name.

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    types::Group,
    value::{invalid_value::InvalidValue, names::Operation, text_check},
};

impl GroupsClient {
    /// The group with exactly this name, if there is one. One request, for the
    /// list of all groups: the server cannot search for names.
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
    /// [`ErrorKind::Ambiguous`] if several groups have the name. The message lists
    /// the IDs of at most 5 of them.
    pub async fn find_by_name(&self, name: &str) -> Result<Option<Group>> {
        let groups = self.list().await?;
        Ok(self.named(name, &groups)?.cloned())
    }

    /// The only one of the groups with this name.
    ///
    /// # Errors
    ///
    /// *Ambiguous* if there are several.
    pub(crate) fn named<'a>(&self, name: &str, groups: &'a [Group]) -> Result<Option<&'a Group>> {
        let mut named: Vec<_> = groups.iter().filter(|group| group.name == name).collect();
        named.dedup_by_key(|group| &group.id);
        if named.len() <= 1 {
            return Ok(named.first().copied());
        }
        let ids = self.shown_ids(named.iter().map(|group| &group.id));
        Err(Error::new(ErrorKind::Ambiguous).with_message(format!(
            "{} groups are named `{}`: {ids}",
            named.len(),
            self.shown(name)
        )))
    }

    /// The ID of a group that a server lists, to be sent.
    ///
    /// # Errors
    ///
    /// *Decode* if it cannot be the ID of a group.
    pub(crate) fn sendable_id<'a>(&self, group: &'a Group) -> Result<&'a str> {
        text_check::id("the parent", &group.id).map_err(|InvalidValue(why)| {
            Error::new(ErrorKind::Decode)
                .with_operation(Operation::ListGroups)
                .with_message(format!(
                    "the server lists a group that cannot be sent: {}",
                    self.shown(&why)
                ))
        })?;
        Ok(&group.id)
    }

    /// The error for a parent that is given by a name that no group has.
    pub(crate) fn no_parent(&self, name: &str) -> Error {
        Error::new(ErrorKind::NotFound).with_message(format!(
            "no group has the name `{}` of the parent; create it first",
            self.shown(name)
        ))
    }
}
