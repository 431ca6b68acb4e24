//! Ids, checked before they become a part of a path.

use crate::{
    error::{Error, Result},
    value::names::Operation,
};

/// Refuses what would make the path that of another endpoint.
///
/// The server answers 200 with a web page to many such paths, so sending them
/// and looking at the answer is no way to find out.
///
/// # Errors
///
/// *Invalid input* for an empty id, and for one with `/`, `\`, `?`, `#`, `%`,
/// white space or control characters in it, or that is `.` or `..`.
pub(crate) fn check(operation: Operation, id: &str) -> Result<&str> {
    // Every call comes through here, and nearly every id is plain ASCII.
    let plain = id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain && !id.is_empty() || !plain && is_harmless(id) {
        return Ok(id);
    }
    let message = if id.is_empty() {
        "the group's id is empty".to_owned()
    } else {
        format!("{id:?} is not a group's id; ids are UUIDs, as `list` shows them")
    };
    Err(Error::invalid_input(message).with_operation(operation))
}

fn is_harmless(id: &str) -> bool {
    let harmful = |character: char| {
        matches!(character, '/' | '\\' | '?' | '#' | '%')
            || character.is_whitespace()
            || character.is_control()
    };
    id != "." && !id.contains("..") && !id.contains(harmful)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::kind::ErrorKind;

    #[test]
    fn ids_of_the_server_pass() {
        for id in ["5be5e52a-cc60-4307-a9a5-33af4518f1c1", "nope", "a.b", "ä"] {
            assert_eq!(check(Operation::GetGroup, id).unwrap(), id);
        }
    }

    #[test]
    fn what_would_change_the_path_is_rejected() {
        for id in [
            "", ".", "..", "a/b", "../users", "a?b", "a#b", "a%2Fb", "a b", "a\n", "a\\b",
        ] {
            let error = check(Operation::GetGroup, id).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id:?}");
            assert_eq!(error.attempts(), 0);
        }
    }
}
