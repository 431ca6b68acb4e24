//! What the figures depend on: the machine and the versions of programs and crates.

use std::{fs, thread};

use anyhow::{Context, Result};
use tokio::process::Command;

use crate::{
    bench::{contender::cargo, openapi_generator},
    project,
};

/// Crates that do most of the work in all contenders.
const CRATES: [&str; 6] = [
    "reqwest",
    "hyper",
    "tokio",
    "serde",
    "serde_json",
    "progenitor-client",
];

/// Names and values of what the figures depend on.
///
/// # Errors
///
/// When a program is missing.
pub(crate) async fn describe() -> Result<Vec<(&'static str, String)>> {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let lock =
        fs::read_to_string(project::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let crates = CRATES.map(|name| {
        let version = locked(&lock, name).unwrap_or("unknown");
        format!("{name} {version}")
    });
    Ok(vec![
        ("Date", output("date", &["-u", "+%Y-%m-%d"]).await?),
        (
            "Processor",
            model(&processor).unwrap_or("unknown").to_owned(),
        ),
        (
            "Cores",
            thread::available_parallelism()
                .map_or(0, usize::from)
                .to_string(),
        ),
        ("System", output("uname", &["-s", "-r", "-m"]).await?),
        ("Compiler", output("rustc", &["--version"]).await?),
        (
            "Build",
            output(&cargo().to_string_lossy(), &["--version"]).await?,
        ),
        ("Crates", crates.join(", ")),
        ("valgrind", output("valgrind", &["--version"]).await?),
        ("openapi-generator", openapi_generator::VERSION.to_owned()),
    ])
}

async fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().await;
    let output = output.with_context(|| format!("cannot run {program}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The model of the first processor.
fn model(processors: &str) -> Option<&str> {
    let mut lines = processors.lines().filter_map(|line| line.split_once(':'));
    let (_, model) = lines.find(|(name, _)| name.trim() == "model name")?;
    Some(model.trim())
}

/// The version of a crate in a lock file.
pub(crate) fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, entry) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    entry.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_that_of_the_first_processor() {
        let processors = "processor\t: 0\nmodel name\t: AMD EPYC\n\nmodel name\t: other\n";
        assert_eq!(model(processors), Some("AMD EPYC"));
        assert_eq!(model(""), None);
    }

    #[test]
    fn versions_are_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"hyper-util\"\nversion = \"0.1.21\"\n\n\
                    [[package]]\nname = \"hyper\"\nversion = \"1.12.0\"\n";
        assert_eq!(locked(lock, "hyper"), Some("1.12.0"));
        assert_eq!(locked(lock, "tokio"), None);
    }
}
