//! Tokens and addresses as people paste them, with quotation marks and invisible characters around.

use crate::value::{
    invalid_value::InvalidValue,
    text_check::{Code, is_invisible},
};

/// The text without white space and invisible characters around it, such as a byte order mark.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_invisible)
}

/// The text without quotation marks around it either.
pub(crate) fn unquoted(text: &str) -> &str {
    let mut text = trimmed(text);
    while let Some(inside) = inside_of_quotes(text) {
        text = trimmed(inside);
    }
    text
}

/// The token in a text that may be a whole header: `Authorization: Bearer …`.
///
/// # Errors
///
/// Rejects an empty token, and one that a header cannot carry. The error does not show the token.
pub(crate) fn token(text: &str) -> Result<&str, InvalidValue> {
    let mut token = unquoted(text);
    while let Some(behind) =
        behind_word(token, "authorization:").or_else(|| behind_word(token, "bearer"))
    {
        token = unquoted(behind);
    }
    let problem = if token.is_empty() {
        "the token is empty"
    } else if token.contains(char::is_whitespace) {
        "the token has white space in it; copy it again, without spaces and line breaks"
    } else if token.contains(is_invisible) {
        "the token has an invisible character in it; copy it again"
    } else if token.starts_with(is_quotation_mark) || token.ends_with(is_quotation_mark) {
        "the token has a quotation mark at one end; copy it again"
    } else if !token.is_ascii() {
        "the token has characters in it that are not ASCII; copy it again"
    } else {
        return Ok(token);
    };
    Err(InvalidValue(problem.to_owned()))
}

/// Checks that nothing inside of an address is invisible, which URL parsers drop or encode.
///
/// # Errors
///
/// Names the character.
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

fn is_quotation_mark(character: char) -> bool {
    matches!(character, '"' | '\'' | '`' | '«' | '»' | '‹' | '›')
        || matches!(character, '\u{2018}'..='\u{201f}')
}

/// What comes behind a word in any case, if a colon ends it or white space follows.
fn behind_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (found, behind) = text.split_at_checked(word.len())?;
    let is_whole = word.ends_with(':') || behind.is_empty() || behind.starts_with(is_invisible);
    (found.eq_ignore_ascii_case(word) && is_whole).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_around_a_token_is_removed() {
        for text in ["bearerless", "sk-\"quoted\"-x", "a.b_c~d+e/f==", "Bearer-x"] {
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
