//! Creates groups that do not exist.

use std::collections::{HashMap, HashSet};

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    groups::get_or_create::GetOrCreated,
    model::new_group::NewGroup,
    types::Group,
    value::{
        invalid_value::InvalidValue, names::Operation, server_version::ServerVersion, text_check,
    },
};

impl GroupsClient {
    /// Returns the groups with the names of `groups`, in the same order, and creates those that do
    /// not exist.
    ///
    /// Requires an administrator's token. An existing group is not changed, so it keeps its parent.
    /// If the parent of a group is itself in the list ([`NewGroup::parent_named`]), the parent is
    /// created first, whatever the order of the list.
    ///
    /// It is safe to call this again after an error: groups that were already created are found by
    /// name.
    ///
    /// Sends one request for the list of all groups, and one for each group that it creates. Before
    /// it creates groups with a parent, sends one more for the server's version the first time. All
    /// requests share one [deadline](crate::GroupsClientBuilder::deadline).
    ///
    /// Names are not unique. Two programs that call this at the same time may create a group twice.
    ///
    /// Operations: `GET /api/v1/groups/` and `POST /api/v1/groups/create`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use owui_groups::NewGroup;
    ///
    /// let outcomes = client
    ///     .get_or_create_all([
    ///         NewGroup::new("company"),
    ///         NewGroup::new("engineering").parent_named("company"),
    ///     ])
    ///     .await?;
    /// let created = outcomes.iter().filter(|outcome| outcome.created).count();
    /// println!("{created} groups created");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Before anything is sent:
    ///
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if a group is invalid,
    ///   as [`create`](Self::create) does. Also if two different groups have the same name, or if a
    ///   group is below itself.
    ///
    /// Before anything is created:
    ///
    /// - Returns [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if several existing groups
    ///   have the name of a requested group, or the name of the parent of a group to create.
    /// - Returns [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if no group has the name of
    ///   the parent of a group to create.
    /// - Returns [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the server lists the parent of
    ///   a group to create with an ID that cannot be sent.
    /// - Returns [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) if a group
    ///   to create has a parent, and the server is older than 0.12. If the server has no groups and
    ///   does not report its version, the parents are created before this error.
    ///
    /// While groups are created, returns the errors of [`create`](Self::create).
    /// [`Error::created_groups`](crate::Error::created_groups) has the groups that were created
    /// before the error.
    pub async fn get_or_create_all(
        &self,
        groups: impl IntoIterator<Item = NewGroup>,
    ) -> Result<Vec<GetOrCreated>> {
        let groups: Vec<NewGroup> = groups.into_iter().collect();
        let invalid = |value| self.invalid(value);
        for group in &groups {
            group.check().map_err(invalid)?;
        }
        let wanted = parents_first(&groups).map_err(invalid)?;
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let client = self.composed();
        let mut existing: HashMap<String, Vec<Group>> = HashMap::new();
        let mut names = HashMap::new();
        for group in client.list().await? {
            names.insert(group.id.clone(), group.name.clone());
            existing.entry(group.name.clone()).or_default().push(group);
        }
        let named = |name: &str| {
            let groups = existing.get(name).map(Vec::as_slice).unwrap_or_default();
            client.named(name, groups)
        };
        let new: HashSet<&str> = wanted.iter().map(|wanted| wanted.group.name()).collect();
        let mut outcomes = Vec::new();
        let mut missing = Vec::new();
        let mut parents: HashMap<&str, String> = HashMap::new();
        for wanted in wanted {
            if let Some(group) = named(wanted.group.name())? {
                let name_of = |id: &str| names.get(id).map(String::as_str);
                let outcome = GetOrCreated::existing(group, wanted.group, name_of);
                outcomes.extend(wanted.outcomes(outcome));
                continue;
            }
            if let Some(parent) = wanted.group.parent_name() {
                match named(parent)? {
                    Some(group) => {
                        parents.insert(parent, client.sendable_id(group)?.to_owned());
                    }
                    // The parent is created before this group.
                    None if new.contains(parent) => {}
                    None => return Err(client.no_parent(parent)),
                }
            }
            missing.push(wanted);
        }
        let any = names.keys().find(|id| text_check::is_plain(id));
        if missing.iter().any(|wanted| wanted.group.has_parent())
            && client.has_no_hierarchy(any.map(String::as_str)).await?
        {
            return Err(client.lacks_hierarchy(Operation::CreateGroup, "groups with a parent"));
        }
        let mut created = Vec::new();
        for wanted in missing {
            let create = async {
                let group = match wanted.group.parent_name() {
                    Some(parent) => {
                        let id = parents
                            .get(parent)
                            .ok_or_else(|| client.no_parent(parent))?;
                        wanted.group.clone().parent(id)
                    }
                    None => wanted.group.clone(),
                };
                client.create(group).await
            };
            let group = match create.await {
                Ok(group) => group,
                Err(error) => return Err(error.with_created_groups(created).repeatable()),
            };
            // Uses the name from the caller's list, because the server may store a different one.
            parents.insert(wanted.group.name(), group.id.clone());
            created.push(group.clone());
            outcomes.extend(wanted.outcomes(GetOrCreated::new(group)));
        }
        outcomes.sort_by_key(|(position, _)| *position);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// Whether the server certainly has no hierarchy, according to its version or to one of its
    /// groups. Checked before anything is written.
    async fn has_no_hierarchy(&self, group: Option<&str>) -> Result<bool> {
        match group {
            Some(id) => match self.has_hierarchy(id).await {
                Ok(has_hierarchy) => Ok(!has_hierarchy),
                // The group was deleted after it was listed.
                Err(error) if error.is_not_found() => Ok(false),
                Err(error) => Err(error),
            },
            None => {
                let version = self.optional_version().await;
                Ok(version.and_then(ServerVersion::has_hierarchy) == Some(false))
            }
        }
    }
}

/// A requested group, with its positions in the list of the caller.
struct Wanted<'a> {
    group: &'a NewGroup,
    positions: Vec<usize>,
}

