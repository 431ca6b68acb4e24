//! Where a request carries the token.

use http::{HeaderName, header};

use crate::{
    error::{Error, Result},
    value::text_check,
};

/// The headers of the request itself, except the one with the token.
const RESERVED: [HeaderName; 13] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::HOST,
    header::RANGE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// The name of the cookie that Open WebUI reads a token from.
pub(crate) const COOKIE: &str = "token";

/// Where a request carries the token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum TokenPlace {
    /// `Authorization: Bearer …`.
    #[default]
    Authorization,
    /// A header that contains only the token.
    Header(HeaderName),
    /// `Cookie: token=…`, before the cookies that a caller adds.
    Cookie,
}

impl TokenPlace {
    /// Selects a header with this name.
    ///
    /// # Errors
    ///
    /// Returns `ErrorKind::InvalidInput` if the header has another purpose.
    pub(crate) fn header(name: HeaderName) -> Result<Self> {
        let problem = if name == header::AUTHORIZATION {
            "has a scheme; remove `token_header()` to send the token in it"
        } else if name == header::COOKIE {
            "has names and values; use `token_cookie()` to send the token in it"
        } else if RESERVED.contains(&name) {
            "is reserved; use a different header for the token, for example `x-api-key`"
        } else {
            return Ok(Self::Header(name));
        };
        Err(rejected(&name, problem))
    }

    /// Checks a header that a caller adds.
    ///
    /// # Errors
    ///
    /// Returns `ErrorKind::InvalidInput` for a header of the request itself, for the header with the
    /// token, and for a second cookie with a token.
    pub(crate) fn check_added(&self, name: &HeaderName, value: &str) -> Result<()> {
        let problem = match self {
            Self::Authorization if name == header::AUTHORIZATION => {
                "carries the token; to use it for proxy credentials, send the token with \
                 `token_header()` or `token_cookie()`"
            }
            Self::Header(own) if name == own => {
                "carries the token; use a different header for proxy credentials"
            }
            Self::Cookie if name == header::COOKIE && cookies(value).any(|name| name == COOKIE) => {
                "has a cookie `token`, which conflicts with that of the client; remove it"
            }
            _ if RESERVED.contains(name) => {
                "is reserved; use a different header for proxy credentials"
            }
            _ => return Ok(()),
        };
        Err(rejected(name, problem))
    }
}

fn rejected(name: &HeaderName, problem: &str) -> Error {
    let name = text_check::shown(name.as_str());
    Error::invalid_input(format!("header `{name}` {problem}"))
}

/// The names of cookies.
fn cookies(value: &str) -> impl Iterator<Item = &str> {
    let name = |pair| str::split(pair, '=').next().unwrap_or_default().trim();
    value.split(';').map(name)
}
