//! The programs that are compared.

use std::{fmt, path::PathBuf, process::Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::project;

/// A client that does the work of the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Contender {
    /// `GroupsClient`.
    Ours,
    /// reqwest and serde, written by hand.
    ByHand,
}

impl Contender {
    /// The name in the output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::ByHand => "by-hand",
        }
    }

    fn package(self) -> String {
        format!("contender-{}", self.name())
    }
}

impl fmt::Display for Contender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// A contender that is built.
pub(crate) struct Program {
    pub(crate) contender: Contender,
    pub(crate) path: PathBuf,
}

/// Builds contenders of the workspace, and returns their programs.
///
/// All in one command, so that they share the features of their dependencies.
///
/// # Errors
///
/// When one does not build.
pub(crate) async fn build(contenders: &[Contender]) -> Result<Vec<Program>> {
    let mut command = Command::new(cargo());
    command.args(["build", "--profile", "bench", "--message-format", "json"]);
    for contender in contenders {
        command.args(["--package", &contender.package()]);
    }
    let output = command
        .current_dir(project::root())
        .stderr(Stdio::inherit())
        .output()
        .await
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "the contenders do not build");
    let messages = String::from_utf8_lossy(&output.stdout);
    let program = |&contender: &Contender| {
        let path = executable(&messages, &contender.package());
        Ok(Program {
            contender,
            path: path.context("cargo built no program")?,
        })
    };
    contenders.iter().map(program).collect()
}

/// The cargo that runs this, or the one on the `PATH`.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Where the program of this name is, by the messages of cargo.
pub(crate) fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            message
                .pointer("/target/name")
                .is_some_and(|found| found == name)
        })
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_that_of_the_target() {
        let messages = r#"
{"target":{"name":"tokio"},"executable":null}
{"target":{"name":"contender-ours"},"executable":"/target/release/contender-ours"}
{"reason":"build-finished","success":true}"#;
        let program = Some(PathBuf::from("/target/release/contender-ours"));
        assert_eq!(executable(messages, "contender-ours"), program);
        assert_eq!(executable(messages, "tokio"), None);
    }
}
