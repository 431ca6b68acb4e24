//! Which schemas are sent, which are received: found by following references.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::drift::change::Impact;

pub(crate) const SCHEMAS: &str = "#/components/schemas/";

/// A schema of a document by its name.
pub(crate) fn schema<'a>(document: &'a Value, name: &str) -> Option<&'a Value> {
    document.get("components")?.get("schemas")?.get(name)
}

/// Which way values of a schema travel, seen from the client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Direction {
    pub(crate) sent: bool,
    pub(crate) received: bool,
}

impl Direction {
    pub(crate) const SENT: Self = Direction {
        sent: true,
        received: false,
    };
    pub(crate) const RECEIVED: Self = Direction {
        sent: false,
        received: true,
    };

    /// For what only hurts who sends it.
    pub(crate) fn breaking_if_sent(self) -> Impact {
        if self.sent {
            Impact::Breaking
        } else {
            Impact::Additive
        }
    }

    /// For what only hurts who reads it.
    pub(crate) fn breaking_if_received(self) -> Impact {
        if self.received {
            Impact::Breaking
        } else {
            Impact::Additive
        }
    }
}

/// The schemas of a document by the way they travel.
pub(crate) struct Reach<'a> {
    sent: BTreeSet<&'a str>,
    received: BTreeSet<&'a str>,
}

impl<'a> Reach<'a> {
    pub(crate) fn of(document: &'a Value) -> Self {
        let items = document.get("paths").and_then(Value::as_object);
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        for item in items.into_iter().flat_map(|items| items.values()) {
            sent.extend(item.get("parameters"));
            for operation in item.as_object().into_iter().flat_map(|item| item.values()) {
                sent.extend(operation.get("parameters"));
                sent.extend(operation.get("requestBody"));
                received.extend(operation.get("responses"));
            }
        }
        Reach {
            sent: schemas_from(document, sent),
            received: schemas_from(document, received),
        }
    }

    /// A schema that no operation reaches may still be used both ways: it is
    /// part of the generated client.
    pub(crate) fn direction(&self, schema: &str) -> Direction {
        let (sent, received) = (self.sent.contains(schema), self.received.contains(schema));
        Direction {
            sent: sent || !received,
            received: received || !sent,
        }
    }
}

/// The names of the schemas that are referred to by these values, directly or
/// not. References may form cycles; any string that looks like one counts,
/// which also covers the mappings of discriminators.
pub(crate) fn schemas_from<'a>(
    document: &'a Value,
    mut pending: Vec<&'a Value>,
) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(entries) => pending.extend(entries.values()),
            Value::String(text) if text.starts_with("#/components/") => {
                let target = document.pointer(text.trim_start_matches('#'));
                let first = seen.insert(text.as_str());
                pending.extend(target.filter(|_| first));
            }
            _ => {}
        }
    }
    seen.into_iter()
        .filter_map(|reference| reference.strip_prefix(SCHEMAS))
        .collect()
}
