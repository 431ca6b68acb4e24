//! Compares versions.

use owui_groups::ServerVersion;

/// Whether `version` is `since` or newer.
pub(crate) fn is_since(version: &str, since: &str) -> bool {
    let parse = |version: &str| version.parse::<ServerVersion>().unwrap();
    parse(version) >= parse(since)
}
