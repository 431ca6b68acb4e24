//! Makes responses comparable: replaces IDs by labels and times by `<time>`, and sorts lists whose
//! order differs between servers.
//!
//! The order and the times are not compared, so this file checks them for each server separately.

use std::collections::HashMap;

use serde_json::Value;

use crate::people::People;

const TIMES: &[&str] = &["created_at", "updated_at", "last_active_at"];
const UUID_LENGTH: usize = 36;

/// The groups of one run of a case.
#[derive(Default)]
pub(crate) struct Groups {
    /// Labels by ID.
    labels: HashMap<String, String>,
    ids: HashMap<String, String>,
    /// IDs in the order of creation.
    created: Vec<String>,
    /// The time of the last change of each group, from the responses so far.
    updated: HashMap<String, i64>,
}

impl Groups {
    /// Sets the label of a group that was just created.
    pub(crate) fn add(&mut self, id: &str, label: Option<&str>) {
        self.created.push(id.to_owned());
        let label = match label {
            Some(label) => label.to_owned(),
            None => format!("group-{}", self.created.len()),
        };
        self.labels.insert(id.to_owned(), label.clone());
        self.ids.insert(label, id.to_owned());
    }

    /// Reserves the label of a group that was rejected. It is replaced by an ID that no group has.
    pub(crate) fn add_rejected(&mut self, label: &str) {
        let id = format!("refused-{label}");
        self.ids.entry(label.to_owned()).or_insert(id);
    }

    pub(crate) fn id(&self, label: &str) -> Option<String> {
        self.ids.get(label).cloned()
    }

    fn creation(&self, id: &str) -> Option<usize> {
        self.created.iter().position(|created| created == id)
    }
}

/// The order of groups in a list that have the same time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Order {
    /// Groups of the same second are in the order of their creation.
    Creation,
    /// Groups of the same second are in the order of their IDs.
    Id,
}

/// Normalizes one response.
pub(crate) struct Normaliser<'a> {
    pub(crate) people: &'a People,
    pub(crate) groups: &'a mut Groups,
    pub(crate) order: Order,
    /// Whether lists of this response have no predictable order.
    pub(crate) unordered: bool,
    /// Behavior that no server may show.
    pub(crate) violations: Vec<String>,
}

impl Normaliser<'_> {
    pub(crate) fn json(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => self.list(items),
            Value::Object(members) => {
                self.check_times(&members);
                let normal = members.into_iter().map(|(key, value)| {
                    let is_time = TIMES.contains(&key.as_str());
                    let value = match value {
                        Value::Number(_) if is_time => Value::from("<time>"),
                        Value::Array(ids) if key == "via_group_ids" => self.via(ids),
                        value => self.json(value),
                    };
                    (self.text(&key), value)
                });
                Value::Object(normal.collect())
            }
            other => other,
        }
    }

    /// Replaces every ID in the text by its label.
    pub(crate) fn text(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut normal = String::new();
        let mut copied = 0;
        let mut at = 0;
        while at + UUID_LENGTH <= bytes.len() {
            if !is_uuid(&bytes[at..at + UUID_LENGTH]) {
                at += 1;
                continue;
            }
            normal.push_str(&text[copied..at]);
            normal.push_str(&self.label(&text[at..at + UUID_LENGTH]));
            at += UUID_LENGTH;
            copied = at;
        }
        normal.push_str(&text[copied..]);
        normal
    }

    fn label(&self, id: &str) -> String {
        if let Some(person) = self.people.with_id(id) {
            format!("{{@{}}}", person.label)
        } else if let Some(label) = self.groups.labels.get(id) {
            format!("{{{label}}}")
        } else {
            // No create returned this ID, so it was in the request.
            id.to_owned()
        }
    }

    fn list(&mut self, items: Vec<Value>) -> Value {
        let is_of_groups = !items.is_empty()
            && items
                .iter()
                .all(|item| item.get("updated_at").is_some() && item.get("id").is_some());
        if is_of_groups {
            self.check_order(&items);
        }
        let mut items: Vec<_> = items.into_iter().map(|item| self.json(item)).collect();
        if is_of_groups || self.unordered {
            items.sort_by_cached_key(|item| match item.get("id") {
                Some(id) => id.to_string(),
                None => item.to_string(),
            });
        }
        Value::Array(items)
    }

    /// Groups are listed by time, in whole seconds, which differs between servers of different
    /// speed.
    fn check_order(&mut self, groups: &[Value]) {
        for pair in groups.windows(2) {
            let [one, next] = pair else { continue };
            let times = [one, next].map(|group| group.get("updated_at").and_then(Value::as_i64));
            let ids = [one, next].map(|group| group.get("id").and_then(Value::as_str));
            let [Some(one), Some(next)] = ids else {
                continue;
            };
            let creations = [one, next].map(|id| self.groups.creation(id));
            let fits = match self.order {
                _ if times[0] != times[1] => times[0] > times[1],
                Order::Creation => creations[0] < creations[1],
                Order::Id => one < next,
            };
            if !fits {
                let [one, next] = [self.label(one), self.label(next)];
                let problem = format!("{one} is listed before {next}, against {:?}", self.order);
                self.violations.push(format!("{problem} ({times:?})"));
            }
        }
    }

    /// Servers sort this list by the IDs of the groups, which are random.
    fn via(&mut self, ids: Vec<Value>) -> Value {
        let strings: Vec<_> = ids.iter().filter_map(Value::as_str).collect();
        if !strings.is_sorted() {
            self.violations
                .push("via_group_ids is not sorted".to_owned());
        }
        let mut labels: Vec<_> = strings.into_iter().map(|id| self.label(id)).collect();
        labels.sort();
        labels.into()
    }

    fn check_times(&mut self, members: &serde_json::Map<String, Value>) {
        let id = members.get("id").and_then(Value::as_str);
        let updated = members.get("updated_at").and_then(Value::as_i64);
        let (Some(id), Some(updated)) = (id, updated) else {
            return;
        };
        let before = self.groups.updated.insert(id.to_owned(), updated);
        if before.is_some_and(|before| before > updated) {
            let label = self.label(id);
            self.violations
                .push(format!("updated_at of {label} ran backwards"));
        }
        let created = members.get("created_at").and_then(Value::as_i64);
        if created.is_some_and(|created| created > updated) {
            let label = self.label(id);
            self.violations
                .push(format!("{label} was changed before it was created"));
        }
    }
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
    })
}
