//! Checks the ID of a group before it becomes part of a path.

use crate::value::{invalid_value::InvalidValue, text_check};

/// Rejects an ID that would change the path to that of another endpoint.
///
/// The server returns 200 and an HTML page for many such paths, so the response would not show the
/// mistake.
///
/// # Errors
///
/// Rejects an ID that [`text_check::id`] rejects, an ID that contains `/`, `\`, `?`, `#`, `%` or
/// `..`, and the ID `.`.
pub(crate) fn check(id: &str) -> Result<&str, InvalidValue> {
    if text_check::is_plain(id) && !id.is_empty() {
        return Ok(id);
    }
    text_check::id("the group ID", id)?;
    if id == "." || id.contains("..") || id.contains(['/', '\\', '?', '#', '%']) {
        let message = format!(
            "`{}` is not a group ID; group IDs are UUIDs, as `list` returns them",
            text_check::shown(id)
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
            assert_eq!(check(id).unwrap(), id);
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
            assert!(check(id).is_err(), "{id:?}");
        }
    }
}
