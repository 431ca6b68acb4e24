//! The command-line tool `owui-groups`.

mod causes;
mod mock;
mod text_file;
mod versions;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::causes::with_causes;

/// Tools for programs that use the groups of Open WebUI.
#[derive(Parser)]
#[command(name = "owui-groups", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Mock(mock::Arguments),
    Versions(versions::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Mock(arguments) => mock::run(arguments).await,
        Command::Versions(arguments) => versions::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("owui-groups: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}
