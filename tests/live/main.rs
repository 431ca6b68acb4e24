//! The same tests against every real Open WebUI server.
//!
//! With `OPENWEBUI_URL` and `OPENWEBUI_TOKEN` (an admin's) set they run
//! against that server, in parallel, each with groups of its own, and remove
//! all that they made; without the two they are ignored. Use a server that
//! serves nobody: `cargo xtask server` starts one.
//!
//! What a test expects depends on the server's version only where real servers
//! were seen to differ.

mod access;
mod address;
mod arranging;
mod editing;
mod harness;
mod members;
mod membership;
mod missing;
mod operations;
mod outcome;
mod permissions;
mod programs;
mod refusals;
mod server;

use std::{env, net::IpAddr, process::ExitCode};

use libtest_mimic::Arguments;
use owui_groups::{Error, GroupsClient, reqwest::Url};
use server::Live;
use tokio::runtime::Runtime;

const TESTS: &[&[harness::Test]] = &[
    access::TESTS,
    address::TESTS,
    arranging::TESTS,
    editing::TESTS,
    members::TESTS,
    membership::TESTS,
    missing::TESTS,
    operations::TESTS,
    permissions::TESTS,
    programs::TESTS,
    refusals::TESTS,
];

const HOW_TO_RUN: &str = "cargo xtask server --version V -- cargo test --test live";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match run(&arguments) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("live tests: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let tests = TESTS.concat();
    if arguments.list {
        return Ok(libtest_mimic::run(arguments, harness::unavailable(tests)).exit_code());
    }
    if !["OPENWEBUI_URL", "OPENWEBUI_TOKEN"]
        .map(is_set)
        .contains(&true)
    {
        let conclusion = libtest_mimic::run(arguments, harness::unavailable(tests));
        eprintln!("The live tests were skipped; run them with `{HOW_TO_RUN}`.");
        return Ok(conclusion.exit_code());
    }
    let client = GroupsClient::from_env().map_err(|error| outcome::with_causes(&error))?;
    if !is_loopback(client.base_url()) {
        let conclusion = libtest_mimic::run(arguments, harness::unavailable(tests));
        eprintln!(
            "The live tests were skipped: {} may serve somebody, and they make and delete users \
             and groups. Run them with `{HOW_TO_RUN}`.",
            client.base_url()
        );
        return Ok(conclusion.exit_code());
    }

    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let live = runtime
        .block_on(Live::connect(client))
        .map_err(|error: Error| outcome::with_causes(&error))?;
    eprintln!("Open WebUI {} at {}", live.version(), live.url());
    let trials = harness::trials(tests, &live, runtime.handle());
    let conclusion = libtest_mimic::run(arguments, trials);
    if let Err(ending) = runtime.block_on(live.clean_up()) {
        return Err(format!("something is left on the server: {ending:?}"));
    }
    Ok(conclusion.exit_code())
}

fn is_loopback(url: &str) -> bool {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    host == "localhost" || address.is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_set(variable: &str) -> bool {
    env::var(variable).is_ok_and(|value| !value.trim().is_empty())
}
