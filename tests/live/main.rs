//! Runs the same tests on every Open WebUI server, real or mock.
//!
//! If `OPENWEBUI_URL` and `OPENWEBUI_TOKEN` (of an admin) are set, the tests run on that server, in
//! parallel, each with its own groups. At the end, everything that they created is removed. Do not
//! use a server that is in use; `cargo xtask server` starts one. Otherwise, the tests run on a mock
//! of each version.
//!
//! The expectations depend on the server's version only if real servers were observed to differ.

mod access;
mod address;
mod arranging;
mod editing;
#[path = "../programs/example.rs"]
mod example;
mod harness;
mod hidden_version;
#[path = "../loopback/mod.rs"]
mod loopback;
mod members;
mod membership;
mod missing;
mod operations;
mod outcome;
mod permissions;
mod programs;
mod rejections;
mod server;
mod users;

use std::{env, process::ExitCode};

use libtest_mimic::{Arguments, Trial};
use owui_groups::GroupsClient;
use owui_groups_mock::{EmulatedVersion, MockServer};
use server::Live;
use tokio::runtime::Runtime;

const TESTS: &[&[harness::Test]] = &[
    access::TESTS,
    address::TESTS,
    arranging::TESTS,
    editing::TESTS,
    hidden_version::TESTS,
    members::TESTS,
    membership::TESTS,
    missing::TESTS,
    operations::TESTS,
    permissions::TESTS,
    programs::TESTS,
    rejections::TESTS,
    users::TESTS,
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
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    if !["OPENWEBUI_URL", "OPENWEBUI_TOKEN"]
        .map(is_set)
        .contains(&true)
    {
        eprintln!("On mocks; on a real server: `{HOW_TO_RUN}`.");
        return on_mocks(arguments, tests, &runtime);
    }
    let client = GroupsClient::from_env().map_err(|error| outcome::with_causes(&error))?;
    if !loopback::is_loopback(client.base_url()) {
        let conclusion = libtest_mimic::run(arguments, harness::unavailable(tests));
        eprintln!(
            "The live tests were skipped: {} may serve somebody, and they make and delete users \
             and groups. Run them with `{HOW_TO_RUN}`.",
            client.base_url()
        );
        return Ok(conclusion.exit_code());
    }
    let token = env::var("OPENWEBUI_TOKEN").unwrap_or_default();
    let live = connect(&runtime, client, token)?;
    eprintln!("Open WebUI {} at {}", live.version(), live.url());
    let trials = harness::trials(&tests, "", &live, runtime.handle());
    conclude(arguments, trials, &runtime, &[live])
}

fn on_mocks(
    arguments: &Arguments,
    tests: Vec<harness::Test>,
    runtime: &Runtime,
) -> Result<ExitCode, String> {
    let mut mocks = Vec::new();
    let mut lives = Vec::new();
    let mut trials = Vec::new();
    for version in EmulatedVersion::ALL {
        let mock = MockServer::builder().emulate(*version).start();
        let mock = mock.map_err(|error| error.to_string())?;
        let client = mock
            .client()
            .map_err(|error| outcome::with_causes(&error))?;
        let live = connect(runtime, client, mock.admin_token().to_owned())?;
        let prefix = format!("{version} ");
        trials.extend(harness::trials(&tests, &prefix, &live, runtime.handle()));
        mocks.push(mock);
        lives.push(live);
    }
    conclude(arguments, trials, runtime, &lives)
}

fn connect(runtime: &Runtime, client: GroupsClient, token: String) -> Result<Live, String> {
    let connected = runtime.block_on(Live::connect(client, token));
    connected.map_err(|error| outcome::with_causes(&error))
}

/// Runs the trials and cleans up.
fn conclude(
    arguments: &Arguments,
    trials: Vec<Trial>,
    runtime: &Runtime,
    lives: &[Live],
) -> Result<ExitCode, String> {
    let conclusion = libtest_mimic::run(arguments, trials);
    for live in lives {
        if let Err(ending) = runtime.block_on(live.clean_up()) {
            return Err(format!("something is left on the server: {ending:?}"));
        }
    }
    Ok(conclusion.exit_code())
}

fn is_set(variable: &str) -> bool {
    env::var(variable).is_ok_and(|value| !value.trim().is_empty())
}
