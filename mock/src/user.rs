//! Users of the mock.

use std::fmt;

use serde::Deserialize;

use crate::role::Role;

/// A user to add to the mock. Values that are not set are generated.
///
/// ```
/// use owui_groups_mock::{NewUser, Role};
///
/// let ann = NewUser::new("Ann");
/// let bo = NewUser::new("Bo").role(Role::Admin).email("bo@corp.example");
/// # let _ = (ann, bo);
/// ```
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct NewUser {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) role: Option<Role>,
    pub(crate) token: Option<String>,
}

impl NewUser {
    /// Creates a user with this name. Names need not be unique.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            id: None,
            email: None,
            role: None,
            token: None,
        }
    }

    /// Sets the ID of the user.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the email address of the user.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets the role of the user. The default is [`Role::User`].
    pub fn role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// Sets the token that authenticates the user.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }
}

/// Shows everything except the token.
impl fmt::Debug for NewUser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewUser")
            .field("name", &self.name)
            .field("id", &self.id)
            .field("email", &self.email)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A user that was added to the mock.
#[derive(Clone, PartialEq, Eq)]
pub struct MockUser {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: Role,
    pub(crate) token: String,
}

impl MockUser {
    /// Returns the ID of the user.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the name of the user.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the email address of the user.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Returns the role of the user.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Returns the token that authenticates the user.
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// Shows everything except the token.
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
