//! Parses the names of permissions.

use std::{borrow::Cow, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::value::{
    names::{Permission, UnknownValue},
    permission_error::PermissionError,
    text_check,
};

/// Parses a category and a name, joined by a dot. The permission need not be in the server's
/// document.
///
/// ```
/// use owui_groups::Permission;
///
/// assert_eq!(Permission::try_from("chat.file_upload")?, Permission::ChatFileUpload);
/// assert!(!Permission::try_from("chat.new_in_a_later_version")?.is_known());
/// assert!(Permission::try_from("chat").is_err());
/// # Ok::<(), owui_groups::PermissionError>(())
/// ```
///
/// # Errors
///
/// - Rejects a whole category (`chat`), and a text with more than two parts.
/// - Rejects a part that is empty, contains a control character, or has white space or an invisible
///   character at either end.
impl TryFrom<&str> for Permission {
    type Error = PermissionError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if let Some(known) = Self::known(text) {
            return Ok(known);
        }
        let Some((category, name)) = text.split_once('.') else {
            let problem = match check_part(text) {
                Err(flaw) => flaw,
                Ok(()) => "has no category; write both parts, as in `chat.file_upload`".to_owned(),
            };
            return Err(PermissionError::new(text, problem));
        };
        check_part(category)
            .and_then(|()| check_part(name))
            .map_err(|flaw| PermissionError::new(text, flaw))?;
        Ok(Self::Unknown(UnknownValue::new(text)))
    }
}

impl TryFrom<String> for Permission {
    type Error = PermissionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::try_from(text.as_str())
    }
}

impl FromStr for Permission {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text)
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::try_from(&*text).map_err(D::Error::custom)
    }
}

/// Checks the category or the name of a permission.
///
/// # Errors
///
/// Returns a description of the problem. A part cannot contain a dot, because the server splits at
/// every dot.
pub(crate) fn check_part(part: &str) -> Result<(), String> {
    if let Some(flaw) = part.split('.').find_map(text_check::flaw) {
        return Err(format!("has a part that {flaw}; remove it"));
    }
    if part.split('.').any(str::is_empty) {
        return Err("has an empty part".to_owned());
    }
    if part.contains('.') {
        return Err("has more than two parts; write a category and a name".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> String {
        Permission::try_from(text).unwrap_err().to_string()
    }

    #[test]
    fn an_error_explains_what_is_wrong_with_a_name() {
        assert_eq!(
            problem("chat"),
            "the permission `chat` has no category; write both parts, as in `chat.file_upload`"
        );
        assert_eq!(
            problem("chat.a.b"),
            "the permission `chat.a.b` has more than two parts; write a category and a name"
        );
        assert_eq!(problem("chat."), "the permission `chat.` has an empty part");
        assert_eq!(
            problem("chat.edit\r"),
            "the permission `chat.edit\\r` has a part that contains a control character \
             (U+000D); remove it"
        );
        assert!(problem(&"x".repeat(10_000)).len() < 200);
    }

    #[test]
    fn a_known_name_is_never_unknown() {
        for known in Permission::KNOWN {
            assert_eq!(known.as_str().parse().as_ref(), Ok(known));
            assert_eq!(known.path().join("."), known.as_str());
        }
    }

    proptest! {
        #[test]
        fn a_name_keeps_its_text_and_has_two_parts(text in "[a-c. \u{200b}]{0,6}") {
            if let Ok(permission) = Permission::try_from(text.as_str()) {
                prop_assert_eq!(permission.as_str(), &*text);
                prop_assert_eq!(permission.path().join("."), text);
                prop_assert!(permission.path().iter().all(|part| check_part(part).is_ok()));
            } else {
                prop_assert!(text.split('.').count() != 2 || text.split('.').any(|part| check_part(part).is_err()));
            }
        }
    }
}
