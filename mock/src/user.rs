//! Users of the mock.

use std::fmt;

use serde::Deserialize;

use crate::role::Role;

/// A user to put into the mock, or one that is there.
///
/// ```
/// use owui_groups_mock::{MockUser, Role};
///
/// let ann = MockUser::named("Ann");
/// let boss = MockUser::named("Bo").with_role(Role::Admin).with_email("bo@corp.example");
/// # let _ = (ann, boss);
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct MockUser {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) email: String,
    #[serde(default = "user")]
    pub(crate) role: Role,
    #[serde(default)]
    pub(crate) token: String,
}

fn user() -> Role {
    Role::User
}

impl MockUser {
    /// A user of this name who is no admin. What is not set is made up.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            id: String::new(),
            email: String::new(),
            role: Role::User,
            token: String::new(),
        }
    }

    /// Gives the user this id.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Gives the user this address.
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self
    }

    /// Gives the user this role.
    pub fn with_role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Gives the user this token.
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// The user's id; empty until the user is in a mock.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The user's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The user's address; empty until the user is in a mock.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The user's role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The user's token; empty until the user is in a mock.
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl fmt::Debug for MockUser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MockUser")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("email", &self.email)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}
