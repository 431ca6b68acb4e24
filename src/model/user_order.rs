//! The orders in which users are listed.

use std::fmt;

use serde::Serialize;

/// What the users of a search are sorted by.
///
/// `Display` and `Serialize` write it as the server does: `created_at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserOrder {
    /// By display name.
    Name,
    /// By email address.
    Email,
    /// By role, as a text.
    Role,
    /// By the time at which the account was created.
    CreatedAt,
    /// By the time at which the account was changed.
    UpdatedAt,
    /// By the time at which the user was last active.
    LastActiveAt,
}

impl UserOrder {
    /// The order as the server writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Role => "role",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::LastActiveAt => "last_active_at",
        }
    }
}

impl fmt::Display for UserOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
