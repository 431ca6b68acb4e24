//! IDs of groups and of users, checked before they become a part of a path.

use std::fmt;

use crate::value::{invalid_value::InvalidValue, text_check};

/// What an ID in a path is the ID of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdOf {
    Group,
    User,
}

impl fmt::Display for IdOf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Group => "group",
            Self::User => "user",
        })
    }
}

/// Rejects an ID that would make the path that of another endpoint.
///
/// The server returns 200 and an HTML page for many such paths, so the response does not show the
/// mistake.
///
/// # Errors
///
/// Rejects an ID that [`text_check::id`] rejects, one with `/`, `\`, `?`, `#`, `%` or
/// `..` in it, and `.`.
pub(crate) fn check(of: IdOf, id: &str) -> Result<&str, InvalidValue> {
    if text_check::is_plain(id) && !id.is_empty() {
        return Ok(id);
    }
    text_check::id(format_args!("the {of} ID"), id)?;
    if id == "." || id.contains("..") || id.contains(['/', '\\', '?', '#', '%']) {
        let message = format!(
            "`{}` is not a {of} ID; {of} IDs are UUIDs, as {} returns them",
            text_check::shown(id),
            match of {
                IdOf::Group => "`list`",
                IdOf::User => "`all_users`",
            }
        );
        return Err(InvalidValue(message));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_server_pass() {
        for id in ["5be5e52a-cc60-4307-a9a5-33af4518f1c1", "nope", "a.b", "ä"] {
            assert_eq!(check(IdOf::Group, id).unwrap(), id);
        }
    }

    #[test]
    fn what_would_change_the_path_is_rejected() {
        for id in [
            "",
            ".",
            "..",
            "a/b",
            "../users",
            "a?b",
            "a#b",
            "a%2Fb",
            "a b",
            "a\n",
            "a\\b",
            "\u{feff}a",
            "a\u{200b}b",
            "a\u{202e}",
            "a\u{a0}",
        ] {
            assert!(check(IdOf::Group, id).is_err(), "{id:?}");
        }
    }

    #[test]
    fn an_error_names_what_the_id_is_of() {
        let why = |of| check(of, "a/b").unwrap_err().0;
        assert_eq!(
            why(IdOf::User),
            "`a/b` is not a user ID; user IDs are UUIDs, as `all_users` returns them"
        );
        assert_eq!(
            why(IdOf::Group),
            "`a/b` is not a group ID; group IDs are UUIDs, as `list` returns them"
        );
    }
}
