//! The base URL of the server, in the forms that users paste.

use std::net::IpAddr;

use reqwest::Url;

use crate::{
    error::{Error, Result},
    value::pasted,
};

/// The segments that can follow `/api` in the URL of an endpoint. Before another segment, `/api` may
/// be part of a server's sub-path.
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

/// Other paths that users copy from the address bar or from monitoring settings: the documentation of
/// the API, and the health checks. They are below the base URL, `/api` or `/api/v1`.
const OTHER_PAGES: [&str; 6] = [
    "docs",
    "docs/oauth2-redirect",
    "openapi.json",
    "redoc",
    "health",
    "health/db",
];

/// The URL before `/api/v1`, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    url: Url,
}

impl BaseUrl {
    /// Parses the server's URL. It may have a sub-path, and may end with the path of an endpoint, the
    /// documentation or a health check, which is removed. So are quotation marks and white space
    /// around the URL.
    ///
    /// # Errors
    ///
    /// Returns `ErrorKind::InvalidInput` with a suggestion if the URL is invalid.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = pasted::unquoted(text);
        pasted::check_address(text).map_err(Error::invalid_input)?;
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
            Error::invalid_input("the base URL is invalid; write one like https://ai.example.com")
                .with_source(error)
        })?;
        let base = base_of(&url);
        if !matches!(url.scheme(), "http" | "https") {
            return reject(format!(
                "the base URL has the unsupported scheme `{}`; write http or https",
                url.scheme()
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return reject(format!(
                "the base URL has credentials; write {base} and set proxy credentials with \
                 `header()`"
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return reject(format!(
                "the base URL has a query or a fragment; write {base}"
            ));
        }
        if let Some(inner) = behind_second_scheme(&url) {
            let base =
                Url::parse(&inner).map_or("https://ai.example.com".to_owned(), |url| base_of(&url));
            return reject(format!("the base URL has two schemes; write {base}"));
        }
        let url = Url::parse(&base)
            .map_err(|error| Error::invalid_input("the base URL is invalid").with_source(error))?;
        Ok(Self { text: base, url })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether the host is a loopback name or address.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let name = host.trim_end_matches('.');
        if name == "localhost" || name.ends_with(".localhost") {
            return true;
        }
        let address = host.trim_start_matches('[').trim_end_matches(']').parse();
        address.is_ok_and(|address: IpAddr| {
            let address = address.to_canonical();
            // A connection to the unspecified address reaches this machine too.
            address.is_loopback() || address.is_unspecified()
        })
    }
}

/// The base URL, from the URL of an endpoint or a page.
fn base_of(url: &Url) -> String {
    let path = before_endpoint(url.path()).trim_end_matches('/');
    format!("{}{path}", url.origin().ascii_serialization())
}

/// The part of a path before an endpoint, the documentation or a health check.
fn before_endpoint(path: &str) -> &str {
    let path = before_other_page(path);
    let Some(before) = before_api(path, |next| {
        next.is_none_or(|next| is_one_of(next, &BELOW_API))
    }) else {
        return path;
    };
    // An endpoint may be named like the API: `/api/v1/auths/api`.
    before_api(before, |next| {
        next.is_some_and(|next| is_one_of(next, &["v1"]))
    })
    .unwrap_or(before)
}

/// The part of a path before its last `/api` that is followed by an accepted segment.
fn before_api(path: &str, can_follow: impl Fn(Option<&str>) -> bool) -> Option<&str> {
    let mut end = path;
    let mut next = None;
    while let Some((before, segment)) = end.rsplit_once('/') {
        if is_one_of(segment, &["api"]) && can_follow(next) {
            return Some(before);
        }
        if !segment.is_empty() {
            next = Some(segment);
        }
        end = before;
    }
    None
}

fn before_other_page(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let before = |page: &&str| {
        let (before, end) = path.split_at_checked(path.len().checked_sub(page.len())?)?;
        end.eq_ignore_ascii_case(page)
            .then(|| before.strip_suffix('/'))?
    };
    OTHER_PAGES.iter().find_map(before).unwrap_or(path)
}

fn is_one_of(segment: &str, names: &[&str]) -> bool {
    names.iter().any(|name| segment.eq_ignore_ascii_case(name))
}

/// The URL that begins with the last scheme of `https://https://…`.
fn behind_second_scheme(url: &Url) -> Option<String> {
    let scheme_of = |segment: &str| {
        let name = segment.split(':').next().unwrap_or_default();
        ["http", "https"]
            .into_iter()
            .find(|scheme| name.eq_ignore_ascii_case(scheme))
    };
    let mut scheme = scheme_of(url.host_str()?)?;
    let mut rest = url.path().strip_prefix("//")?.trim_start_matches('/');
    while let Some((segment, behind)) = rest.split_once('/')
        && let Some(next) = scheme_of(segment)
    {
        (scheme, rest) = (next, behind.trim_start_matches('/'));
    }
    Some(format!("{scheme}://{rest}"))
}

/// Whether a text can be shown in an error. Other texts may be tokens in the wrong place.
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
            "https://ai.example.com/api/v1/docs",
            "https://ai.example.com/API/V1/Groups",
            "https://ai.example.com/api/v1/auths/api",
            "https://ai.example.com/health",
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
        for path in [
            "/api/ai",
            "/docs/ai",
            "/health/ai",
            "/myhealth",
            "/apis/v1",
            "/api/v1x",
        ] {
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
            ("https://https://", "write https://ai.example.com"),
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
