//! The headers whose values must not be shown.

use std::{fmt, sync::OnceLock};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    error::{Error, Result},
    http::{
        secrets::redaction::Redaction,
        secrets::token_place::{self, TokenPlace},
    },
    value::{pasted, text_check},
};

/// The maximum number of headers that a caller can add. A `HeaderMap` panics at a larger limit.
/// Servers have lower limits: that of hyper is 100, including the headers of the request itself.
const ADDED_AT_MOST: usize = 100;

/// Headers that do not contain secrets. Their values are useful in messages, for example the URL of a
/// redirect. Some headers `x-forwarded-…` are not listed, because proxies forward tokens in them.
const PUBLIC: [&str; 39] = [
    "accept-language",
    "b3",
    "cache-control",
    "date",
    "dnt",
    "forwarded",
    "from",
    "max-forwards",
    "origin",
    "pragma",
    "priority",
    "referer",
    "traceparent",
    "tracestate",
    "upgrade-insecure-requests",
    "user-agent",
    "via",
    "x-amzn-trace-id",
    "x-b3-sampled",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-client-ip",
    "x-correlation-id",
    "x-forwarded-by",
    "x-forwarded-email",
    "x-forwarded-for",
    "x-forwarded-groups",
    "x-forwarded-host",
    "x-forwarded-method",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-preferred-username",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-uri",
    "x-forwarded-user",
    "x-real-ip",
    "x-request-id",
];

/// The headers of every request: the token, and the headers that the caller added.
///
/// Every value is treated as a secret, because it may be proxy credentials, except those of a few
/// headers.
#[derive(Clone, Default)]
pub(crate) struct SecretHeaders {
    headers: HeaderMap,
    /// The header with the token. Its value is always a secret.
    token: Option<HeaderName>,
    /// Created for the first text that is shown, so that a client without errors has no cost.
    redaction: OnceLock<Redaction>,
}

impl SecretHeaders {
    /// Adds a token as it was pasted. Must be called after the headers of the caller were added.
    ///
    /// # Errors
    ///
    /// Returns `ErrorKind::InvalidInput` if a header cannot contain the token.
    pub(crate) fn set_token(&mut self, token: &SecretString, place: &TokenPlace) -> Result<()> {
        let token = pasted::token(token.expose_secret()).map_err(Error::invalid_input)?;
        self.token = match place {
            TokenPlace::Header(name) => Some(name.clone()),
            TokenPlace::Authorization | TokenPlace::Cookie => None,
        };
        match place {
            TokenPlace::Authorization => {
                self.insert(header::AUTHORIZATION, &format!("Bearer {token}"))
            }
            TokenPlace::Header(name) => self.insert(name.clone(), token),
            TokenPlace::Cookie => {
                let mut cookies = format!("{}={token}", token_place::COOKIE).into_bytes();
                if let Some(others) = self.headers.get(header::COOKIE) {
                    cookies.extend_from_slice(b"; ");
                    cookies.extend_from_slice(others.as_bytes());
                }
                self.insert(header::COOKIE, &String::from_utf8_lossy(&cookies))
            }
        }
    }

    /// Adds a header, or replaces one with the same name.
    ///
    /// # Errors
    ///
    /// Returns `ErrorKind::InvalidInput` if a header cannot contain the value, or if there are too
    /// many headers.
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
                "the value of the header `{name}` has characters that are not allowed in a header"
            ))
        })?;
        value.set_sensitive(true);
        let inserted = self.headers.try_insert(name, value);
        inserted.map_err(|_| too_many())?;
        self.redaction = OnceLock::new();
        Ok(())
    }

    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
    }

    /// Finds the values in texts of a server that repeats them.
    pub(crate) fn redaction(&self) -> &Redaction {
        let is_secret = |name: &HeaderName| {
            self.token.as_ref() == Some(name) || !PUBLIC.contains(&name.as_str())
        };
        self.redaction.get_or_init(|| {
            let secrets = self.headers.iter().filter(|(name, _)| is_secret(name));
            Redaction::new(secrets)
        })
    }
}

fn too_many() -> Error {
    Error::invalid_input(format!("too many headers; add at most {ADDED_AT_MOST}"))
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
                .set_token(&token.into(), &TokenPlace::default())
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
    fn a_value_that_is_replaced_is_no_longer_a_secret() {
        let mut headers = SecretHeaders::default();
        for value in ["the first login", "pass"] {
            let name = HeaderName::from_static("x-login");
            headers.set(name, value).unwrap();
        }
        let text = "the first login, pass";
        let redacted = headers.redaction().redact(text, false);
        assert_eq!(redacted, "the first login, [redacted]");
    }

    #[test]
    fn values_of_public_headers_are_shown_unless_they_are_the_token() {
        let mut headers = SecretHeaders::default();
        for (name, value) in [
            ("x-forwarded-host", "ai.example.com"),
            ("x-forwarded-access-token", "hunter2-abc"),
            ("user-agent", "curl/8.5.0"),
        ] {
            headers.set(HeaderName::from_static(name), value).unwrap();
        }
        let place = TokenPlace::Header(HeaderName::from_static("x-request-id"));
        headers.set_token(&"sk-secret".into(), &place).unwrap();
        let text = "ai.example.com curl/8.5.0 hunter2-abc sk-secret";
        let redacted = headers.redaction().redact(text, false);
        assert_eq!(redacted, "ai.example.com curl/8.5.0 [redacted] [redacted]");
    }

    #[test]
    fn headers_are_shown_by_their_names_alone() {
        let mut headers = SecretHeaders::default();
        let place = TokenPlace::default();
        headers.set_token(&"sk-secret".into(), &place).unwrap();
        let shown = format!("{headers:?}");
        assert!(
            shown.contains("authorization") && !shown.contains("secret"),
            "{shown}"
        );
    }
}
