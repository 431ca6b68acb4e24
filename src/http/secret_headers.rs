//! Values that must show up nowhere.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    error::{Error, Result},
    value::{pasted, text_check},
};

/// The most headers that a caller may add. A map of headers has a limit too, at which it panics,
/// and servers have lower ones: hyper's is 100, those of the request itself included.
const ADDED_AT_MOST: usize = 100;

/// How often a text may be escaped: JSON in a string of JSON is escaped twice.
const ESCAPED_AT_MOST: usize = 3;

/// The most bytes that one byte of a secret takes after so many escapes: `\\\\u0041`.
const ESCAPED_LENGTH: usize = 9;

/// The headers of every request: the token, and what the caller added.
///
/// Every value counts as a secret, because a proxy's login is one too.
#[derive(Clone, Default)]
pub(crate) struct SecretHeaders {
    headers: HeaderMap,
    /// What [`secrets`] returns for the headers: one error may have many texts to redact.
    secrets: Vec<String>,
}

impl SecretHeaders {
    /// Adds a token as it was pasted, as `Authorization: Bearer …`.
    ///
    /// # Errors
    ///
    /// *Invalid input* when no header can carry the token.
    pub(crate) fn set_token(&mut self, token: &SecretString) -> Result<()> {
        let token = pasted::token(token.expose_secret())?;
        self.insert(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// Adds a header, in place of one with the same name.
    ///
    /// # Errors
    ///
    /// *Invalid input* when no header can carry the value, and for too many headers.
    pub(crate) fn set(&mut self, name: HeaderName, value: &str) -> Result<()> {
        if self.headers.len() >= ADDED_AT_MOST && !self.headers.contains_key(&name) {
            return Err(too_many());
        }
        self.insert(name, pasted::trimmed(value))
    }

    fn insert(&mut self, name: HeaderName, value: &str) -> Result<()> {
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            let name = text_check::shown(name.as_str());
            Error::invalid_input(format!(
                "the value of the header `{name}` has characters that no header can carry"
            ))
        })?;
        value.set_sensitive(true);
        let inserted = self.headers.try_insert(name, value);
        inserted.map_err(|_| too_many())?;
        self.secrets = secrets(&self.headers);
        Ok(())
    }

    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
    }

    /// The text without any of the values, should a server echo them, as they are or in the escapes
    /// of JSON.
    pub(crate) fn redact(&self, text: String) -> String {
        let redact = |text: String| {
            self.secrets.iter().fold(text, |text, secret| {
                if text.contains(secret) {
                    text.replace(secret, "[redacted]")
                } else {
                    text
                }
            })
        };
        let mut shown = redact(text);
        let mut view = shown.clone();
        for _ in 0..ESCAPED_AT_MOST {
            if !view.contains('\\') {
                break;
            }
            let decoded = unescape(&view);
            view = redact(decoded.clone());
            // The text is shown as the server wrote it, unless that has a secret in it.
            if view != decoded {
                shown.clone_from(&view);
            }
        }
        shown
    }

    /// The most bytes of a text that a secret takes, in whatever way it is escaped.
    pub(crate) fn longest_in_text(&self) -> usize {
        let longest = self.secrets.first().map_or(0, String::len);
        longest.saturating_mul(ESCAPED_LENGTH)
    }
}

/// Each value as servers read it, the longest first: one may be a part of another.
fn secrets(headers: &HeaderMap) -> Vec<String> {
    let mut secrets: Vec<String> = headers
        .values()
        .flat_map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            // Python's servers read headers as Latin-1.
            let latin: String = value.as_bytes().iter().copied().map(char::from).collect();
            [text, latin]
        })
        .flat_map(|value| {
            let token = value.strip_prefix("Bearer ").map(str::to_owned);
            [Some(value), token]
        })
        .flatten()
        // Shorter ones are no secrets, and would garble the text.
        .filter(|secret| secret.len() >= 4)
        .collect();
    secrets.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    secrets.dedup();
    secrets
}

fn too_many() -> Error {
    Error::invalid_input(format!(
        "too many headers are added; a client has at most {ADDED_AT_MOST}"
    ))
}

/// A text without the escapes of JSON; what is none stays as it is.
fn unescape(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        decoded.push_str(before);
        let (character, length) = escape(behind).unwrap_or(('\\', 0));
        decoded.push(character);
        rest = behind.get(length..).unwrap_or_default();
    }
    decoded.push_str(rest);
    decoded
}

