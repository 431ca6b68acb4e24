//! The forms in which a server may repeat the value of a header.

use std::collections::HashSet;

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::{HeaderName, HeaderValue, header};
use serde_json::Value;

/// The minimum number of characters of a part of a value that is a secret on its own.
const PART_AT_LEAST: usize = 8;

/// The minimum number of characters of such a part with a digit, which is rarely an ordinary word.
const PART_WITH_DIGIT_AT_LEAST: usize = 6;

/// The minimum number of characters of a password.
const PASSWORD_AT_LEAST: usize = 4;

/// The minimum number of characters of an encoded login.
const ENCODED_AT_LEAST: usize = 8;

/// The secrets in the value of one header.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SecretForms {
    /// The value itself and a login that is encoded in it, as servers read them.
    pub(crate) wholes: Vec<String>,
    /// Parts of those that are secrets on their own.
    pub(crate) parts: Vec<String>,
}

impl SecretForms {
    pub(crate) fn of(name: &HeaderName, value: &HeaderValue) -> Self {
        let mut forms = Self::default();
        for text in readings(value.as_bytes()) {
            if let Some((scheme, rest)) = split_scheme(&text) {
                forms.parts.push(rest.to_owned());
                if scheme.eq_ignore_ascii_case("basic") {
                    forms.add_login(decode(rest));
                }
            }
            if *name == header::COOKIE {
                forms.add_cookies(&text);
            } else {
                forms.add_parts(&text);
            }
            forms.add_encoded(&text);
            forms.add_inner(&text);
            forms.wholes.push(text);
        }
        for texts in [&mut forms.wholes, &mut forms.parts] {
            let mut known = HashSet::new();
            texts.retain(|text| known.insert(text.clone()));
        }
        forms
    }

    /// Adds `user:password`, and the password alone.
    fn add_login(&mut self, login: Option<Vec<u8>>) {
        for login in login.iter().flat_map(|login| readings(login)) {
            if let Some((_, password)) = login.split_once(':') {
                self.parts.push(password.to_owned());
            }
            self.add_inner(&login);
            self.wholes.push(login);
        }
    }

    /// Adds each cookie, and each value of one.
    fn add_cookies(&mut self, text: &str) {
        for pair in text.split(';') {
            self.parts.push(pair.trim().to_owned());
            if let Some((_, value)) = pair.split_once('=') {
                self.parts.push(value.trim().to_owned());
            }
        }
    }

    /// Adds the long parts of a list or of parameters, and the long values in them.
    fn add_parts(&mut self, text: &str) {
        for part in text.split([';', ',']) {
            let value = part.split_once('=').map(|(_, value)| value);
            for part in [Some(part), value].into_iter().flatten().map(str::trim) {
                self.add_if_long(part, PART_AT_LEAST);
            }
        }
    }

    /// Adds values encoded like a login, with any scheme or without one.
    fn add_encoded(&mut self, text: &str) {
        let is_other =
            |character: char| !character.is_ascii_alphanumeric() && !"+/-_=".contains(character);
        for encoded in text.split(is_other) {
            let encoded = encoded.trim_end_matches('=');
            let encoded = encoded.rsplit('=').next().unwrap_or(encoded);
            if encoded.len() < ENCODED_AT_LEAST {
                continue;
            }
            let decoded = decode(encoded).filter(|bytes| is_login(bytes));
            if decoded.is_some() {
                self.parts.push(encoded.to_owned());
                self.add_login(decoded);
            }
        }
    }

    /// Adds the values of a JSON text, or the password and the pieces of another text.
    fn add_inner(&mut self, text: &str) {
        let json = text
            .starts_with(['{', '['])
            .then(|| serde_json::from_str(text));
        let Some(Ok(json)) = json else {
            self.add_password(text);
            self.add_pieces(text);
            return;
        };
        let mut values: Vec<Value> = vec![json];
        while let Some(value) = values.pop() {
            match value {
                Value::Array(inner) => values.extend(inner),
                Value::Object(inner) => values.extend(inner.into_iter().map(|(_, value)| value)),
                Value::String(text) => {
                    self.add_if_long(&text, PASSWORD_AT_LEAST);
                    self.add_password(&text);
                    self.add_pieces(&text);
                }
                Value::Number(number) => {
                    self.add_if_long(&number.to_string(), PART_WITH_DIGIT_AT_LEAST);
                }
                Value::Null | Value::Bool(_) => {}
            }
        }
    }

