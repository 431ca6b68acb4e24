//! Groups by name, and groups that must be there.

use serde::Serialize;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    model::new_group::NewGroup,
    types::Group,
};

/// The outcome of [`GroupsClient::get_or_create`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GetOrCreated {
    /// The group.
    pub group: Group,
    /// Whether it was created just now.
    pub created: bool,
}

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
        let mut named = self.list().await?;
        named.retain(|group| group.name == name);
        self.only_one(name, &named)?;
        Ok(named.pop())
    }

    /// The group with the name of the new one, created if there is none. A
    /// group that is there already is left as it is.
    ///
    /// One request when it is there, two when it is not. Two programs that do
    /// this at the same moment make two groups: the server takes any name
    /// twice.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use owui_groups::NewGroup;
    ///
    /// let group = client.get_or_create(NewGroup::new("engineering")).await?.group;
    /// println!("{}", group.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Ambiguous`] if several groups have the name, as in
    ///   [`find_by_name`](Self::find_by_name).
    /// - The errors of [`create`](Self::create). [`ErrorKind::InvalidInput`] is
    ///   returned before anything is sent.
    pub async fn get_or_create(&self, group: NewGroup) -> Result<GetOrCreated> {
        group.check().map_err(|value| self.invalid(value))?;
        let client = self.composed();
        if let Some(group) = client.find_by_name(group.name()).await? {
            return Ok(GetOrCreated {
                group,
                created: false,
            });
        }
        let group = client.create(group).await?;
        Ok(GetOrCreated {
            group,
            created: true,
        })
    }

    /// The only one of the groups with this name.
    ///
    /// # Errors
    ///
    /// *Ambiguous* if there are several.
    pub(crate) fn only_one<'a>(
        &self,
        name: &str,
        groups: &'a [Group],
    ) -> Result<Option<&'a Group>> {
        if groups.len() <= 1 {
            return Ok(groups.first());
        }
        let ids = self.shown_ids(groups.iter().map(|group| &group.id));
        Err(Error::new(ErrorKind::Ambiguous).with_message(format!(
            "{} groups are named `{}`: {ids}",
            groups.len(),
            self.shown(name)
        )))
    }

    /// The error for a parent that is given by a name that no group has.
    pub(crate) fn no_parent(&self, name: &str) -> Error {
        Error::new(ErrorKind::NotFound).with_message(format!(
            "no group has the name `{}` of the parent; create it first",
            self.shown(name)
        ))
    }
}
