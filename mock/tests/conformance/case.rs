//! Cases: requests, their order and their senders, independent of the server that receives them.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{people::People, template, versions};

/// The steps of a case begin on a server without groups.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// The first version that the case applies to; all versions if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<String>,
    /// Anything that the steps do not explain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
    /// Whether the case counts or lists users, and requires the same crowd on both servers.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) crowd: bool,
    pub(crate) steps: Vec<Step>,
}

/// One request.
///
/// In strings, `{eng}` is replaced by the ID of the group with `"keep": "eng"`, `{%eng}` by the
/// same ID percent-encoded, `{@ann}` by the ID of a user, and `{1000 × é}` by this letter 1,000
/// times. In a list, `"{@crowd 0..500}"` is replaced by the IDs of 500 users.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// The sender: the label of a user, `nobody` (no token) or `stranger` (an invalid token).
    #[serde(rename = "as", default = "admin", skip_serializing_if = "is_admin")]
    pub(crate) actor: String,
    /// The whole `Authorization` header, instead of the sender's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authorization: Option<String>,
    /// Method and path, with the query.
    pub(crate) send: String,
    /// Additional headers. If present, even if empty, the CORS headers of the response are compared
    /// too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) headers: Option<BTreeMap<String, String>>,
    /// A JSON body.
    #[serde(
        default,
        deserialize_with = "even_null",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) body: Option<Value>,
    /// Any other body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raw: Option<Raw>,
    /// The `Content-Type` of the body: `application/json` if absent, no header if empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    /// The name of the created group in later steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) keep: Option<String>,
    /// The reason that lists in the response have no predictable order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unordered: Option<String>,
    /// JSON pointers to the parts of a success to compare, instead of the whole body. For settings,
    /// of which the document has only a few, and for responses with a token. A part that is absent
    /// is compared too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) only: Option<Vec<String>>,
}

/// A body that may be invalid JSON.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Raw {
    Text(String),
    Bytes(Vec<u8>),
}

/// The cases of one file.
pub(crate) struct Theme {
    pub(crate) name: String,
    pub(crate) cases: Vec<Case>,
}

impl Case {
    /// Whether the case can run on this version, with these users.
    pub(crate) fn is_for(&self, version: &str, people: &People) -> bool {
        let since = self.since.as_deref();
        since.is_none_or(|since| versions::is_since(version, since))
            && (people.has_crowd() || !self.needs_crowd())
    }

    /// Whether the case uses users of the crowd.
    pub(crate) fn needs_crowd(&self) -> bool {
        let text = serde_json::to_string(&self.steps).unwrap_or_default();
        self.crowd || template::mentions_crowd(&text)
    }
}

impl Step {
    /// A request of the admin.
    pub(crate) fn new(send: impl Into<String>) -> Self {
        Self {
            actor: admin(),
            authorization: None,
            headers: None,
            send: send.into(),
            body: None,
            raw: None,
            content_type: None,
            keep: None,
            unordered: None,
            only: None,
        }
    }

    /// The request on one line.
    pub(crate) fn title(&self) -> String {
        let mut title = match &self.authorization {
            Some(header) => format!("{header:?}: {}", self.send),
            None => format!("{}: {}", self.actor, self.send),
        };
        for (name, value) in self.headers.iter().flatten() {
            title.push_str(&format!(", {name}: {value}"));
        }
        title
    }
}

/// Every case of the folder `cases`, and the random sequences in the folder `kept`.
pub(crate) fn themes(folder: &Path) -> Result<Vec<Theme>, String> {
    let mut themes = Vec::new();
    for folder in [folder.join("cases"), folder.join("kept")] {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        });
        paths.sort();
        for path in paths {
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
            // Editors on Windows may add a byte order mark.
            let cases = serde_json::from_str(text.trim_start_matches('\u{feff}'))
                .map_err(|error| format!("{} holds no cases: {error}", path.display()))?;
            let name = path.file_stem().unwrap_or_default();
            themes.push(Theme {
                name: name.to_string_lossy().into_owned(),
                cases,
            });
        }
    }
    Ok(themes)
}

fn admin() -> String {
    "admin".to_owned()
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_admin(actor: &str) -> bool {
    actor == "admin"
}

/// Distinguishes `"body": null`, which is a body, from an absent `body`.
fn even_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
