//! Users and groups as a real server returned them.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{error::MockError, role::Role};

/// The response of `GET /api/v1/users/all`.
#[derive(Deserialize)]
pub(crate) struct UserListRecord {
    pub(crate) users: Vec<UserRecord>,
}

/// A user in a response.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct UserRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: Role,
    /// The other fields.
    #[serde(flatten)]
    pub(crate) profile: Map<String, Value>,
}

/// A group in the response of `GET /api/v1/groups/`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GroupRecord {
    pub(crate) id: String,
    pub(crate) user_id: String,
    #[serde(default)]
    pub(crate) parent_group_id: Option<String>,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) data: Option<Map<String, Value>>,
    pub(crate) permissions: Option<Map<String, Value>>,
    pub(crate) created_at: u64,
    pub(crate) updated_at: u64,
}

/// Reads one JSON value.
///
/// # Errors
///
/// Names the place that is not as it should be.
pub(crate) fn read<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, MockError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        MockError::new(format!(
            "the {what} is not what a mock can hold, at {place}"
        ))
        .with_source(error.into_inner())
    })?;
    reader.end().map_err(|error| {
        MockError::new(format!("there is more in the {what} than one JSON value"))
            .with_source(error)
    })?;
    Ok(value)
}
