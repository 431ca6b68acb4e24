//! The users on each server.

use std::collections::HashMap;

use crate::crowd;

/// One user.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The name of the user in cases.
    pub(crate) label: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    /// Absent for users of the crowd.
    pub(crate) token: Option<String>,
}

/// The properties of a user that are the same on every server.
pub(crate) struct Part {
    pub(crate) label: &'static str,
    pub(crate) name: &'static str,
    pub(crate) role: &'static str,
}

const fn user(label: &'static str, name: &'static str) -> Part {
    Part {
        label,
        name,
        role: "user",
    }
}

/// In the order of their IDs, which is also the order of many responses, and in no other order.
/// Each of the leavers is deleted in one case.
pub(crate) const PARTS: &[Part] = &[
    user("cleo", "Cleo"),
    user("leaver-2", "Leaver Two"),
    user("ben", "Ben"),
    user("dora", "dora"),
    user("ann", "Ann"),
    user("leaver-1", "Leaver One"),
    Part {
        label: "penny",
        name: "Penny",
        role: "pending",
    },
    user("erik", "Érik"),
    user("leaver-3", "Leaver Three"),
    user("leaver-4", "Leaver Four"),
];

impl Part {
    pub(crate) fn email(&self) -> String {
        format!("{}@people.example", self.label)
    }

    pub(crate) fn person(&self, id: String, token: String) -> Person {
        Person {
            label: self.label.to_owned(),
            id,
            name: self.name.to_owned(),
            email: self.email(),
            role: self.role.to_owned(),
            token: Some(token),
        }
    }
}

/// All users, with the admin first.
#[derive(Clone, Debug)]
pub(crate) struct People {
    everybody: Vec<Person>,
    has_crowd: bool,
    by_label: HashMap<String, usize>,
    by_id: HashMap<String, usize>,
}

impl People {
    /// The first of `named` is the admin.
    pub(crate) fn new(mut named: Vec<Person>, has_crowd: bool) -> Self {
        if has_crowd {
            named.extend(crowd::everybody().into_iter().map(|member| Person {
                label: member.label,
                id: member.id,
                name: member.name,
                email: member.email,
                role: "user".to_owned(),
                token: None,
            }));
        }
        let index = |key: fn(&Person) -> &String| {
            let keys = named.iter().map(key).cloned();
            keys.enumerate().map(|(at, key)| (key, at)).collect()
        };
        Self {
            by_label: index(|person| &person.label),
            by_id: index(|person| &person.id),
            everybody: named,
            has_crowd,
        }
    }

    /// Users for a server that accepts any ID.
    pub(crate) fn made_up() -> Self {
        let mut named = vec![Person {
            label: "admin".to_owned(),
            id: "77777777-0000-4000-8000-000000000000".to_owned(),
            name: "admin".to_owned(),
            email: "admin@example.com".to_owned(),
            role: "admin".to_owned(),
            token: Some("token-of-admin".to_owned()),
        }];
        named.extend(PARTS.iter().enumerate().map(|(rank, part)| {
            let id = format!(
                "{:08x}-0000-4000-8000-000000000000",
                (rank + 1) * 0x0100_0000
            );
            part.person(id, format!("token-of-{}", part.label))
        }));
        Self::new(named, true)
    }

    /// All users without the crowd.
    pub(crate) fn without_crowd(&self) -> Self {
        let named = self.everybody.iter().take(PARTS.len() + 1);
        Self::new(named.cloned().collect(), false)
    }

    /// All users, with the admin first.
    pub(crate) fn everybody(&self) -> &[Person] {
        &self.everybody
    }

    pub(crate) fn has_crowd(&self) -> bool {
        self.has_crowd
    }

    pub(crate) fn called(&self, label: &str) -> Option<&Person> {
        self.by_label.get(label).map(|&at| &self.everybody[at])
    }

    pub(crate) fn with_id(&self, id: &str) -> Option<&Person> {
        self.by_id.get(id).map(|&at| &self.everybody[at])
    }
}
