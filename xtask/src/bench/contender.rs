//! The programs that are compared.

use std::{
    env,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, ensure};
use contender_harness::Part;
use serde_json::Value;
use tokio::process::Command;

use crate::{bench::openapi_generator, project, server::default_cache};

/// A client that does the work of the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    /// `GroupsClient`.
    Ours,
    /// reqwest and serde, written by hand.
    ByHand,
    /// What `GroupsClient` wraps.
    Generated,
    /// What openapi-generator makes of the document.
    OpenapiGenerator,
    /// hyper alone, which the others use.
    Hyper,
}

/// What is built of a contender.
#[derive(Clone, Copy)]
pub(crate) enum Build {
    /// What users would build.
    Usual,
    /// It counts its heap too.
    Heap,
}

/// A contender that is built.
pub(crate) struct Program {
    pub(crate) contender: Contender,
    pub(crate) path: PathBuf,
}

impl Contender {
    /// All contenders.
    pub(crate) const ALL: [Self; 5] = [
        Self::Ours,
        Self::ByHand,
        Self::Generated,
        Self::OpenapiGenerator,
        Self::Hyper,
    ];

    /// Those that need nothing but Rust.
    pub(crate) const OF_WORKSPACE: [Self; 4] =
        [Self::Ours, Self::ByHand, Self::Generated, Self::Hyper];

    /// The name in the output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::ByHand => "by-hand",
            Self::Generated => "generated",
            Self::OpenapiGenerator => "openapi-generator",
            Self::Hyper => "hyper",
        }
    }

    /// Whether it does the work of a part.
    pub(crate) fn measures(self, part: Part) -> bool {
        self != Self::Hyper || part == Part::Get
    }

    /// What it is, for readers of the report.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Ours => "`GroupsClient`, with default settings",
            Self::ByHand => {
                "reqwest and serde, written by hand: the same settings of the HTTP client and checks \
                 of responses, permissions as `Map<String, Value>`"
            }
            Self::Generated => {
                "the client inside of `GroupsClient` that progenitor generates, with the composed \
                 calls of `by-hand`"
            }
            Self::OpenapiGenerator => {
                "the reqwest client that openapi-generator generates from `openapi/groups.json`, with \
                 the composed calls of `by-hand`"
            }
            Self::Hyper => {
                "hyper alone: sends the request of `get` and reads the body, without checks, \
                 deadlines and decoding"
            }
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

/// Builds contenders, and returns their programs.
///
/// # Errors
///
/// When one does not build.
pub(crate) async fn build(contenders: &[Contender], build: Build) -> Result<Vec<Program>> {
    let of_workspace: Vec<_> = Contender::OF_WORKSPACE
        .into_iter()
        .filter(|contender| contenders.contains(contender))
        .collect();
    // In one command, so that they share the features of their dependencies.
    let mut programs = cargo_build(&project::root(), &of_workspace, build).await?;
    if contenders.contains(&Contender::OpenapiGenerator) {
        let package = openapi_generator::package().await?;
        let contenders = [Contender::OpenapiGenerator];
        programs.extend(cargo_build(&package, &contenders, build).await?);
    }
    Ok(programs)
}

async fn cargo_build(
    folder: &Path,
    contenders: &[Contender],
    build: Build,
) -> Result<Vec<Program>> {
    let mut command = Command::new(cargo());
    command.args([
        "build",
        "--profile",
        "bench",
        "--message-format",
        "json-render-diagnostics",
    ]);
    // That of the workspace, whose dependencies are built already.
    let target = default_cache();
    let target = target.parent().unwrap_or(&target);
    if let Build::Heap = build {
        command.args(["--features", "heap"]);
    }
    for contender in contenders {
        command.args(["--package", &contender.package()]);
    }
    let output = command
        .arg("--target-dir")
        .arg(target)
        .current_dir(folder)
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
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Where the program of this name is, by the messages of cargo.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            let found = message.pointer("/target/name");
            found.is_some_and(|found| found == name)
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
