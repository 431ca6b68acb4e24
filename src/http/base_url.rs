//! The server's address, in the forms that people paste.

use std::net::IpAddr;

use reqwest::Url;

use crate::{
    error::{Error, Result},
    value::pasted,
};

/// What can follow `/api` in the address of an endpoint. With another name the path may be that
/// of a server below `/api`.
const BELOW_API: [&str; 11] = [
    "changelog",
    "chat",
    "config",
    "embeddings",
    "models",
    "tasks",
    "usage",
    "v1",
    "version",
    "webhook",
    "webhooks",
];

/// Where the API's documentation is, if a server publishes it.
const DOCUMENTATION: [&str; 3] = ["docs", "openapi.json", "redoc"];

/// The address in front of `/api/v1`, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Accepts the server's address with a sub-path in front, and with the path of an endpoint or
    /// of the documentation behind. Quotation marks and white space around it are removed.
    ///
    /// # Errors
    ///
    /// *Invalid input*, with what to write instead.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = pasted::unquoted(text);
        pasted::check_address(text)?;
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
        let path = before_endpoint(url.path()).trim_end_matches('/');
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

    /// Whether the server is on this machine, as far as the address shows.
    pub(crate) fn is_loopback(&self) -> bool {
        let url = Url::parse(&self.0).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        let name = host.trim_end_matches('.');
        if name == "localhost" || name.ends_with(".localhost") {
            return true;
        }
        let address = host.trim_start_matches('[').trim_end_matches(']').parse();
        address.is_ok_and(|address: IpAddr| {
            let address = address.to_canonical();
            // A connection to the unspecified address leads to this machine too.
            address.is_loopback() || address.is_unspecified()
        })
    }
}

/// The part of a path in front of an endpoint or of the documentation.
fn before_endpoint(path: &str) -> &str {
    // What is behind the last segment that was seen, and the one behind it.
    let mut end = path.trim_end_matches('/');
    let mut next = None;
    let whole = end;
    while let Some((before, segment)) = end.rsplit_once('/') {
        let is_api = segment == "api" && next.is_none_or(|next| BELOW_API.contains(&next));
        let is_documentation = next.is_none() && DOCUMENTATION.contains(&segment);
        if is_api || is_documentation {
            return before;
        }
        if !segment.is_empty() {
            next = Some(segment);
        }
        end = before;
    }
    whole
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
            "https://ai.example.com/api/v1/groups/create",
            "https://ai.example.com/api/version",
            "https://ai.example.com/openapi.json",
            "https://ai.example.com/docs/",
            "\u{feff}\"https://ai.example.com/\"",
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
            "https://example.com/ai/chat/api/v1/groups/",
            "https://example.com/ai/chat/docs",
        ] {
            assert_eq!(base(text), "https://example.com/ai/chat", "{text}");
        }
        assert_eq!(
            base("https://example.com/myapi"),
            "https://example.com/myapi"
        );
        for path in ["/api/ai", "/docs/ai", "/apis/v1", "/api/v1x"] {
            let url = format!("https://example.com{path}");
            assert_eq!(base(&url), url);
            assert_eq!(base(&format!("{url}/api/v1/groups/")), url);
        }
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

    #[test]
    fn addresses_of_this_machine_are_recognised() {
        let is_loopback = |host: &str| {
            let url = format!("http://{host}:8080/ai");
            BaseUrl::parse(&url).unwrap().is_loopback()
        };
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "ai.localhost",
            "127.0.0.1",
            "127.1",
            "127.255.0.9",
            "0x7f.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
            "[::]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "ai.example.com",
            "localhost.example.com",
            "mylocalhost",
            "128.0.0.1",
            "10.0.0.1",
            "192.168.0.1",
            "[::2]",
            "[fe80::1]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
