//! The versions of Open WebUI that the mock emulates: each has a folder of recorded responses.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::project;

/// The versions, the oldest first; at least one.
///
/// # Errors
///
/// When there are none, or the folder cannot be read.
pub(crate) fn versions() -> Result<Vec<String>> {
    let folder = project::root().join("mock/tests/conformance/recorded");
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut versions = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            versions.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    ensure!(!versions.is_empty(), "{} has no versions", folder.display());
    versions.sort_by_cached_key(|version| {
        let numbers = version.split('.').map(str::parse::<u64>);
        numbers.collect::<Result<Vec<_>, _>>().unwrap_or_default()
    });
    Ok(versions)
}

/// The newest of them; empty if there is none, which is no version of a server.
pub(crate) fn newest() -> String {
    let newest = versions().ok().and_then(|mut versions| versions.pop());
    newest.unwrap_or_default()
}
