//! What a small program costs that uses a client: CPU time of a build, crates and size.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::{
    bench::{
        contender::{Contender, cargo},
        cpu_time, openapi_generator,
    },
    project,
    server::default_cache,
};

/// The contenders that a program can depend on.
const CONTENDERS: [Contender; 3] = [
    Contender::Ours,
    Contender::ByHand,
    Contender::OpenapiGenerator,
];

/// What a program costs.
pub(crate) struct BuildCost {
    pub(crate) contender: Contender,
    /// User and system time of a debug build with an empty target folder.
    pub(crate) seconds: f64,
    pub(crate) crates: usize,
    /// Bytes of the stripped release binary.
    pub(crate) size: u64,
}

/// Builds a program with each client.
///
/// # Errors
///
/// When one does not build.
pub(crate) async fn measure() -> Result<Vec<BuildCost>> {
    let mut costs = Vec::new();
    for contender in CONTENDERS {
        let folder = default_cache()
            .join("bench")
            .join("build")
            .join(contender.name());
        let _ = fs::remove_dir_all(&folder);
        let cost = cost(contender, &folder).await;
        // A build is larger than all that is worth keeping.
        let _ = fs::remove_dir_all(&folder);
        costs.push(cost?);
    }
    Ok(costs)
}

async fn cost(contender: Contender, folder: &Path) -> Result<BuildCost> {
    let source = folder.join("src");
    fs::create_dir_all(&source)?;
    fs::write(folder.join("Cargo.toml"), manifest(contender).await?)?;
    fs::write(source.join("main.rs"), program(contender))?;
    fs::copy(
        project::root().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )?;
    run(folder, &["fetch"]).await?;
    let before = cpu_time::of_ended_processes()?;
    let messages = run(
        folder,
        &[
            "build",
            "--offline",
            "--message-format",
            "json-render-diagnostics",
        ],
    )
    .await?;
    let after = cpu_time::of_ended_processes()?;
    fs::remove_dir_all(folder.join("target"))?;
    let stripped = ["--config", "profile.release.strip=true"];
    run(
        folder,
        &[&["build", "--offline", "--release"][..], &stripped].concat(),
    )
    .await?;
    let binary: PathBuf = folder.join("target/release/program");
    let size = fs::metadata(&binary).with_context(|| format!("no {}", binary.display()))?;
    Ok(BuildCost {
        contender,
        seconds: after.user + after.system - before.user - before.system,
        crates: crates(&messages),
        size: size.len(),
    })
}

async fn run(folder: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(cargo())
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .stderr(Stdio::piped())
        .output()
        .await
        .context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "`cargo {}` failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The crates that were built, without the program, by the messages of cargo.
fn crates(messages: &str) -> usize {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let packages = messages.filter_map(|message| {
        let is_built = message.get("reason")? == "compiler-artifact";
        let package = message.get("package_id")?.as_str()?.to_owned();
        is_built.then_some(package)
    });
    packages.collect::<BTreeSet<_>>().len().saturating_sub(1)
}

/// Without TLS, which costs all of them the same.
async fn manifest(contender: Contender) -> Result<String> {
    let reqwest =
        "reqwest = { version = \"0.13\", default-features = false, features = [\"json\"] }";
    let dependencies = match contender {
        Contender::Ours | Contender::Generated => format!(
            "owui-groups = {{ path = {:?}, default-features = false }}",
            project::root()
        ),
        Contender::ByHand | Contender::Hyper => {
            format!("{reqwest}\nserde = {{ version = \"1\", features = [\"derive\"] }}")
        }
        Contender::OpenapiGenerator => format!(
            "openapi = {{ path = {:?}, default-features = false }}",
            openapi_generator::package().await?.join("client")
        ),
    };
    Ok(format!(
        r#"[workspace]

[package]
name = "program"
version = "0.0.0"
edition = "2024"

[dependencies]
{dependencies}
tokio = {{ version = "1", features = ["macros", "rt"] }}
"#
    ))
}

/// A program that shows the names of the groups.
fn program(contender: Contender) -> &'static str {
    match contender {
        Contender::Ours | Contender::Generated => {
            r#"use owui_groups::GroupsClient;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    for group in GroupsClient::from_env()?.list().await? {
        println!("{}", group.name);
    }
    Ok(())
}
"#
        }
        Contender::ByHand | Contender::Hyper => {
            r#"#[derive(serde::Deserialize)]
struct Group {
    name: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("OPENWEBUI_URL")? + "/api/v1/groups/";
    let request = reqwest::Client::new().get(url).bearer_auth(std::env::var("OPENWEBUI_TOKEN")?);
    for group in request.send().await?.error_for_status()?.json::<Vec<Group>>().await? {
        println!("{}", group.name);
    }
    Ok(())
}
"#
        }
        Contender::OpenapiGenerator => {
            r#"use openapi::apis::{configuration::Configuration, groups_api::list_groups};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut configuration = Configuration::new();
    configuration.base_path = std::env::var("OPENWEBUI_URL")?;
    configuration.bearer_access_token = Some(std::env::var("OPENWEBUI_TOKEN")?);
    for group in list_groups(&configuration, None).await? {
        println!("{}", group.name);
    }
    Ok(())
}
"#
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_with_a_build_script_counts_once() {
        let artifact =
            |package| format!("{{\"reason\":\"compiler-artifact\",\"package_id\":\"{package}\"}}");
        let messages = [artifact("libc"), artifact("libc"), artifact("program")].join("\n");
        assert_eq!(crates(&messages), 1);
    }
}
