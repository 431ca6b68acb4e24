//! The initial content of a mock, from a file.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    error::MockError,
    record::{self, GroupRecord, UserListRecord, UserRecord},
    user::NewUser,
};

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
    #[serde(skip)]
    pub(crate) user_records: Vec<UserRecord>,
    #[serde(skip)]
    pub(crate) group_records: Vec<GroupRecord>,
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
        record::read("seed", text)
    }

    /// Reads what a real server responded to `GET /api/v1/users/all` and to `GET /api/v1/groups/`,
    /// each with the token of an administrator. The mock returns the same users and groups to the
    /// same requests, with the fields of the version that it emulates.
    ///
    /// The responses do not have the members of groups: add them with
    /// [`MockServer::add_members`](crate::MockServer::add_members). Users get new
    /// tokens, and a user with the ID of the mock's administrator is that administrator. The `meta`
    /// of a group is not retained.
    ///
    /// ```
    /// use owui_groups_mock::{MockServer, Seed};
    ///
    /// # fn main() -> Result<(), owui_groups_mock::MockError> {
    /// let users = r#"{"users": [
    ///     {"id": "u1", "name": "Ann", "email": "ann@corp.example", "role": "user"}
    /// ], "total": 1}"#;
    /// let server = MockServer::builder().seed(Seed::from_responses(users, "[]")?).start()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Names the place that is not as it should be.
    pub fn from_responses(users: &str, groups: &str) -> Result<Self, MockError> {
        let users: UserListRecord = record::read("list of users", users)?;
        Ok(Self {
            user_records: users.users,
            group_records: record::read("list of groups", groups)?,
            ..Self::default()
        })
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
