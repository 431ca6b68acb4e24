//! Tools for maintainers. `cargo xtask help` lists them.

#![forbid(unsafe_code)]

mod bench;
mod check;
mod conformance;
mod document;
mod generator;
mod history;
mod project;
mod published;
mod recorded;
mod refresh;
mod server;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Tools for maintainers of owui-groups.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts a real Open WebUI, or runs a command against one
    Server(server::Arguments),
    /// Updates the OpenAPI documents from a running server
    Refresh(refresh::Arguments),
    /// Records the operations, fields and permissions of each release, from real servers
    History(history::Arguments),
    /// Checks, offline, that the checked-in documents match
    Check,
    /// Compares the responses of the mock with those of real servers
    Conformance(conformance::Arguments),
    /// Compares the instruction counts of the client and of other clients (requires valgrind)
    Bench(bench::Arguments),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Server(arguments) => server::run(arguments).await,
        Command::Refresh(arguments) => refresh::run(arguments).await,
        Command::History(arguments) => history::run(arguments).await,
        Command::Check => check::run(),
        Command::Conformance(arguments) => conformance::run(arguments).await,
        Command::Bench(arguments) => bench::run(arguments).await,
    }
}
