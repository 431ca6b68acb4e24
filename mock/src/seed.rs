//! The initial content of a mock, from a file.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{error::MockError, user::NewUser};

/// Users and groups that a mock contains from the start.
///
/// ```
/// use owui_groups_mock::Seed;
///
/// # fn main() -> Result<(), owui_groups_mock::MockError> {
/// let seed = Seed::from_json(r#"{
///     "users": [{"name": "Ann", "email": "ann@corp.example"}],
///     "groups": [
///         {"name": "company"},
///         {"name": "engineering", "parent": "company", "members": ["ann@corp.example"]}
///     ]
/// }"#)?;
/// # let _ = seed;
/// # Ok(())
/// # }
/// ```
///
/// A user has a `name`, and optionally `id`, `email`, `role` and `token`.
///
/// A group has a `name`, and optionally:
///
/// - `id` and `description`
/// - `parent`: the name of a group earlier in the list
/// - `permissions` and `data`
/// - `members`: IDs, email addresses or names of users
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    #[serde(default)]
    pub(crate) users: Vec<NewUser>,
    #[serde(default)]
    pub(crate) groups: Vec<SeedGroup>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedGroup {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) id: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    pub(crate) parent: Option<String>,
    #[serde(default)]
    permissions: Option<Map<String, Value>>,
    #[serde(default)]
    data: Option<Map<String, Value>>,
    #[serde(default)]
    pub(crate) members: Vec<String>,
}

impl Seed {
    /// Parses the content of a file, with or without a byte order mark.
    ///
    /// # Errors
    ///
    /// Returns an error with the path of the invalid value.
    pub fn from_json(text: &str) -> Result<Self, MockError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = serde_json::Deserializer::from_str(text);
        let seed: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let place = error.path().to_string();
            MockError::new(format!("the seed is not what a mock can hold, at {place}"))
                .with_source(error.into_inner())
        })?;
        reader.end().map_err(|error| {
            MockError::new("there is more in the seed than one JSON object").with_source(error)
        })?;
        Ok(seed)
    }
}

impl SeedGroup {
    /// The body that a client would send to create the group.
    pub(crate) fn form(&self, parent: Option<&str>) -> Value {
        let mut form = json!({
            "name": self.name,
            "description": self.description,
            "permissions": self.permissions,
            "data": self.data,
        });
        if let Some(form) = form.as_object_mut()
            && let Some(parent) = parent
        {
            form.insert("parent_group_id".to_owned(), parent.into());
        }
        form
    }
}
