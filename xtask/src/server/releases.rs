//! The releases of Open WebUI on PyPI.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;

use crate::server::{
    install,
    output::last_lines,
    version::{NEWEST, Version},
};

/// What precedes the list in pip's output.
const LIST: &str = "Available versions:";

/// All releases, the oldest first; at least one. Release candidates are not releases.
///
/// pip lists them, with its own settings for the network and the index.
///
/// # Errors
///
/// When pip cannot be installed, cannot reach the index, or prints something else.
pub(crate) async fn releases(cache: &Path) -> Result<Vec<Version>> {
    let python = install::ensure_uv(cache).await?;
    let output = Command::new(python.program())
        .args(["-m", "pip", "index", "versions", "open-webui"])
        .arg("--disable-pip-version-check")
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run pip")?;
    if !output.status.success() {
        bail!(
            "cannot list the releases of Open WebUI; check the network and pip's settings. \
             pip reported:\n{}",
            last_lines(&String::from_utf8_lossy(&output.stderr))
        );
    }
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// The version itself, or the newest release for `newest`.
///
/// # Errors
///
/// As [`releases`], and when the text is not a version.
pub(crate) async fn resolve(version: &str, cache: &Path) -> Result<Version> {
    if version != NEWEST {
        return version.parse();
    }
    let newest = releases(cache).await?.pop();
    newest.context("Open WebUI has no releases")
}

fn parse(output: &str) -> Result<Vec<Version>> {
    let list = output
        .lines()
        .find_map(|line| line.trim().strip_prefix(LIST))
        .with_context(|| {
            format!(
                "pip lists no versions of Open WebUI; it printed:\n{}",
                last_lines(output)
            )
        })?;
    let versions = list.split(',').map(str::trim);
    let mut releases = Vec::new();
    for text in versions.filter(|text| !text.is_empty()) {
        let version: Version = text
            .parse()
            .context("pip lists a version of an unknown form")?;
        releases.extend(version.release().map(|numbers| (numbers, version)));
    }
    ensure!(!releases.is_empty(), "pip lists no releases of Open WebUI");
    releases.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(releases.into_iter().map(|(_, version)| version).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(output: &str) -> Vec<String> {
        let releases = parse(output).unwrap();
        releases.iter().map(Version::to_string).collect()
    }

    #[test]
    fn releases_are_in_the_order_of_their_numbers() {
        let output = "open-webui (0.12.4)\nAvailable versions: 0.12.4, 0.9.6, 0.12.0, 0.6.43\n  \
                      INSTALLED: 0.12.0\n";
        assert_eq!(texts(output), ["0.6.43", "0.9.6", "0.12.0", "0.12.4"]);
    }

    #[test]
    fn candidates_are_not_releases() {
        let output = "Available versions: 0.13.0rc1, 0.13.0.dev2, 0.12.4, 0.12.4.post1";
        assert_eq!(texts(output), ["0.12.4", "0.12.4.post1"]);
    }

    #[test]
    fn other_output_is_an_error() {
        for output in [
            "",
            "Available versions:",
            "Available versions: 1.0rc1",
            "Available versions: x",
        ] {
            assert!(parse(output).is_err(), "{output:?}");
        }
    }
}
