//! Authenticates the caller of a request and checks the permission.

use http::{HeaderMap, HeaderName, StatusCode, header};

use crate::{
    emulated_version::EmulatedVersion,
    role::Role,
    rules::{
        request::API_KEY,
        response::Response,
        store::{Store, User},
    },
};

/// The callers that an operation permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// All callers. A token is not checked.
    Anyone,
    /// All signed-in users, including those who wait for approval.
    SignedIn,
    /// All signed-in users whose account was approved.
    Verified,
    Admin,
}

const NOT_PERMITTED: &str = "You do not have permission to access this resource. Please contact \
                             your administrator for assistance.";

/// Returns the caller of a permitted request.
///
/// # Errors
///
/// Returns the server's error response if the request is not permitted.
pub(crate) fn caller<'a>(
    store: &'a Store,
    headers: &HeaderMap,
    access: Access,
) -> Result<&'a User, Response> {
    let reject = |detail: &str| Response::error(StatusCode::UNAUTHORIZED, detail);
    let token = token(headers, store.version).ok_or_else(|| reject("Not authenticated"))?;
    let is_key = token.starts_with("sk-");
    let owner = store
        .owner_of(&token)
        .ok_or_else(|| reject(if is_key { EXPIRED } else { "401 Unauthorized" }))?;
    let user = store.user(owner).ok_or_else(|| {
        reject(if store.version.reports_removed_users() && !is_key {
            "Invalid authentication request."
        } else {
            EXPIRED
        })
    })?;
    let permitted = match access {
        Access::Anyone | Access::SignedIn => true,
        Access::Verified => matches!(user.role, Role::User | Role::Admin),
        Access::Admin => user.role == Role::Admin,
    };
    if permitted {
        Ok(user)
    } else {
        Err(reject(NOT_PERMITTED))
    }
}

const EXPIRED: &str = "Your session has expired or the token is invalid. Please sign in again.";

/// The token of a request: from `Authorization: Bearer …`, a cookie, or another header that the
/// version accepts.
pub(crate) fn token(headers: &HeaderMap, version: EmulatedVersion) -> Option<String> {
    let authorization = text(headers, header::AUTHORIZATION);
    let authorization = authorization.as_deref().unwrap_or_default();
    let bearer = || {
        let (scheme, token) = authorization.split_once(' ')?;
        let fits = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
        fits.then(|| token.trim().to_owned())
    };
    let cookie = || {
        let cookies = text(headers, header::COOKIE)?;
        let mut pairs = cookies
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(name, value)| (name == "token").then(|| value.to_owned()))
    };
    let any_scheme = || {
        let (_, token) = words(authorization).filter(|_| version.accepts_any_scheme())?;
        Some(token.to_owned())
    };
    let api_key = || text(headers, API_KEY).filter(|_| version.accepts_api_key_header());
    bearer()
        .or_else(cookie)
        .or_else(any_scheme)
        .or_else(api_key)
}

/// Whether the `Authorization` header does not consist of two words.
pub(crate) fn is_authorization_malformed(headers: &HeaderMap) -> bool {
    text(headers, header::AUTHORIZATION)
        .is_some_and(|text| !text.is_empty() && words(&text).is_none())
}

/// Splits a text that consists of exactly two words, separated by one space.
fn words(text: &str) -> Option<(&str, &str)> {
    let words = text.split_once(' ')?;
    (!words.1.contains(' ')).then_some(words)
}

/// The text of a header, which the server decodes as Latin-1.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(value.as_bytes().iter().copied().map(char::from).collect())
}
