//! Which release has what: `openapi/history.json`, derived from real servers of every release.

pub(crate) mod annotate;
pub(crate) mod facts;
pub(crate) mod fields;
pub(crate) mod optional;
pub(crate) mod permissions;
mod ranges;
pub(crate) mod raw;
pub(crate) mod release;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::{
    canonical,
    history::{
        facts::{Facts, Section},
        raw::Raw,
        release::Release,
    },
    slice,
};

/// The items of all releases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    releases: BTreeMap<Release, Source>,
    items: BTreeMap<Section, BTreeMap<String, BTreeSet<Release>>>,
}

/// Where the items of one release come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    /// The SHA-256 of the slice, as [`canonical::sha256`] computes it.
    sha256: String,
    /// How the server was started, if not as published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started: Option<String>,
}

impl History {
    /// Reads the content of `history.json`.
    ///
    /// # Errors
    ///
    /// If the text is not exactly what [`to_text`](Self::to_text) gives.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let malformed = "history.json is malformed; run `cargo xtask history`";
        let mut file: BTreeMap<String, Value> = serde_json::from_str(text).context(malformed)?;
        let releases = file.remove("releases").unwrap_or_default();
        let releases: BTreeMap<String, Source> =
            serde_json::from_value(releases).context(malformed)?;
        let releases = releases
            .into_iter()
            .map(|(version, source)| Ok((version.parse()?, source)))
            .collect::<Result<BTreeMap<Release, Source>>>()
            .context(malformed)?;
        let all: Vec<_> = releases.keys().cloned().collect();
        let mut items = BTreeMap::new();
        for section in Section::ALL {
            let texts = file.remove(section.key()).unwrap_or_default();
            let texts: BTreeMap<String, String> =
                serde_json::from_value(texts).context(malformed)?;
            let parsed = texts
                .into_iter()
                .map(|(item, text)| {
                    let set = ranges::parse(&text, &all).with_context(|| item.clone())?;
                    Ok((item, set))
                })
                .collect::<Result<BTreeMap<_, _>>>()
                .context(malformed)?;
            if !parsed.is_empty() {
                items.insert(section, parsed);
            }
        }
        let history = Self { releases, items };
        ensure!(history.to_text() == text, malformed);
        Ok(history)
    }

    /// The content of `history.json`: one line for each release and each item.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::from("{\n  \"releases\": {");
        write_lines(
            &mut text,
            self.releases
                .iter()
                .map(|(release, source)| (release.to_string(), text_of(source))),
        );
        let all: Vec<_> = self.releases.keys().cloned().collect();
        for section in Section::ALL {
            // Writing to a text does not fail.
            let _ = write!(text, "  \"{section}\": {{");
            let items = self.items.get(&section).into_iter().flatten();
            write_lines(
                &mut text,
                items.map(|(item, set)| (item.clone(), text_of(&ranges::to_text(set, &all)))),
            );
        }
        // The last section has nothing behind it.
        text.truncate(text.trim_end_matches([',', '\n']).len());
        text.push_str("\n}\n");
        text
    }

    /// Adds a release, or replaces what is known of it.
    ///
    /// # Errors
    ///
    /// If its document has no groups, or a reference that leads nowhere.
    pub(crate) fn add(&mut self, raw: &Raw) -> Result<()> {
        let (slice, facts) = read(raw)?;
        let release = &raw.release;
        let source = Source {
            sha256: canonical::sha256(&slice),
            started: raw.workaround.clone(),
        };
        self.releases.insert(release.clone(), source);
        for items in self.items.values_mut() {
            items.retain(|_, set| {
                set.remove(release);
                !set.is_empty()
            });
        }
        for (section, item) in facts.items() {
            let items = self.items.entry(section).or_default();
            let set = items.entry(item.to_owned()).or_default();
            set.insert(release.clone());
        }
        Ok(())
    }

    /// What a server publishes that the history lacks (`+`), or the other way around (`-`).
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub(crate) fn differences(&self, raw: &Raw) -> Result<Vec<String>> {
        let release = &raw.release;
        let Some(source) = self.releases.get(release) else {
            return Ok(vec![format!("+ releases: {release}")]);
        };
        let known = self.items.iter().flat_map(|(section, items)| {
            let with_release = items.iter().filter(|(_, set)| set.contains(release));
            with_release.map(|(item, _)| (*section, item.clone()))
        });
        let (slice, facts) = read(raw)?;
        let mut differences = Facts::from_items(known).differences(&facts);
        let sha256 = canonical::sha256(&slice);
        if sha256 != source.sha256 {
            differences.push(format!("- releases: {release} sha256 {}", source.sha256));
            differences.push(format!("+ releases: {release} sha256 {sha256}"));
        }
        Ok(differences)
    }

    /// How many releases it has.
    pub(crate) fn len(&self) -> usize {
        self.releases.len()
    }

    /// The releases that have an item.
    pub(crate) fn having(&self, section: Section, item: &str) -> BTreeSet<Release> {
        let items = self.items.get(&section);
        let set = items.and_then(|items| items.get(item));
        set.cloned().unwrap_or_default()
    }

    /// The first release of the last range of releases that have an item.
    pub(crate) fn since(&self, section: Section, item: &str) -> Option<Release> {
        let having = self.having(section, item);
        let mut first = None;
        for release in self.releases.keys().rev() {
            match having.contains(release) {
                true => first = Some(release.clone()),
                false if first.is_some() => break,
                false => {}
            }
        }
        first
    }

    /// Each change of a permission's default: the first release, and the default from there on,
    /// which is none if the permission is gone.
    pub(crate) fn defaults(&self, permission: &str) -> Vec<(Release, Option<bool>)> {
        let [on, off] = [true, false]
            .map(|value| self.having(Section::Defaults, &format!("{permission} = {value}")));
        let mut changes: Vec<(Release, Option<bool>)> = Vec::new();
        for release in self.releases.keys() {
            let value = match (on.contains(release), off.contains(release)) {
                (true, _) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
            };
            if changes.last().and_then(|(_, last)| *last) != value {
                changes.push((release.clone(), value));
            }
        }
        changes
    }

    /// A set of releases as ranges.
    pub(crate) fn ranges(&self, set: &BTreeSet<Release>) -> String {
        let all: Vec<_> = self.releases.keys().cloned().collect();
        ranges::to_text(set, &all)
    }
}

