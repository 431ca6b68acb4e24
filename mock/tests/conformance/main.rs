//! Sends the same requests to real Open WebUI servers and to the mock, and compares the responses.
//!
//! By default, the cases run on the mock of each version, and the responses are compared with the
//! recorded ones of real servers. If `OPENWEBUI_URL` and `OPENWEBUI_TOKEN` (of an admin) are set,
//! the cases and random sequences run on that server and on a mock of its version. All groups of
//! the server are deleted, so do not use one that is in use. `cargo xtask conformance` starts
//! suitable servers.

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
