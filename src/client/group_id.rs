//! IDs of groups, checked before they become a part of a path.

use crate::{
    error::{Error, Result},
    value::text_check,
};

/// Rejects an ID that would make the path that of another endpoint.
///
/// The server returns 200 and an HTML page for many such paths, so the response does not show the
/// mistake.
///
/// # Errors
///
/// *Invalid input* for an ID that [`text_check::id`] rejects, for one with `/`, `\`, `?`, `#`, `%` or
/// `..` in it, and for `.`.
pub(crate) fn check(id: &str) -> Result<&str> {
    // Every call comes through here, and nearly every ID is plain ASCII.
    // Without a branch for each byte.
    let plain = id.bytes().fold(true, |plain, byte| {
        plain & (byte.is_ascii_alphanumeric() | (byte == b'-'))
    });
    if plain && !id.is_empty() {
        return Ok(id);
    }
    text_check::id("the group ID", id)?;
    if id == "." || id.contains("..") || id.contains(['/', '\\', '?', '#', '%']) {
        let message = format!(
            "`{}` is not a group ID; group IDs are UUIDs, as `list` returns them",
            text_check::shown(id)
        );
        return Err(Error::invalid_input(message));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::kind::ErrorKind;

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
            let error = check(id).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id:?}");
            assert_eq!(error.attempts(), 0);
        }
    }
}
