//! Transcripts of real servers in files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    elide,
    transcript::{Body, Entry},
};

/// The transcripts of one version, by topic and case.
#[derive(Default)]
pub(crate) struct Recorded {
    themes: BTreeMap<String, BTreeMap<String, Vec<Entry>>>,
}

/// An entry in its form in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    request: String,
    response: String,
    #[serde(default)]
    cors: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "even_null")]
    json: Option<Value>,
    text: Option<String>,
}

impl Recorded {
    pub(crate) fn load(folder: &Path, version: &str) -> Result<Self, String> {
        let mut recorded = Self::default();
        let folder = folder_of(folder, version);
        let Ok(entries) = fs::read_dir(&folder) else {
            return Ok(recorded);
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let unreadable = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&error))?;
            let cases: BTreeMap<String, Vec<Line>> =
                serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
            let cases = cases.into_iter().map(|(name, lines)| {
                let entries = lines.into_iter().map(Entry::from).collect();
                (name, entries)
            });
            let theme = path.file_stem().unwrap_or_default().to_string_lossy();
            recorded.themes.insert(theme.into_owned(), cases.collect());
        }
        Ok(recorded)
    }

    pub(crate) fn of(&self, theme: &str, case: &str) -> Option<&[Entry]> {
        Some(self.themes.get(theme)?.get(case)?)
    }

    /// The topic and name of each case.
    pub(crate) fn cases(&self) -> impl Iterator<Item = (&str, &str)> {
        let themes = self.themes.iter();
        themes.flat_map(|(theme, cases)| cases.keys().map(|case| (theme.as_str(), case.as_str())))
    }

    pub(crate) fn add(&mut self, theme: &str, case: &str, entries: Vec<Entry>) {
        let entries = entries.into_iter().map(elide::entry).collect();
        let theme = self.themes.entry(theme.to_owned()).or_default();
        theme.insert(case.to_owned(), entries);
    }

    /// Replaces the recorded transcripts of the version.
    pub(crate) fn write(&self, folder: &Path, version: &str) -> std::io::Result<()> {
        let folder = folder_of(folder, version);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        for (theme, cases) in &self.themes {
            fs::write(folder.join(format!("{theme}.json")), to_text(cases))?;
        }
        Ok(())
    }
}

impl From<Line> for Entry {
    fn from(line: Line) -> Self {
        let (status, content_type) = match line.response.split_once(' ') {
            Some((status, content_type)) => (status, Some(content_type.to_owned())),
            None => (line.response.as_str(), None),
        };
        Self {
            request: line.request,
            status: status.parse().unwrap_or_default(),
            content_type,
            cors: line.cors,
            body: match (line.json, line.text) {
                (Some(value), _) => Body::Json(value),
                (None, Some(text)) => Body::Text(text),
                (None, None) => Body::Nothing,
            },
        }
    }
}

/// The versions that have a folder.
pub(crate) fn versions(folder: &Path) -> Result<BTreeSet<String>, String> {
    let folder = folder.join("recorded");
    let entries = fs::read_dir(&folder)
        .map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    let folders = entries.flatten().filter(|entry| entry.path().is_dir());
    Ok(folders
        .map(|folder| folder.file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect())
}

fn folder_of(folder: &Path, version: &str) -> PathBuf {
    folder.join("recorded").join(version)
}

/// Writes one line for each member of an entry, so that a diff shows which member changed.
fn to_text(cases: &BTreeMap<String, Vec<Entry>>) -> String {
    let mut text = String::from("{");
    for (number, (name, entries)) in cases.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\n  {}: [", json!(name));
        for (number, entry) in entries.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\n    {{\n      \"request\": ");
            let _ = write!(text, "{},\n      \"response\": ", json!(entry.request));
            let _ = write!(text, "{}", json!(entry.response_line()));
            if !entry.cors.is_empty() {
                let _ = write!(text, ",\n      \"cors\": {}", json!(entry.cors));
            }
            let _ = match &entry.body {
                Body::Nothing => Ok(()),
                Body::Json(value) => write!(text, ",\n      \"json\": {value}"),
                Body::Text(body) => write!(text, ",\n      \"text\": {}", json!(body)),
            };
            text.push_str("\n    }");
        }
        text.push_str("\n  ]");
    }
    text.push_str("\n}\n");
    text
}

fn even_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
