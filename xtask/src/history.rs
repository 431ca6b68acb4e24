//! `cargo xtask history`: which release has what, from real servers of all releases.

mod cache;
pub(crate) mod fetch;

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::{
    document::{
        files::Folder,
        history::{History, raw::Raw, release::Release},
    },
    recorded,
    server::{self, releases::releases, version::Version},
};

/// The exit status of `--check` if a server differs from the history.
const DIFFERENT: u8 = 3;

/// The arguments of `cargo xtask history`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Releases to read, as on PyPI [default: all since the oldest supported one]
    #[arg(long, value_delimiter = ',')]
    versions: Vec<Version>,
    /// Compare with the server at this URL; set OPENWEBUI_TOKEN to the token of an administrator
    #[arg(long, requires = "check", conflicts_with = "versions")]
    url: Option<String>,
    /// Compare only: exit with 0 if the servers match the history, 3 if not, 1 if a step failed
    #[arg(long)]
    check: bool,
}

/// Reads the releases, one server at a time, and writes the history or compares it.
///
/// # Errors
///
/// If the history cannot be read or written. A release that does not start is skipped and
/// reported, and the exit code is 1.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let folder = Folder::of_project();
    let mut history = folder.history()?;
    if let Some(url) = &arguments.url {
        let token = std::env::var("OPENWEBUI_TOKEN");
        let token = token.context("set OPENWEBUI_TOKEN to the token of an administrator")?;
        let raw = fetch::fetch(url, &token).await?;
        return Ok(exit_code(is_same(&history, &raw)?, true));
    }

    let versions = match arguments.versions.as_slice() {
        [] => supported().await?,
        chosen => chosen.to_vec(),
    };
    let (mut same, mut complete) = (true, true);
    for version in versions {
        let raw = match cache::ensure(&version, &server::default_cache()).await {
            Ok(raw) => raw,
            Err(error) => {
                eprintln!("Skipped Open WebUI {version}: {error:#}");
                complete = false;
                continue;
            }
        };
        if arguments.check {
            same &= is_same(&history, &raw)?;
        } else {
            history.add(&raw)?;
        }
    }
    if !arguments.check {
        folder.write_history(&history)?;
        println!(
            "Wrote openapi/history.json: {} releases. \
             Run `cargo xtask refresh --offline` to derive groups.json from it.",
            history.len()
        );
    }
    Ok(exit_code(same, complete))
}

/// Prints how a server differs from the history.
fn is_same(history: &History, raw: &Raw) -> Result<bool> {
    let differences = history.differences(raw)?;
    match differences.is_empty() {
        true => println!("Open WebUI {}: as in history.json", raw.release),
        false => println!("Open WebUI {} differs from history.json:", raw.release),
    }
    for difference in &differences {
        println!("  {difference}");
    }
    Ok(differences.is_empty())
}

fn exit_code(same: bool, complete: bool) -> ExitCode {
    match (same, complete) {
        (true, true) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(DIFFERENT),
        (_, false) => ExitCode::FAILURE,
    }
}

/// All final releases since the oldest supported one, the oldest first.
async fn supported() -> Result<Vec<Version>> {
    let oldest = recorded::versions()?.into_iter().next();
    let oldest: Release = oldest.context("no version is recorded")?.parse()?;
    let mut supported: Vec<(Release, Version)> = Vec::new();
    for version in releases(&server::default_cache()).await? {
        let release = version.as_str().parse()?;
        if release >= oldest {
            supported.push((release, version));
        }
    }
    supported.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(supported.into_iter().map(|(_, version)| version).collect())
}
