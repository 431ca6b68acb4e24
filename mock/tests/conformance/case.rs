//! Cases: what is sent, in which order, and by whom. Nothing here knows which server answers.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{people::People, template, versions};

/// Steps that begin on a server without groups.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// The first version that it is for; all, when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<String>,
    /// What is not plain from the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
    /// Whether it counts or lists users, and so needs the same crowd on both servers.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) crowd: bool,
    pub(crate) steps: Vec<Step>,
}

/// One request.
///
/// In its texts `{eng}` stands for the id of the group kept as `eng` and `{%eng}` for the same
/// percent-encoded, `{@ann}` for the id of a person, and `{1000 × é}` for a thousand of these
/// letters. In a list, `"{@crowd 0..500}"` stands for the ids of as many users.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Who sends it: a person's name, `nobody` (no token) or `stranger` (a token that is none).
    #[serde(rename = "as", default = "admin", skip_serializing_if = "is_admin")]
    pub(crate) actor: String,
    /// The whole `Authorization` header, in place of the sender's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authorization: Option<String>,
    /// Method and path, with the query.
    pub(crate) send: String,
    /// Headers beside those of the sender and the body. With them, even none, the CORS headers
    /// of the response are compared too.
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
    /// The body's `Content-Type`: `application/json` when absent, no header when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    /// Under which name the created group is known from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) keep: Option<String>,
    /// Why no order of the lists in the response can be expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unordered: Option<String>,
    /// The parts of a success that are compared, as JSON pointers, in place of the whole: of
    /// settings, of which the document has a few, and of responses with a token. A part that is
    /// absent is compared too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) only: Option<Vec<String>>,
}

/// A body that need not be JSON.
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
    /// Whether this version, with these people, can be asked.
    pub(crate) fn is_for(&self, version: &str, people: &People) -> bool {
        let since = self.since.as_deref();
        since.is_none_or(|since| versions::is_since(version, since))
            && (people.has_crowd() || !self.needs_crowd())
    }

    /// Whether any of the crowd has a part in it.
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

    /// The request in a line.
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

/// Every case of the folder `cases`, and those that random sequences left in `kept`.
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
            // Editors on Windows may put a byte order mark in front.
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

/// `"body": null` is a body; without a `body` there is none.
fn even_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
