//! The forms in which a server may repeat the value of a header.

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::{HeaderName, HeaderValue, header};

/// The least characters of a part of a value that is a secret on its own.
const PART_AT_LEAST: usize = 8;

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
                    forms.add_login(rest);
                }
            }
            if *name == header::COOKIE {
                forms.add_cookies(&text);
            } else {
                forms.add_parts(&text);
            }
            forms.wholes.push(text);
        }
        forms
    }

    /// Adds `user:password`, and the password alone.
    fn add_login(&mut self, encoded: &str) {
        for login in decode(encoded).iter().flat_map(|login| readings(login)) {
            if let Some((_, password)) = login.split_once(':') {
                self.parts.push(password.to_owned());
            }
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

    /// Adds the long parts of a list or of parameters, and the long values in those.
    fn add_parts(&mut self, text: &str) {
        for part in text.split([';', ',']) {
            let value = part.split_once('=').map(|(_, value)| value);
            for part in [Some(part), value].into_iter().flatten().map(str::trim) {
                if part.chars().count() >= PART_AT_LEAST {
                    self.parts.push(part.to_owned());
                }
            }
        }
    }
}

/// Bytes as UTF-8 and as Latin-1, which Python's servers read headers as.
fn readings(bytes: &[u8]) -> Vec<String> {
    let mut readings = vec![String::from_utf8_lossy(bytes).into_owned()];
    if !bytes.is_ascii() {
        readings.push(bytes.iter().copied().map(char::from).collect());
    }
    readings
}

/// The scheme of an `Authorization` header, and what follows it.
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
    fn a_value_beyond_ascii_is_read_in_two_ways() {
        let SecretForms { wholes, .. } = forms(HeaderName::from_static("x-login"), "pässwörd");
        assert_eq!(wholes, ["pässwörd", "pÃ¤sswÃ¶rd"]);
    }
}
