//! The same requests to real Open WebUI servers and to the mock, and the same answers.
//!
//! Without variables the cases run on the mock of each version and are compared with what the
//! real servers were recorded to say. With `OPENWEBUI_URL` and `OPENWEBUI_TOKEN` (an admin's) set
//! they run on that server and on a mock of its version, and random sequences as well. The server
//! must serve nobody: all its groups are deleted. `cargo xtask conformance` starts such ones.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod case;
mod crowd;
mod difference;
mod document;
mod elide;
mod environment;
#[path = "../../../tests/loopback/mod.rs"]
mod loopback;
mod mock;
mod normal;
mod offline;
mod online;
mod options;
mod people;
mod real;
mod recorded;
mod sequence;
mod session;
mod subject;
mod template;
mod transcript;
mod versions;

use std::{env, process::ExitCode};

use crate::{
    environment::{folder, variable},
    options::Options,
};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("conformance: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let options = Options::read(env::args())?;
    let themes = case::themes(&folder())?;
    match (variable("OPENWEBUI_URL"), variable("OPENWEBUI_TOKEN")) {
        (Some(url), Some(token)) => online::run(options, themes, &url, &token),
        (None, None) if options.record => Err("there is no server to record".to_owned()),
        (None, None) => offline::run(options, themes),
        _ => Err("set both OPENWEBUI_URL and OPENWEBUI_TOKEN, or none".to_owned()),
    }
}
