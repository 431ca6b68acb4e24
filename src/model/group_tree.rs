//! The hierarchy of groups.

use std::collections::{BTreeMap, HashSet};

use serde::{Serialize, Serializer};

use crate::types::Group;

/// The hierarchy of the groups that a user can see.
///
/// A group is a root if its parent is not among the groups. If the server's database contains a
/// cycle, the group with the smallest ID in it is a root. Every group is in the tree exactly once.
///
/// ```no_run
/// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
/// for (depth, group) in client.tree().await?.walk() {
///     println!("{:indent$}{}", "", group.name, indent = 2 * depth);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GroupTree {
    groups: BTreeMap<String, Group>,
    parents: BTreeMap<String, String>,
    /// The children by parent, with the roots under `None`. Sorted by name, then by ID.
    children: BTreeMap<Option<String>, Vec<String>>,
}

impl GroupTree {
    /// Creates the hierarchy of these groups.
    pub fn new(groups: impl IntoIterator<Item = Group>) -> Self {
        let groups: BTreeMap<_, _> = groups
            .into_iter()
            .map(|group| (group.id.clone(), group))
            .collect();
        let mut parents: BTreeMap<String, String> = groups
            .values()
            .filter_map(|group| Some((group.id.clone(), group.parent_group_id.clone()?)))
            .filter(|(_, parent)| groups.contains_key(parent))
            .collect();
        cut_cycles(&mut parents);
        let mut children: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
        for id in groups.keys() {
            let siblings = children.entry(parents.get(id).cloned()).or_default();
            siblings.push(id.clone());
        }
        for siblings in children.values_mut() {
            siblings.sort_by_cached_key(|id| {
                (groups.get(id).map(|group| group.name.clone()), id.clone())
            });
        }
        Self {
            groups,
            parents,
            children,
        }
    }

    /// Returns the group with this ID.
    pub fn get(&self, id: &str) -> Option<&Group> {
        self.groups.get(id)
    }

    /// Returns the groups without a parent in the tree, by name.
    pub fn roots(&self) -> impl Iterator<Item = &Group> {
        self.below(None)
    }

    /// Returns the groups directly below this one, by name.
    pub fn children<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Group> + use<'a> {
        self.below(Some(id.to_owned()))
    }

    /// Returns the group directly above this one.
    pub fn parent(&self, id: &str) -> Option<&Group> {
        self.groups.get(self.parents.get(id)?)
    }

    /// Returns the groups above this one, nearest first.
    pub fn ancestors<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Group> + use<'a> {
        std::iter::successors(self.parent(id), |group| self.parent(&group.id))
    }

    /// Returns the groups below this one at any depth, each before its own descendants.
    pub fn descendants<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Group> + use<'a> {
        self.walk_from(self.children(id).collect())
            .map(|(_, group)| group)
    }

    /// Returns every group with its depth, each before its descendants. The depth of a root is 0.
    pub fn walk(&self) -> impl Iterator<Item = (usize, &Group)> {
        self.walk_from(self.roots().collect())
    }

    fn below(&self, parent: Option<String>) -> impl Iterator<Item = &Group> + use<'_> {
        self.children
            .get(&parent)
            .into_iter()
            .flatten()
            .filter_map(|id| self.groups.get(id))
    }

    fn walk_from<'a>(
        &'a self,
        start: Vec<&'a Group>,
    ) -> impl Iterator<Item = (usize, &'a Group)> + use<'a> {
        let mut ahead: Vec<_> = start.into_iter().map(|group| (0, group)).collect();
        ahead.reverse();
        std::iter::from_fn(move || {
            let (depth, group) = ahead.pop()?;
            let first = ahead.len();
            ahead.extend(self.children(&group.id).map(|child| (depth + 1, child)));
            if let Some(added) = ahead.get_mut(first..) {
                added.reverse();
            }
            Some((depth, group))
        })
    }
}

/// Serializes as a list of groups with their depths, in the order of [`walk`](GroupTree::walk). The
/// list is not nested, because the depth has no limit.
impl Serialize for GroupTree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'a> {
            depth: usize,
            group: &'a Group,
        }
        serializer.collect_seq(self.walk().map(|(depth, group)| Row { depth, group }))
    }
}

/// Removes the parent of the group with the smallest ID of each cycle.
fn cut_cycles(parents: &mut BTreeMap<String, String>) {
    let mut done = HashSet::new();
    let ids: Vec<String> = parents.keys().cloned().collect();
    // The IDs are sorted, so each cycle is found and cut at its smallest ID.
    for id in ids {
        let mut path = HashSet::new();
        let mut current = id;
        while !done.contains(&current) && path.insert(current.clone()) {
            match parents.get(&current) {
                Some(parent) => current = parent.clone(),
                None => break,
            }
        }
        if path.contains(&current) && parents.contains_key(&current) && !done.contains(&current) {
            let smallest = cycle_through(&current, parents).into_iter().min();
            if let Some(smallest) = smallest {
                parents.remove(&smallest);
            }
        }
        done.extend(path);
    }
}

/// The IDs of the cycle that contains this one.
fn cycle_through(id: &str, parents: &BTreeMap<String, String>) -> Vec<String> {
    let mut cycle = vec![id.to_owned()];
    let mut current = parents.get(id);
    while let Some(parent) = current
        && parent != id
        && cycle.len() <= parents.len()
    {
        cycle.push(parent.clone());
        current = parents.get(parent);
    }
    cycle
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tree(groups: &[(&str, Option<&str>)]) -> GroupTree {
        GroupTree::new(groups.iter().map(|(id, parent)| {
            serde_json::from_value(json!({
                "id": id, "user_id": "u", "name": format!("name {id}"), "description": "",
                "created_at": 0, "updated_at": 0, "parent_group_id": parent
            }))
            .unwrap()
        }))
    }

    fn ids<'a>(groups: impl Iterator<Item = &'a Group>) -> Vec<&'a str> {
        groups.map(|group| group.id.as_str()).collect()
    }

    #[test]
    fn every_group_comes_after_the_one_above_it() {
        let tree = tree(&[
            ("d", Some("b")),
            ("c", Some("a")),
            ("b", Some("a")),
            ("a", None),
        ]);
        let walked: Vec<_> = tree
            .walk()
            .map(|(depth, group)| (depth, group.id.as_str()))
            .collect();
        assert_eq!(walked, [(0, "a"), (1, "b"), (2, "d"), (1, "c")]);
        assert_eq!(ids(tree.ancestors("d")), ["b", "a"]);
        assert_eq!(ids(tree.descendants("a")), ["b", "d", "c"]);
        assert_eq!(ids(tree.children("a")), ["b", "c"]);
        assert_eq!(tree.parent("a"), None);
    }

    #[test]
    fn a_parent_that_cannot_be_seen_leaves_the_group_at_the_top() {
        let tree = tree(&[("a", Some("hidden")), ("b", Some("a"))]);
        assert_eq!(ids(tree.roots()), ["a"]);
        assert_eq!(tree.get("hidden"), None);
    }

    #[test]
    fn cycles_are_survived_and_nobody_is_lost() {
        let tree = tree(&[
            ("a", Some("a")),
            ("d", Some("c")),
            ("c", Some("b")),
            ("b", Some("d")),
            ("e", Some("d")),
        ]);
        assert_eq!(ids(tree.roots()), ["a", "b"]);
        assert_eq!(tree.walk().count(), 5);
        assert_eq!(ids(tree.ancestors("e")), ["d", "c", "b"]);
    }
}