    /// Adds the password of `user:password` and of `https://user:password@host`.
    fn add_password(&mut self, text: &str) {
        let authority = text.split_once("://").map(|(_, rest)| {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            rest.get(..end).unwrap_or(rest)
        });
        let login = authority.unwrap_or(text).rsplit_once('@');
        let login = login.map(|(login, _)| login);
        // In a URL without a login, a `:` is followed by a port or a path.
        let text = authority.is_none().then_some(text);
        for login in [text, login].into_iter().flatten() {
            let Some((user, password)) = login.split_once(':') else {
                continue;
            };
            if is_port(user, password) || is_time(user, password) {
                continue;
            }
            let first = password.trim().split([' ', ',', ';', '"', '}']).next();
            for password in [Some(password), first].into_iter().flatten() {
                self.add_if_long(password.trim(), PASSWORD_AT_LEAST);
            }
        }
    }

    /// Adds the long pieces between separators, except the names of values.
    fn add_pieces(&mut self, text: &str) {
        let is_separator =
            |character: char| character.is_whitespace() || ":/|\\@{}\",;=".contains(character);
        let mut end = 0;
        for piece in text.split_inclusive(is_separator) {
            end += piece.len();
            let rest = text.get(end..).unwrap_or_default();
            let has_value = |first: char| first == '"' || !is_separator(first);
            if piece.ends_with('=') && rest.starts_with(has_value) {
                continue;
            }
            let piece = piece.trim_end_matches(is_separator);
            let significant = piece
                .chars()
                .filter(|character| character.is_alphanumeric());
            if significant.count() >= PASSWORD_AT_LEAST {
                let has_digit = piece.bytes().any(|byte| byte.is_ascii_digit());
                let at_least = match has_digit {
                    true => PART_WITH_DIGIT_AT_LEAST,
                    false => PART_AT_LEAST,
                };
                self.add_if_long(piece, at_least);
            }
        }
    }

    fn add_if_long(&mut self, part: &str, at_least: usize) {
        if part.chars().count() >= at_least {
            self.parts.push(part.to_owned());
        }
    }
}

/// Whether the bytes are printable text of the form `user:password`.
fn is_login(decoded: &[u8]) -> bool {
    let has_controls = match str::from_utf8(decoded) {
        Ok(text) => text.chars().any(char::is_control),
        // As Latin-1.
        Err(_) => decoded.iter().any(|byte| char::from(*byte).is_control()),
    };
    !has_controls && decoded.contains(&b':')
}

