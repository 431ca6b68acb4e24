//! Roles of users.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::MockError;

/// The role of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// An administrator, who may use every operation.
    Admin,
    /// An approved account that is not an administrator.
    User,
    /// An account that waits for approval and may not use any operation.
    Pending,
}

impl Role {
    /// Returns the role as the server writes it, for example `admin`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::User => "user",
            Self::Pending => "pending",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = MockError;

    fn from_str(text: &str) -> Result<Self, MockError> {
        match text {
            "admin" => Ok(Self::Admin),
            "user" => Ok(Self::User),
            "pending" => Ok(Self::Pending),
            _ => Err(MockError::new(format!(
                "`{text}` is not a role; use `admin`, `user` or `pending`"
            ))),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
