//! Counts the instructions of a program.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// Counts the instructions of `program PART COUNT` against a server, in user space.
///
/// # Errors
///
/// When valgrind is missing, or the program fails.
pub(crate) async fn instructions(program: &Path, part: &str, count: u32, url: &str) -> Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([part, &count.to_string()])
        .env("OPENWEBUI_URL", url)
        .env("OPENWEBUI_TOKEN", "sk-benchmark")
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run valgrind; install it with your system's package manager")?;
    let log = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{} {part} {count} failed: {log}",
        program.display()
    );
    collected(&log).context("valgrind did not report how many instructions it counted")
}

/// The number of instructions in the log of callgrind.
fn collected(log: &str) -> Option<f64> {
    let (_, count) = log
        .lines()
        .find_map(|line| line.split_once("Collected :"))?;
    count.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_in_the_log() {
        let log = "==7== Events    : Ir\n==7== Collected : 48213377\n==7==\n";
        assert_eq!(collected(log), Some(48_213_377.0));
    }

    #[test]
    fn a_log_without_a_count_has_none() {
        assert_eq!(collected("==7== Events    : Ir\n"), None);
        assert_eq!(collected("==7== Collected : many\n"), None);
    }
}
