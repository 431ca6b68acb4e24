//! Who sends a request, and whether they may.

use http::{HeaderMap, StatusCode, header};

use super::{
    answer::Answer,
    store::{Store, User},
};
use crate::mock::EmulatedVersion;

/// What an operation asks of its caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anyone signed in whose account was approved.
    Verified,
    Admin,
}

const NOT_PERMITTED: &str = "You do not have permission to access this resource. Please contact \
                             your administrator for assistance.";

/// The caller, given that they may.
///
/// # Errors
///
/// The server's refusal.
pub(super) fn caller<'a>(
    store: &'a Store,
    headers: &HeaderMap,
    access: Access,
) -> Result<&'a User, Answer> {
    let refuse = |detail: &str| Answer::refusal(StatusCode::UNAUTHORIZED, detail);
    let token = token(headers, store.version).ok_or_else(|| refuse("Not authenticated"))?;
    let Some(owner) = store.owner_of(&token) else {
        let key = token.starts_with("sk-");
        return Err(refuse(if key { EXPIRED } else { "401 Unauthorized" }));
    };
    let user = store.user(owner).ok_or_else(|| refuse(EXPIRED))?;
    let permitted = match access {
        Access::Verified => matches!(user.role.as_str(), "user" | "admin"),
        Access::Admin => user.role == "admin",
    };
    if permitted {
        Ok(user)
    } else {
        Err(refuse(NOT_PERMITTED))
    }
}

const EXPIRED: &str = "Your session has expired or the token is invalid. Please sign in again.";

/// The token of a request: `Authorization: Bearer …`, a cookie, and whatever
/// else the version takes.
pub(super) fn token(headers: &HeaderMap, version: EmulatedVersion) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let authorization = text(header::AUTHORIZATION.as_str()).unwrap_or_default();
    let bearer = authorization
        .split_once(' ')
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
        .map(|(_, token)| token.trim());
    let cookie = || {
        let cookies = text(header::COOKIE.as_str()).unwrap_or_default().split(';');
        let mut pairs = cookies.filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(name, value)| (name == "token").then_some(value))
    };
    let other = || {
        if !version.takes_any_scheme() {
            return None;
        }
        let parts: Vec<_> = authorization.split(' ').collect();
        match parts.as_slice() {
            [_, token] => Some(*token),
            _ => text("x-api-key"),
        }
    };
    bearer.or_else(cookie).or_else(other).map(str::to_owned)
}
