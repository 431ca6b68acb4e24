//! The server's address, in the forms that people paste.

use reqwest::Url;

use crate::error::{Error, Result};

/// The address in front of `/api/v1`, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Accepts the server's address with a sub-path in front, and with `/api`,
    /// `/api/v1` or a slash behind.
    ///
    /// # Errors
    ///
    /// *Invalid input*, saying what to write instead.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if !text.contains("://") {
            let host = if looks_like_a_host(text) {
                text
            } else {
                "ai.example.com"
            };
            return reject(format!(
                "the base URL has no scheme; write https://{host} or http://{host}"
            ));
        }
        let url = Url::parse(text).map_err(|error| {
            Error::invalid_input("the base URL is not a URL; write one like https://ai.example.com")
                .with_source(error)
        })?;
        let path = url.path().trim_end_matches('/');
        let path = path
            .strip_suffix("/api/v1")
            .or_else(|| path.strip_suffix("/api"))
            .unwrap_or(path)
            .trim_end_matches('/');
        let base = format!("{}{path}", url.origin().ascii_serialization());
        if !matches!(url.scheme(), "http" | "https") {
            return reject(format!(
                "the base URL has the scheme {}; write http or https",
                url.scheme()
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return reject(format!(
                "the base URL has a login in it; write {base} and give a proxy's login as a header"
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return reject(format!(
                "the base URL has a query or a fragment in it; write {base}"
            ));
        }
        Ok(Self(base))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Only then is it shown: it could be a token in the wrong place.
fn looks_like_a_host(text: &str) -> bool {
    let host = text.split(['/', ':']).next().unwrap_or_default();
    let plain = |character: char| character.is_ascii_alphanumeric() || ".-:/".contains(character);
    text.len() <= 64 && text.chars().all(plain) && (host.contains('.') || host == "localhost")
}

fn reject(message: String) -> Result<BaseUrl> {
    Err(Error::invalid_input(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::kind::ErrorKind;

    #[track_caller]
    fn base(text: &str) -> String {
        BaseUrl::parse(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn what_people_paste_is_accepted() {
        for text in [
            "https://ai.example.com",
            "https://ai.example.com/",
            " https://ai.example.com/api",
            "https://ai.example.com/api/v1",
            "https://ai.example.com/api/v1/",
            "HTTPS://AI.example.com:443//",
        ] {
            assert_eq!(base(text), "https://ai.example.com", "{text}");
        }
        assert_eq!(base("http://[::1]:8080/api"), "http://[::1]:8080");
    }

    #[test]
    fn a_path_in_front_is_kept() {
        for text in [
            "https://example.com/ai/chat",
            "https://example.com/ai/chat/api/v1/",
        ] {
            assert_eq!(base(text), "https://example.com/ai/chat", "{text}");
        }
        assert_eq!(
            base("https://example.com/myapi"),
            "https://example.com/myapi"
        );
    }

    #[test]
    fn what_cannot_be_meant_is_rejected_with_what_to_write() {
        for (text, advice) in [
            (
                "ai.example.com",
                "write https://ai.example.com or http://ai.example.com",
            ),
            ("localhost:8080", "write https://localhost:8080"),
            ("", "write https://ai.example.com"),
            ("sk-secret", "write https://ai.example.com"),
            ("me:secret@example.com", "write https://ai.example.com"),
            ("https://", "one like https://ai.example.com"),
            ("ftp://example.com", "write http or https"),
            (
                "https://me:secret@example.com/ai",
                "write https://example.com/ai and",
            ),
            ("https://example.com/api?x=1", "write https://example.com"),
            ("https://example.com/#top", "write https://example.com"),
        ] {
            let error = BaseUrl::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(advice), "{text:?}: {error}");
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }
}
