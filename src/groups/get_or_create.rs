//! A group that must exist.

use serde::Serialize;

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result},
    model::new_group::NewGroup,
    types::Group,
};

/// The outcome of [`GroupsClient::get_or_create`] for one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GetOrCreated {
    /// The group.
    pub group: Group,
    /// Whether this call created it.
    pub created: bool,
    /// Whether the new group has a parent, and the group that exists is not below it.
    pub has_other_parent: bool,
}

impl GroupsClient {
    /// Returns the group with the name of the new one, and creates it if there is none. A group that
    /// exists is left as it is, with its parent.
    ///
    /// Sends one request if the group exists, otherwise two. The server's version is requested once
    /// before a group with a parent is created. Two programs that do this at the same moment may
    /// create two groups, because names are not unique.
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
    /// - [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if several groups have the name, as
    ///   in [`find_by_name`](Self::find_by_name). For a group that is created, also if several
    ///   groups have the name of its parent.
    /// - The errors of [`create`](Self::create). [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput)
    ///   is returned before anything is sent.
    pub async fn get_or_create(&self, mut group: NewGroup) -> Result<GetOrCreated> {
        group.check().map_err(|value| self.invalid(value))?;
        let client = self.composed();
        let groups = client.list().await?;
        if let Some(existing) = client.named(group.name(), &groups)? {
            let name_of = |id: &str| {
                let group = groups.iter().find(|group| group.id == id);
                group.map(|group| group.name.as_str())
            };
            return Ok(GetOrCreated::existing(existing, &group, name_of));
        }
        if let Some(parent) = group.parent_name() {
            let named = client.named(parent, &groups)?;
            let parent = named.ok_or_else(|| client.no_parent(parent))?;
            group = group.parent(client.sendable_id(parent)?);
        }
        let created = client.create(group).await.map_err(Error::repeatable)?;
        Ok(GetOrCreated::new(created))
    }
}

impl GetOrCreated {
    /// A group that was created.
    pub(crate) fn new(group: Group) -> Self {
        Self {
            group,
            created: true,
            has_other_parent: false,
        }
    }

    /// A group that exists in place of a new one, given the names of groups by ID.
    pub(crate) fn existing<'a>(
        group: &Group,
        new: &NewGroup,
        name_of: impl FnOnce(&str) -> Option<&'a str>,
    ) -> Self {
        let parent = group.parent_group_id.as_deref();
        let has_other_parent = match (new.parent_id(), new.parent_name()) {
            (None, None) => false,
            (Some(id), _) => parent != Some(id),
            (None, Some(name)) => parent.and_then(name_of) != Some(name),
        };
        Self {
            group: group.clone(),
            created: false,
            has_other_parent,
        }
    }
}
