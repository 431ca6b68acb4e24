//! Runs the program of a contender against a server of its own.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use contender_harness::{Part, data::PAUSE};
use tokio::process::Command;

use crate::bench::{contender::Program, loopback::Loopback, script::Script};

/// What a program wrote.
pub(crate) struct Written {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program of a contender, the part that it does, its size, and what the server responds.
pub(crate) struct Run<'a> {
    pub(crate) program: &'a Program,
    pub(crate) part: Part,
    pub(crate) size: usize,
    pub(crate) script: &'a Arc<Script>,
}

impl Run<'_> {
    /// Runs the program for a number of calls, as the last arguments of another command if there
    /// is one.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or fails.
    pub(crate) async fn start(&self, command: &[&str], calls: u32) -> Result<Written> {
        let Self {
            program,
            part,
            size,
            script,
        } = self;
        let delay = match *part {
            Part::MembersSlow => PAUSE,
            _ => Duration::ZERO,
        };
        let server = Loopback::start(Arc::clone(script), delay).await?;
        let mut process = match command {
            [] => Command::new(&program.path),
            [name, arguments @ ..] => {
                let mut process = Command::new(name);
                process.args(arguments).arg(&program.path);
                process
            }
        };
        let output = process
            .args([part.name(), &calls.to_string(), &size.to_string()])
            .env("OPENWEBUI_URL", server.url())
            .env("OPENWEBUI_TOKEN", "sk-benchmark")
            .kill_on_drop(true)
            .output()
            .await
            .with_context(|| {
                format!("cannot run {}", command.first().unwrap_or(&"the contender"))
            })?;
        let written = Written {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        ensure!(
            output.status.success(),
            "{} {part} {calls} failed: {}",
            program.contender,
            written.stderr
        );
        Ok(written)
    }
}
