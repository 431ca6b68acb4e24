//! The keys in which two objects differ, each of which someone must explain.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::document::drift::{
    change::Impact,
    log::{Log, Pair, Site},
};

/// The differing entries of one object. What nobody takes is reported by
/// [`finish`](Self::finish): this is why no difference gets lost.
pub(crate) struct Differences<'a> {
    site: Site,
    entries: BTreeMap<&'a str, Pair<'a>>,
}

impl<'a> Differences<'a> {
    /// The entries in which two objects differ, an absent one being empty. That
    /// they cannot be told, or that there are none, is reported here.
    pub(crate) fn between(log: &mut Log, site: &Site, pair: Pair<'a>) -> Self {
        Self::found(site, pair).unwrap_or_else(|| {
            log.unknown(site);
            Differences {
                site: site.clone(),
                entries: BTreeMap::new(),
            }
        })
    }

    /// `None` if they cannot be told: no objects, or nothing that differs.
    fn found(site: &Site, (old, new): Pair<'a>) -> Option<Self> {
        let found = match (old, new) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                Self::between_objects(site, old, new)
            }
            (Some(Value::Object(old)), None) => Differences {
                site: site.clone(),
                entries: entries(old)
                    .map(|(key, v)| (key, (Some(v), None)))
                    .collect(),
            },
            (None, Some(Value::Object(new))) => Differences {
                site: site.clone(),
                entries: entries(new)
                    .map(|(key, v)| (key, (None, Some(v))))
                    .collect(),
            },
            _ => return None,
        };
        (!found.entries.is_empty()).then_some(found)
    }

    pub(crate) fn between_objects(
        site: &Site,
        old: &'a Map<String, Value>,
        new: &'a Map<String, Value>,
    ) -> Self {
        let keys = entries(old).chain(entries(new)).map(|(key, _)| key);
        Differences {
            site: site.clone(),
            entries: keys
                .map(|key| (key, (old.get(key), new.get(key))))
                .filter(|(_, (old, new))| old != new)
                .collect(),
        }
    }

    /// Takes over a key, if it differs: from here on, reporting it is the
    /// caller's duty.
    pub(crate) fn take(&mut self, key: &str) -> Option<Pair<'a>> {
        self.entries.remove(key)
    }

    /// Reports what is left: documentation in one line, the rest as unknown.
    pub(crate) fn finish(self, log: &mut Log) {
        let (documentation, unknown): (Vec<_>, Vec<_>) = self
            .entries
            .into_keys()
            .partition(|key| is_documentation(key));
        if !documentation.is_empty() {
            let what = format!("documentation changed ({})", documentation.join(", "));
            log.add(Impact::Neutral, &self.site, what);
        }
        for key in unknown {
            log.unknown(&self.site.key(key));
        }
    }
}

impl<'a> IntoIterator for Differences<'a> {
    type Item = (&'a str, Pair<'a>);
    type IntoIter = std::collections::btree_map::IntoIter<&'a str, Pair<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

fn entries(object: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    object.iter().map(|(key, value)| (key.as_str(), value))
}

fn is_documentation(key: &str) -> bool {
    const KEYS: [&str; 8] = [
        "deprecated",
        "description",
        "example",
        "examples",
        "externalDocs",
        "summary",
        "tags",
        "title",
    ];
    // `x-rust-type` is no remark: it replaces the generated type.
    KEYS.contains(&key) || (key.starts_with("x-") && key != "x-rust-type")
}
