//! Counts the instructions of a program.

use anyhow::{Context, Result};

use crate::bench::process::Run;

const COMMAND: &[&str] = &[
    "valgrind",
    "--tool=callgrind",
    "--callgrind-out-file=/dev/null",
];

/// Counts the instructions of calls, start-up included, in user space.
///
/// # Errors
///
/// When valgrind is missing, or the program fails.
pub(crate) async fn instructions(run: &Run<'_>, calls: u32) -> Result<f64> {
    let written = run.start(COMMAND, calls).await?;
    collected(&written.stderr).context("valgrind did not report the number of instructions")
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
