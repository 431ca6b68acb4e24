//! Creates a group unless it exists.

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
    /// The existing or the new group.
    pub group: Group,
    /// Whether this call created the group.
    pub created: bool,
    /// Whether the group already existed, but not below the parent that was requested.
    pub has_other_parent: bool,
}

impl GroupsClient {
    /// Returns the group with the name of `group`, and creates it if it does not exist.
    ///
    /// Requires an administrator's token. An existing group is not changed, so it keeps its parent.
    ///
    /// Sends one request if the group exists, and two otherwise. Before it creates a group with a
    /// parent, sends one more for the server's version the first time.
    ///
    /// Names are not unique. Two programs that call this at the same time may create two groups.
    ///
    /// Operations: `GET /api/v1/groups/` and `POST /api/v1/groups/create`.
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
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) as
    ///   [`create`](Self::create) does. No request is sent.
    /// - Returns [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if several groups have the
    ///   name, or the name of the parent of a new group.
    /// - Returns the other errors of [`create`](Self::create).
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
    /// The outcome for a group that was created.
    pub(crate) fn new(group: Group) -> Self {
        Self {
            group,
            created: true,
            has_other_parent: false,
        }
    }

    /// The outcome for a group that already exists. `name_of` returns the name of the group with an
    /// ID.
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
