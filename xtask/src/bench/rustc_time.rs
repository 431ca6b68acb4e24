//! The CPU time that the compiler needs for each crate.

use std::{collections::HashMap, fs, os::unix::fs::PermissionsExt, path::Path, process::Stdio};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::{bench::contender::cargo, project, server::default_cache};

/// Runs the compiler, and notes its time with the package that cargo names.
const WRAPPER: &str = r#"#!/usr/bin/env bash
exec 3>&2
TIMEFORMAT="%U %S $CARGO_PKG_NAME v$CARGO_PKG_VERSION"
{ time "$@" 2>&3; } 2>>"$RUSTC_TIMES"
"#;

/// The seconds of each crate, such as `syn v3.0.10`, in a debug build of the client with an empty
/// target folder. What build scripts do, for example compile C, is not included.
///
/// # Errors
///
/// When the client does not build.
pub(crate) async fn measure() -> Result<HashMap<String, f64>> {
    let folder = default_cache().join("bench").join("rustc-time");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let seconds = build(&folder).await;
    // A build is larger than all that is worth keeping.
    let _ = fs::remove_dir_all(&folder);
    seconds
}

async fn build(folder: &Path) -> Result<HashMap<String, f64>> {
    let (wrapper, times) = (folder.join("wrapper"), folder.join("times"));
    fs::write(&wrapper, WRAPPER)?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    let output = Command::new(cargo())
        .args(["build", "--package", "owui-groups", "--target-dir"])
        .arg(folder.join("target"))
        .current_dir(project::root())
        .env("RUSTC_WRAPPER", &wrapper)
        .env("RUSTC_TIMES", &times)
        .stdin(Stdio::null())
        .output()
        .await
        .context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "the client does not build: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let times = fs::read_to_string(&times).context("the compiler was not timed")?;
    Ok(parse(&times))
}

/// Reads lines such as `1.250 0.130 syn v3.0.10`. A package may have several.
fn parse(times: &str) -> HashMap<String, f64> {
    let mut all = HashMap::new();
    for line in times.lines() {
        let mut words = line.splitn(3, ' ');
        let mut seconds = || words.next()?.parse::<f64>().ok();
        if let (Some(user), Some(system)) = (seconds(), seconds())
            && let Some(package) = words.next()
        {
            *all.entry(package.to_owned()).or_default() += user + system;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_a_package_are_added() {
        let times = "1.500 0.250 syn v3.0.10\n0.250 0.000 libc v0.2.1\n0.250 0.250 syn v3.0.10\n\
                     warning: unused\n";
        let times = parse(times);
        assert_eq!(times.get("syn v3.0.10"), Some(&2.25));
        assert_eq!(times.len(), 2);
    }
}
