//! The releases of Open WebUI on PyPI.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::server::{install, version::Version};

/// The final releases, the newest first.
///
/// # Errors
///
/// If pip cannot be run or installed, or reports none.
pub(crate) async fn releases(cache: &Path) -> Result<Vec<Version>> {
    let python = install::ensure_uv(cache).await?;
    let mut list = Command::new(python.program());
    list.args(["-m", "pip", "index", "versions", "open-webui"])
        .args(["--disable-pip-version-check"])
        .kill_on_drop(true);
    let output = list.output().await.context("cannot run pip")?;
    let releases = listed(&String::from_utf8_lossy(&output.stdout));
    ensure!(
        output.status.success() && !releases.is_empty(),
        "pip reports no releases of open-webui; check the network and pip's settings. pip said:\n{}",
        String::from_utf8_lossy(&output.stderr).trim_end()
    );
    Ok(releases)
}

/// The final releases in what `pip index versions` prints.
fn listed(output: &str) -> Vec<Version> {
    let is_final = |text: &&str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    output
        .lines()
        .filter_map(|line| line.strip_prefix("Available versions:"))
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(is_final)
        .filter_map(|text| text.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_releases_are_listed() {
        let output = "open-webui (0.12.4)\nAvailable versions: 0.12.4, 0.12.0rc1, 0.6.43\n";
        let releases = listed(output);
        let texts: Vec<_> = releases.iter().map(Version::as_str).collect();
        assert_eq!(texts, ["0.12.4", "0.6.43"]);
        assert!(listed("WARNING: pip index is experimental").is_empty());
    }
}