fn read(raw: &Raw) -> Result<(Value, Facts)> {
    let read = || -> Result<_> {
        let slice = slice::cut(&raw.document)?;
        let facts = Facts::of(&slice, raw)?;
        Ok((slice, facts))
    };
    read().with_context(|| format!("Open WebUI {}", raw.release))
}

fn write_lines(text: &mut String, entries: impl Iterator<Item = (String, String)>) {
    let lines: Vec<_> = entries
        .map(|(key, value)| format!("\n    {}: {value}", text_of(&key)))
        .collect();
    text.push_str(&lines.join(","));
    text.push_str("\n  },\n");
}

fn text_of(value: &impl Serialize) -> String {
    // Texts and structures of texts always serialize.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    /// A release whose only operation is this one.
    pub(crate) fn raw(release: &str, operation: &str, default: bool) -> Raw {
        let (method, path) = operation.split_once(' ').unwrap();
        Raw {
            release: release.parse().unwrap(),
            workaround: None,
            document: json!({
                "paths": {path: {method.to_lowercase(): {"tags": ["groups"]}}},
                "components": {"schemas": {
                    "UserPermissions": {"properties": {"chat": {"$ref": "#/components/schemas/Chat"}}},
                    "Chat": {"properties": {"delete": {"type": "boolean"}}}
                }}
            }),
            default_permissions: json!({"chat": {"delete": default}}),
            preview: None,
        }
    }

    /// `GET /a` went away in 0.9.0 and came back in 0.11.0.
    pub(crate) fn history() -> History {
        let mut history = History::default();
        for (release, operation, default) in [
            ("0.10.0", "GET /b", true),
            ("0.6.43", "GET /a", false),
            ("0.11.0", "GET /a", true),
            ("0.9.0", "GET /b", false),
        ] {
            history.add(&raw(release, operation, default)).unwrap();
        }
        history
    }

    #[test]
    fn each_item_is_a_line_with_the_releases_that_have_it() {
        let text = history().to_text();
        for line in [
            "    \"GET /a\": \"0.6.43, 0.11.0..\",\n",
            "    \"GET /b\": \"0.9.0..0.10.0\"\n",
            "    \"chat.delete\": \"0.6.43..\"\n",
            "    \"chat.delete = false\": \"0.6.43..0.9.0\",\n",
            "    \"chat.delete = true\": \"0.10.0..\"\n",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let history = history();
        let text = history.to_text();
        assert_eq!(History::parse(&text).unwrap(), history);
        for (from, to) in [
            ("0.10.0..", "0.10.1.."),
            ("0.9.0..0.10.0", "0.10.0..0.9.0"),
            ("\"GET /a\"", "\"GET /c\""),
            ("\"operations\"", "\"other\""),
            ("    ", "  "),
        ] {
            let edited = text.replace(from, to);
            assert_ne!(edited, text);
            assert!(History::parse(&edited).is_err(), "{from} to {to}");
        }
    }

    #[test]
    fn adding_a_release_again_replaces_it() {
        let mut history = history();
        history.add(&raw("0.11.0", "GET /b", true)).unwrap();
        assert!(history.to_text().contains("\"GET /a\": \"0.6.43\""));
        history.add(&raw("0.11.0", "GET /a", true)).unwrap();
        assert_eq!(history, super::tests::history());
    }

    #[test]
    fn an_item_that_came_back_counts_from_there() {
        let since = |operation| {
            let since = history().since(Section::Operations, operation);
            since.map(|release| release.to_string())
        };
        assert_eq!(since("GET /a").as_deref(), Some("0.11.0"));
        assert_eq!(since("GET /b").as_deref(), Some("0.9.0"));
        assert_eq!(since("GET /c"), None);
    }

    #[test]
    fn a_default_has_the_releases_that_changed_it() {
        let changes = history().defaults("chat.delete");
        let changes: Vec<_> = changes
            .iter()
            .map(|(release, value)| (release.to_string(), *value))
            .collect();
        assert_eq!(
            changes,
            [
                ("0.6.43".to_owned(), Some(false)),
                ("0.10.0".to_owned(), Some(true))
            ]
        );
    }

    #[test]
    fn a_server_is_compared_with_its_release() {
        let history = history();
        let same = raw("0.10.0", "GET /b", true);
        assert!(history.differences(&same).unwrap().is_empty());
        let other = history.differences(&raw("0.10.0", "GET /a", true)).unwrap();
        assert_eq!(
            other.first_chunk(),
            Some(&["+ operations: GET /a", "- operations: GET /b"].map(str::to_owned))
        );
        assert!(
            other[3].starts_with("+ releases: 0.10.0 sha256 "),
            "{other:?}"
        );
        let unknown = history.differences(&raw("0.13.0", "GET /a", true)).unwrap();
        assert_eq!(unknown, ["+ releases: 0.13.0"]);
    }
}
