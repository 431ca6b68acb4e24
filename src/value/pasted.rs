//! Cleans up tokens, header values and URLs that were pasted with quotation marks or invisible
//! characters around them.

use std::fmt;

use crate::value::{
    invalid_value::InvalidValue,
    text_check::{Code, is_invisible, is_quotation_mark},
};

/// Removes white space and invisible characters around the text, such as a byte order mark.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_invisible)
}

/// Also removes quotation marks around the text.
pub(crate) fn unquoted(text: &str) -> &str {
    let mut text = trimmed(text);
    while let Some(inside) = inside_of_quotes(text) {
        text = trimmed(inside);
    }
    text
}

/// Extracts the token from a text that may be a whole header (`Authorization: Bearer …`) or a line
/// of an environment file (`OPENWEBUI_TOKEN=…`).
///
/// # Errors
///
/// Rejects an empty token, and one that is not a `token68` of RFC 7235. The server's session tokens
/// and API keys have this form. The error does not show the token.
pub(crate) fn token(text: &str) -> Result<&str, InvalidValue> {
    let mut token = without_end(text);
    while let Some(behind) = behind_scheme(token).or_else(|| behind_variable(token)) {
        token = without_end(behind);
    }
    let problem = if token.is_empty() {
        "the token is empty"
    } else if token.contains(char::is_whitespace) {
        "the token contains white space; copy it again, without spaces and line breaks"
    } else if token.contains(is_invisible) {
        "the token contains an invisible character; copy it again"
    } else if token.starts_with(is_quotation_mark) || token.ends_with(is_quotation_mark) {
        "the token begins or ends with a quotation mark; copy it again"
    } else if !token.is_ascii() {
        "the token contains characters that are not ASCII; copy it again"
    } else if !is_token68(token) {
        "the token contains a character that is not allowed; copy it again (a token consists of \
         letters, digits and `-._~+/`, with `=` at the end)"
    } else {
        return Ok(token);
    };
    Err(InvalidValue(problem.to_owned()))
}

/// Removes white space and invisible characters around the value of a header.
///
/// # Errors
///
/// Rejects an empty value, and one that contains a control character or an invisible character. The
/// error does not show the value.
pub(crate) fn header_value(what: impl fmt::Display, value: &str) -> Result<&str, InvalidValue> {
    let value = trimmed(value);
    if value.is_empty() {
        return Err(InvalidValue(format!("{what} is empty")));
    }
    let is_odd = |character: &char| *character != ' ' && is_invisible(*character);
    match value.chars().find(is_odd) {
        None => Ok(value),
        Some(character) => Err(InvalidValue(format!(
            "{what} contains a control character or an invisible character ({}); copy it again",
            Code(character)
        ))),
    }
}

/// Checks that a URL contains no invisible character, because URL parsers remove or encode them.
///
/// # Errors
///
/// Returns an error with the character.
pub(crate) fn check_address(text: &str) -> Result<(), InvalidValue> {
    match text.chars().find(|character| is_invisible(*character)) {
        None => Ok(()),
        Some(character) => Err(InvalidValue(format!(
            "the base URL contains white space or an invisible character ({}); remove it",
            Code(character)
        ))),
    }
}

fn inside_of_quotes(text: &str) -> Option<&str> {
    let brackets = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'));
    brackets.or_else(|| {
        text.strip_prefix(is_quotation_mark)?
            .strip_suffix(is_quotation_mark)
    })
}

/// Removes quotation marks around the text, and a separator at its end: a comma, a semicolon, or a
/// line ending, which may be an escape sequence.
fn without_end(text: &str) -> &str {
    let mut text = unquoted(text);
    let ends = [",", ";", "\\n", "\\r"];
    while let Some(before) = ends.iter().find_map(|end| text.strip_suffix(end)) {
        text = unquoted(before);
    }
    text
}

/// The text after `Authorization` or `Bearer`.
fn behind_scheme(text: &str) -> Option<&str> {
    if let Some(behind) = behind_word(text, "authorization") {
        return behind.strip_prefix([':', '=']);
    }
    let behind = behind_word(text, "bearer")?;
    let is_whole = behind.is_empty() || behind.starts_with(is_invisible);
    if is_whole {
        return Some(behind);
    }
    let separators = [":", "=", "%20"];
    separators
        .iter()
        .find_map(|separator| behind.strip_prefix(separator))
}

/// The text after a word, ignoring case.
fn behind_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (found, behind) = text.split_at_checked(word.len())?;
    found.eq_ignore_ascii_case(word).then_some(behind)
}

/// The text after the name of a variable and `=`. A token may itself end with `=`.
fn behind_variable(text: &str) -> Option<&str> {
    let (name, value) = text.split_once('=')?;
    let name = trimmed(name);
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_end_of_token = value.chars().all(|character| character == '=');
    let names_a_token = || {
        let name = name.to_ascii_lowercase();
        value.is_empty() && (name == "token" || name.ends_with("_token"))
    };
    let is_variable =
        !name.is_empty() && name.chars().all(is_name) && (!is_end_of_token || names_a_token());
    is_variable.then_some(value)
}

fn is_token68(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_around_a_token_is_removed() {
        for text in [
            "bearerless",
            "a.b_c~d+e/f==",
            "abc=",
            "Bearer-x",
            "authorizations",
        ] {
            assert_eq!(token(text), Ok(text));
        }
    }

    #[test]
    fn a_quotation_mark_at_one_end_alone_stays() {
        for text in ["\"a", "a'", "<a", "\"", "'"] {
            assert_eq!(unquoted(text), text);
        }
        assert_eq!(unquoted("\" 'a' \""), "a");
        assert_eq!(unquoted("\"\""), "");
    }
}