impl Wanted<'_> {
    /// The outcome for each position. Only the first one reports that the group was created.
    fn outcomes(self, outcome: GetOrCreated) -> impl Iterator<Item = (usize, GetOrCreated)> {
        let positions = self.positions.into_iter().enumerate();
        positions.map(move |(index, position)| {
            let mut outcome = outcome.clone();
            outcome.created &= index == 0;
            (position, outcome)
        })
    }
}

/// Returns the groups, each after its parent.
///
/// # Errors
///
/// Rejects two different groups with the same name, and groups that are below themselves.
fn parents_first(groups: &[NewGroup]) -> Result<Vec<Wanted<'_>>, InvalidValue> {
    let mut by_name: HashMap<&str, Wanted<'_>> = HashMap::new();
    for (position, group) in groups.iter().enumerate() {
        let wanted = by_name.entry(group.name()).or_insert_with(|| Wanted {
            group,
            positions: Vec::new(),
        });
        if wanted.group != group {
            let first = wanted.positions.first().map_or(1, |first| first + 1);
            return Err(InvalidValue(format!(
                "groups {first} and {} have the same name `{}` but different settings; make them \
                 equal, or remove one",
                position + 1,
                text_check::shown(group.name())
            )));
        }
        wanted.positions.push(position);
    }
    let mut ordered = Vec::new();
    for group in groups {
        let mut path = HashSet::new();
        let mut waiting = Vec::new();
        let mut next = Some(group.name());
        while let Some(name) = next {
            if !path.insert(name) {
                return Err(InvalidValue(format!(
                    "the group `{}` is its own ancestor; change a parent",
                    text_check::shown(name)
                )));
            }
            // A group that was already ordered comes after its parents.
            let Some(wanted) = by_name.get(name) else {
                break;
            };
            waiting.push(name);
            next = wanted.group.parent_name();
        }
        while let Some(name) = waiting.pop() {
            ordered.extend(by_name.remove(name));
        }
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(groups: &[NewGroup]) -> Result<Vec<&str>, String> {
        let wanted = parents_first(groups).map_err(String::from)?;
        Ok(wanted.iter().map(|wanted| wanted.group.name()).collect())
    }

    fn below(name: &str, parent: &str) -> NewGroup {
        NewGroup::new(name).parent_named(parent)
    }

    #[test]
    fn a_group_comes_after_its_parent() {
        let groups = [
            below("d", "c"),
            below("b", "a"),
            below("c", "b"),
            NewGroup::new("a"),
            below("e", "elsewhere"),
        ];
        assert_eq!(names(&groups), Ok(vec!["a", "b", "c", "d", "e"]));
    }

    #[test]
    fn a_group_that_is_given_twice_has_two_positions() {
        let groups = [below("b", "a"), NewGroup::new("a"), below("b", "a")];
        let wanted = parents_first(&groups).unwrap();
        let positions: Vec<_> = wanted.iter().map(|wanted| &*wanted.positions).collect();
        assert_eq!(positions, [[1].as_slice(), &[0, 2]]);
    }

    #[test]
    fn different_groups_of_one_name_are_rejected() {
        let groups = [NewGroup::new("a"), below("b", "a"), below("a", "b")];
        let why = names(&groups).unwrap_err();
        assert_eq!(
            why,
            "groups 1 and 3 have the same name `a` but different settings; make them equal, or remove \
             one"
        );
    }

    #[test]
    fn groups_below_themselves_are_rejected() {
        for groups in [
            vec![below("a", "a")],
            vec![
                NewGroup::new("x"),
                below("a", "b"),
                below("b", "c"),
                below("c", "a"),
            ],
        ] {
            let why = names(&groups).unwrap_err();
            assert_eq!(why, "the group `a` is its own ancestor; change a parent");
        }
    }

    #[test]
    fn a_long_chain_is_ordered_without_recursion() {
        let chain = (0..100_000).map(|depth| below(&format!("{depth}"), &format!("{}", depth + 1)));
        let groups: Vec<_> = chain.collect();
        let ordered = names(&groups).unwrap();
        assert_eq!(
            (ordered.first(), ordered.last()),
            (Some(&"99999"), Some(&"0"))
        );
    }
}
