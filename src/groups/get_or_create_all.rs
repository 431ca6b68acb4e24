//! Many groups that must exist.

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
    /// Returns the groups with the names of the new ones, in the same order, and creates those that
    /// do not exist. A group that exists is left as it is, with its parent.
    ///
    /// A group whose parent is one of the new groups ([`NewGroup::parent_named`]) is created after
    /// it, whatever their order. Safe to repeat after an error: the groups that were created exist
    /// then.
    ///
    /// Sends one request for the list of all groups, and one for each group that it creates. The
    /// server's version is requested once before groups with a parent are created. All requests
    /// share one [deadline](crate::GroupsClientBuilder::deadline). Two programs that do this at the
    /// same moment may create a group twice, because names are not unique.
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
    /// - [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a group that cannot be
    ///   sent, for two different groups with the same name, and for groups that are below
    ///   themselves.
    ///
    /// Before anything is created:
    ///
    /// - [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if several groups have one of the
    ///   names, or that of the parent of a group that does not exist.
    /// - [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if no group has the name of the parent
    ///   of a group that does not exist.
    /// - [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the ID of such a parent is not one that
    ///   can be sent.
    /// - [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) before 0.12, if a
    ///   group that does not exist has a parent. If the server has no groups and does not report its
    ///   version, the groups above that one are created before the error.
    ///
    /// Then the errors of [`create`](Self::create).
    /// [`Error::created_groups`](crate::Error::created_groups) has the groups that were created
    /// before it.
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
                    // It is created before this group.
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
            // By its name in the list: the server may store another one.
            parents.insert(wanted.group.name(), group.id.clone());
            created.push(group.clone());
            outcomes.extend(wanted.outcomes(GetOrCreated::new(group)));
        }
        outcomes.sort_by_key(|(position, _)| *position);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// Whether it is certain before anything is written that the server has no hierarchy: by its
    /// version, or by one of its groups.
    async fn has_no_hierarchy(&self, group: Option<&str>) -> Result<bool> {
        match group {
            Some(id) => match self.has_hierarchy(id).await {
                Ok(has_hierarchy) => Ok(!has_hierarchy),
                // The group is gone since it was listed.
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

/// A group that must exist, with its positions in the list of the caller.
struct Wanted<'a> {
    group: &'a NewGroup,
    positions: Vec<usize>,
}

impl Wanted<'_> {
    /// The outcome for each position. A group is created once.
    fn outcomes(self, outcome: GetOrCreated) -> impl Iterator<Item = (usize, GetOrCreated)> {
        let positions = self.positions.into_iter().enumerate();
        positions.map(move |(index, position)| {
            let mut outcome = outcome.clone();
            outcome.created &= index == 0;
            (position, outcome)
        })
    }
}

/// The groups, each after its parent.
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
                "groups {first} and {} have the name `{}`, but are different",
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
                    "the group `{}` is below itself",
                    text_check::shown(name)
                )));
            }
            // A group that was taken before has its parents before it.
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
        assert_eq!(why, "groups 1 and 3 have the name `a`, but are different");
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
            assert_eq!(why, "the group `a` is below itself");
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
