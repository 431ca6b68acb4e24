//! The workspace with new documents, compiled beside the project.

mod copy;
mod own_versions;
pub(crate) mod problem;

use std::{
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail};
use rustix::fs::{FlockOperation, flock};
use tokio::process::Command;

use crate::{
    project,
    refresh::candidate::problem::{Problem, problems},
    server::{self, progress::note},
};

/// Variables that `cargo run` sets for this program. Build scripts that read them would run again.
const OF_THIS_PACKAGE: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];

/// A copy of the project with other documents.
pub(crate) struct Candidate {
    folder: PathBuf,
    target: PathBuf,
    /// No other process uses the folder while this is open.
    lock: File,
}

impl Candidate {
    /// Copies the project into the cache, with these files, by path, instead of its own.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or written. The project is only read.
    pub(crate) fn create(files: &[(&str, String)]) -> Result<Self> {
        let cache = std::path::absolute(server::default_cache())?;
        let folder = cache.join("candidate");
        let create = || -> Result<File> {
            fs::create_dir_all(&folder)?;
            let lock = File::create(cache.join("candidate.lock"))?;
            flock(&lock, FlockOperation::LockExclusive)?;
            copy::update(&project::root(), &folder, files, own_versions::mark)?;
            Ok(lock)
        };
        let lock =
            create().with_context(|| format!("copying the workspace to {}", folder.display()))?;
        Ok(Self {
            target: cache.parent().unwrap_or(&cache).to_owned(),
            folder,
            lock,
        })
    }

    /// Where the copy is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Compiles everything, tests included, and returns the first problem of each file.
    ///
    /// # Errors
    ///
    /// When cargo cannot do its work for another reason than the code.
    pub(crate) async fn problems(&self) -> Result<Vec<Problem>> {
        note(format_args!(
            "Compiling the workspace with the new documents"
        ));
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args([
                "check",
                "--workspace",
                "--all-targets",
                "--locked",
                "--keep-going",
            ])
            .args([
                "--features",
                "owui-groups/schemars,owui-groups/unstable-generated",
            ])
            .args(["--message-format", "json"])
            .current_dir(&self.folder)
            // The dependencies are those of the project, and are not compiled again.
            .env("CARGO_TARGET_DIR", &self.target)
            // As its stdin the lock outlives this program, should it end before cargo.
            .stdin(Stdio::from(self.lock.try_clone()?))
            .kill_on_drop(true);
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_this_package(name)) {
            command.env_remove(name);
        }
        let output = command.output().await.context("cannot run cargo")?;
        let problems = problems(&String::from_utf8_lossy(&output.stdout));
        if output.status.success() {
            return Ok(Vec::new());
        }
        if problems.is_empty() {
            bail!(
                "cargo cannot check the workspace with the new documents:\n{}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(problems)
    }
}

fn is_of_this_package(variable: &OsStr) -> bool {
    let variable = variable.to_string_lossy();
    OF_THIS_PACKAGE
        .iter()
        .any(|start| variable.starts_with(start))
}
