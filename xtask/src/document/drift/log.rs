//! Where the comparison stands and what it has found.

use serde_json::Value;

use crate::document::drift::change::{Change, Impact};

/// A value in the old and in the new document, `None` where absent.
pub(crate) type Pair<'a> = (Option<&'a Value>, Option<&'a Value>);

/// A place in both documents: in words for people, and as a JSON pointer for
/// what the comparison does not know.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) place: String,
    pointer: String,
}

impl Site {
    pub(crate) fn root() -> Self {
        Site {
            place: "document".to_owned(),
            pointer: "#".to_owned(),
        }
    }

    /// One key or index deeper, still called the same.
    pub(crate) fn key(&self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Site {
            place: self.place.clone(),
            pointer: format!("{}/{key}", self.pointer),
        }
    }

    /// The same position under another name.
    pub(crate) fn named(self, place: impl Into<String>) -> Self {
        Site {
            place: place.into(),
            ..self
        }
    }
}

/// Collects the changes.
#[derive(Default)]
pub(crate) struct Log {
    changes: Vec<Change>,
}

impl Log {
    pub(crate) fn add(&mut self, impact: Impact, site: &Site, what: impl Into<String>) {
        // Names come from outside: none may break the line or drive a terminal.
        let one_line = |text: &str| text.replace(char::is_control, " ");
        self.changes.push(Change {
            impact,
            place: one_line(&site.place),
            what: one_line(&what.into()),
        });
    }

    /// A difference that nothing here understands.
    pub(crate) fn unknown(&mut self, site: &Site) {
        let what = format!(
            "changed in a way this comparison does not know ({})",
            site.pointer
        );
        self.add(Impact::Breaking, site, what);
    }

    /// A key whose value says all there is to say.
    pub(crate) fn value(&mut self, impact: Impact, site: &Site, key: &str, (old, new): Pair) {
        let what = format!("`{key}` changed from {} to {}", text(old), text(new));
        self.add(impact, site, what);
    }

    /// The new state of a boolean that is `false` where absent, if it changed;
    /// anything else about it is reported here.
    pub(crate) fn switched(&mut self, site: &Site, key: &str, (old, new): Pair) -> Option<bool> {
        let state = |value: Option<&Value>| value.map_or(Some(false), Value::as_bool);
        match (state(old), state(new)) {
            (Some(was), Some(is)) if was != is => return Some(is),
            (Some(_), Some(_)) => {
                let what = format!("`{key}: false` is now left out or written out");
                self.add(Impact::Neutral, site, what);
            }
            _ => self.unknown(&site.key(key)),
        }
        None
    }

    /// How many changes there are so far.
    pub(crate) fn count(&self) -> usize {
        self.changes.len()
    }

    pub(crate) fn into_changes(self) -> Vec<Change> {
        self.changes
    }
}

/// A value as JSON, short enough for one line.
pub(crate) fn text(value: Option<&Value>) -> String {
    value.map_or("none".to_owned(), |value| clip(&value.to_string()))
}

/// At most 80 characters of a text.
pub(crate) fn clip(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Names in backticks, separated by commas.
pub(crate) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