/// The character of an escape without its backslash, and how many bytes are the escape's.
fn escape(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| {
        let digits = text.strip_prefix('u')?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    match text.chars().next()? {
        character @ ('"' | '\\' | '/') => Some((character, 1)),
        'b' | 'f' | 'n' | 'r' | 't' => Some((' ', 1)),
        _ => {
            let first = unit(text)?;
            if let Some(character) = char::from_u32(first.into()) {
                return Some((character, 5));
            }
            let second = unit(text.get(5..)?.strip_prefix('\\')?)?;
            let pair = char::decode_utf16([first, second]).next()?.ok()?;
            Some((pair, 11))
        }
    }
}

impl fmt::Debug for SecretHeaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_map()
            .entries(
                self.headers
                    .keys()
                    .map(|name| (name, format_args!("[redacted]"))),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::kind::ErrorKind;

    #[test]
    fn a_token_that_no_header_can_carry_is_an_error_without_the_token() {
        for token in ["", "  ", "sk-a\nb", "sk-ä", "two words"] {
            let error = SecretHeaders::default()
                .set_token(&token.into())
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            let shown = format!("{error} {error:?}");
            assert!(
                token.trim().is_empty() || !shown.contains(token.trim()),
                "{shown}"
            );
        }
    }

    #[test]
    fn an_echo_of_a_secret_is_redacted() {
        let mut headers = SecretHeaders::default();
        headers.set_token(&"sk-secret".into()).unwrap();
        headers
            .set(HeaderName::from_static("x-login"), "me:pass")
            .unwrap();
        let echo = "you sent Bearer sk-secret, sk-secret and me:pass".to_owned();
        let redacted = headers.redact(echo);
        assert_eq!(redacted, "you sent [redacted], [redacted] and [redacted]");
        assert!(!format!("{headers:?}").contains("secret"));
        assert!(!format!("{headers:?}").contains("pass"));
    }

    #[test]
    fn a_secret_that_is_a_part_of_another_does_not_leave_the_rest() {
        let mut headers = SecretHeaders::default();
        headers.set(HeaderName::from_static("x-a"), "pass").unwrap();
        headers
            .set(HeaderName::from_static("x-b"), "password-2")
            .unwrap();
        assert_eq!(headers.redact("password-2".to_owned()), "[redacted]");
    }

    #[test]
    fn a_value_that_is_replaced_is_no_longer_a_secret() {
        let mut headers = SecretHeaders::default();
        for value in ["the first login", "pass"] {
            let name = HeaderName::from_static("x-login");
            headers.set(name, value).unwrap();
        }
        let redacted = headers.redact("the first login, pass".to_owned());
        assert_eq!(redacted, "the first login, [redacted]");
        assert_eq!(headers.longest_in_text(), 4 * ESCAPED_LENGTH);
    }

    #[test]
    fn what_is_escaped_is_redacted_and_the_rest_is_as_it_was() {
        let mut headers = SecretHeaders::default();
        headers.set_token(&"sk-secret".into()).unwrap();
        let redact = |text: &str| headers.redact(text.to_owned());
        for text in [
            r"C:\new\table",
            r#"{"a":"b\"c\u00e4\n"}"#,
            r"\",
            r"a\u12",
            r"\ud83d\u",
            r"\ud83d\ude00",
        ] {
            assert_eq!(redact(text), text);
        }
        for text in [
            r"\u0073k-secret",
            r"sk-\u0073\u0065cret",
            r"\\u0073k-secret",
            r"\\\\u0073k-secret",
            r"sk\u002Dsecret",
        ] {
            assert_eq!(redact(text), "[redacted]", "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_secret_is_redacted_however_json_writes_it(
            secret in r#"[!-~]{4,20}"#, around in "[^\\\\]{0,5}", escapes in proptest::collection::vec(proptest::bool::ANY, 20)
        ) {
            let mut headers = SecretHeaders::default();
            headers.set(HeaderName::from_static("x-login"), &secret).unwrap();
            let mut text = String::new();
            for (character, escaped) in secret.chars().zip(escapes) {
                if escaped || matches!(character, '"' | '\\') {
                    text.push_str(&format!("\\u{:04x}", u32::from(character)));
                } else {
                    text.push(character);
                }
            }
            let shown = headers.redact(format!("{around}{text}{around}"));
            proptest::prop_assert!(shown.contains("[redacted]"), "{:?}", shown);
        }
    }
}