/// Whether a `:` separates a host and a port.
fn is_port(before: &str, behind: &str) -> bool {
    let is_host = before.contains('.') || before == "localhost" || before.ends_with(']');
    is_host && behind.len() <= 5 && behind.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a `:` is part of a time, as in `Wed, 21 Oct 2015 07:28:00 GMT`.
fn is_time(before: &str, behind: &str) -> bool {
    let date = before.trim_end_matches(|character: char| character.is_ascii_digit());
    let is_hour = (1..=2).contains(&(before.len() - date.len()));
    let (minute, rest) = behind.split_at_checked(2).unwrap_or((behind, ""));
    let is_minute = minute.len() == 2 && minute.bytes().all(|byte| byte.is_ascii_digit());
    let has_end = !rest.starts_with(|first: char| first.is_alphanumeric());
    let is_separate = date.is_empty() || date.ends_with([' ', 'T']);
    is_separate && is_hour && is_minute && has_end
}

/// Decodes bytes as UTF-8 and as Latin-1, which Python's servers use for headers.
fn readings(bytes: &[u8]) -> Vec<String> {
    let mut readings = vec![String::from_utf8_lossy(bytes).into_owned()];
    if !bytes.is_ascii() {
        readings.push(bytes.iter().copied().map(char::from).collect());
    }
    readings
}

/// The scheme of an `Authorization` header, and the credentials.
fn split_scheme(value: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = value.split_once(' ')?;
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (!scheme.is_empty() && scheme.bytes().all(is_scheme)).then(|| (scheme, rest.trim_start()))
}

fn decode(encoded: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabets = [&STANDARD, &URL_SAFE];
    alphabets
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(encoded).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(name: HeaderName, value: &str) -> SecretForms {
        SecretForms::of(&name, &HeaderValue::from_str(value).unwrap())
    }

    #[test]
    fn a_login_is_decoded() {
        // `me:pässword` and `me:pass`, with and without padding.
        for value in [
            "Basic bWU6cMOkc3N3b3Jk",
            "basic  bWU6cGFzcw==",
            "Basic bWU6cGFzcw",
        ] {
            let forms = forms(header::AUTHORIZATION, value);
            assert!(
                forms.wholes.iter().any(|form| form.starts_with("me:p")),
                "{value}"
            );
            assert!(
                forms.parts.iter().any(|form| form.starts_with("p")),
                "{value}"
            );
        }
    }

    #[test]
    fn each_cookie_is_a_secret() {
        let SecretForms { parts, .. } = forms(header::COOKIE, "a=one; b=two=2");
        assert_eq!(parts, ["a=one", "one", "b=two=2", "two=2"]);
    }

    #[test]
    fn long_parts_of_a_list_are_secrets() {
        let list = forms(
            HeaderName::from_static("x-keys"),
            "long-key-1, short;k=long-key-2",
        );
        assert_eq!(list.parts, ["long-key-1", "k=long-key-2", "long-key-2"]);
    }

    #[test]
    fn passwords_and_pieces_are_secrets_on_their_own() {
        // `me:hunter2` in Base64.
        const ENCODED: &str = "bWU6aHVudGVyMg==";
        for value in [
            "me:hunter2",
            "login=me:hunter2; v=1",
            "https://me:hunter2@proxy.example.com/path",
            "hunter2@realm",
            "bob|hunter2",
            r"bob\hunter2",
            "bob/hunter2",
            r#"{"user":"bob","password":"hunter2"}"#,
            r#"[{"login":{"password":"hunter2"}}]"#,
            "key1=abc,key2=hunter2",
            ENCODED,
            &format!("ApiKey {ENCODED}"),
            &format!("Basic YTpi, Basic {ENCODED}"),
            &format!("v=1;login={ENCODED}"),
        ] {
            let forms = forms(HeaderName::from_static("x-login"), value);
            let is_known = forms.parts.iter().any(|part| part == "hunter2");
            assert!(is_known, "{value}: {forms:?}");
        }
        let forms = forms(HeaderName::from_static("x-login"), "https://me:word@proxy");
        assert!(forms.parts.iter().any(|part| part == "word"), "{forms:?}");
    }

    #[test]
    fn names_ports_and_times_are_no_passwords() {
        for (value, other) in [
            (r#"{"password":"hunter2"}"#, "password"),
            ("password=hunter2", "password"),
            ("proxy.example.com:8080", "8080"),
            ("localhost:8080", "8080"),
            ("Wed, 21 Oct 2015 07:28:00 GMT", "28:00 GMT"),
            ("https://example.com", "//example.com"),
        ] {
            let forms = forms(HeaderName::from_static("x-value"), value);
            let is_known = forms.parts.iter().any(|part| part == other);
            assert!(!is_known, "{value}: {forms:?}");
        }
    }

    #[test]
    fn a_value_beyond_ascii_is_read_in_two_ways() {
        let SecretForms { wholes, .. } = forms(HeaderName::from_static("x-login"), "pässwörd");
        assert_eq!(wholes, ["pässwörd", "pÃ¤sswÃ¶rd"]);
    }
}
