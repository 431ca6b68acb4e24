//! Values that must show up nowhere.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};

/// The headers of every request: the token, and what the caller added.
///
/// Every value counts as a secret, because a proxy's login is one too.
#[derive(Clone, Default)]
pub(crate) struct SecretHeaders(HeaderMap);

impl SecretHeaders {
    /// Adds a token, as `Authorization: Bearer …`.
    ///
    /// # Errors
    ///
    /// *Invalid input* when no header can carry the token.
    pub(crate) fn set_token(&mut self, token: &SecretString) -> Result<()> {
        let token = token.expose_secret().trim();
        if token.is_empty() {
            return Err(Error::invalid_input("the token is empty"));
        }
        let visible = token.bytes().all(|byte| byte.is_ascii_graphic());
        if !visible {
            return Err(Error::invalid_input(
                "the token has characters that no HTTP header can carry; \
                 copy it again, without spaces and line breaks in it",
            ));
        }
        self.set(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// Adds a header, in place of one with the same name.
    ///
    /// # Errors
    ///
    /// *Invalid input* when no header can carry the value.
    pub(crate) fn set(&mut self, name: HeaderName, value: &str) -> Result<()> {
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            Error::invalid_input(format!(
                "the value of the header {name} has characters that no header can carry"
            ))
        })?;
        value.set_sensitive(true);
        self.0.insert(name, value);
        Ok(())
    }

    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.insert(name, value.clone());
        }
    }

    /// The text without any of the values, should a server echo them.
    pub(crate) fn redact(&self, text: String) -> String {
        self.0
            .values()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| [value, value.strip_prefix("Bearer ").unwrap_or(value)])
            // Shorter ones are no secrets, and would garble the text.
            .filter(|secret| secret.len() >= 4)
            .flat_map(|secret| [secret.to_owned(), escaped(secret)])
            .fold(text, |text, secret| {
                if text.contains(&secret) {
                    text.replace(&secret, "[redacted]")
                } else {
                    text
                }
            })
    }
}

/// As it stands inside a JSON string.
fn escaped(secret: &str) -> String {
    let json = serde_json::Value::from(secret).to_string();
    json.trim_matches('"').to_owned()
}

impl fmt::Debug for SecretHeaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_map()
            .entries(self.0.keys().map(|name| (name, format_args!("[redacted]"))))
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
}
