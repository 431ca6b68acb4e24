//! Releases that a server might publish next: `cargo xtask refresh` has to take each of them that
//! only adds something, without an edit by hand, and to name the files that others concern.
//!
//! `table` has the releases. `reports.txt` has the report of each, which is reviewed and compared
//! without compiling anything (`src/refresh/releases.rs`). The tests here compile. Those that are
//! ignored take minutes: `cargo test -p xtask --test releases -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../command/mod.rs"]
mod command;
#[path = "../fake_server/mod.rs"]
mod fake_server;
mod table;

use std::{
    collections::BTreeSet,
    env,
    process::{Command, Output},
    time::Instant,
};

use serde_json::Value;

use crate::{
    command::{printed, project, refresh},
    fake_server::{json_of, published, serve, version},
    table::{Outcome, Release, combination, releases},
};

/// The exit status for a document that differs and can be taken.
const DIFFERS: i32 = 3;

/// What the list of files that do not compile begins with.
const PROBLEMS: &str = "does not compile with the new documents:\n";

fn check(document: &Value) -> Output {
    let url = serve(json_of(document), version("0.13.0"));
    refresh(&["--check", "--url", &url])
}

/// The document with all of these changes.
fn with<'a>(releases: impl IntoIterator<Item = &'a Release>) -> Value {
    let mut document = published();
    for release in releases {
        (release.change)(&mut document);
    }
    document
}

fn of_outcome(outcomes: &[Outcome]) -> Vec<Release> {
    let mut found = releases();
    found.retain(|release| outcomes.contains(&release.outcome));
    found
}

#[track_caller]
fn is_taken(document: &Value) {
    let output = check(document);
    assert_eq!(output.status.code(), Some(DIFFERS), "{}", printed(&output));
}

#[test]
fn a_release_with_every_addition_is_taken() {
    is_taken(&with(&of_outcome(&[Outcome::Taken, Outcome::NeedsMethod])));
}

/// `RELEASE` chooses those with this in their name.
#[test]
#[ignore = "compiles the workspace for each addition"]
fn each_addition_is_taken() {
    each_has_its_outcome(Release::is_addition);
}

/// `RELEASE` chooses those with this in their name.
#[test]
#[ignore = "compiles the workspace for each change"]
fn each_other_change_has_its_outcome() {
    each_has_its_outcome(|release| !release.is_addition());
}

#[track_caller]
fn each_has_its_outcome(is_included: fn(&Release) -> bool) {
    let only = env::var("RELEASE").unwrap_or_default();
    let mut wrong = Vec::new();
    for release in releases() {
        if !is_included(&release) || !release.name.contains(&only) {
            continue;
        }
        let started = Instant::now();
        let output = check(&with([&release]));
        let text = printed(&output);
        let reason = unexpected(release.outcome, output.status.code(), &text);
        println!(
            "{:<55} {:>3} s  {}",
            release.name,
            started.elapsed().as_secs(),
            reason.as_deref().unwrap_or("as expected")
        );
        let (_, problems) = text.split_once(PROBLEMS).unwrap_or_default();
        let problems = problems.lines().take_while(|line| line.starts_with("  "));
        problems.for_each(|line| println!("  {line}"));
        if let Some(reason) = reason {
            wrong.push(format!("{} {reason}:\n{text}", release.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How the end of the command and what it printed differ from an outcome.
fn unexpected(outcome: Outcome, status: Option<i32>, text: &str) -> Option<String> {
    let (expected, files) = match outcome {
        Outcome::Taken | Outcome::NeedsMethod | Outcome::Breaking => (DIFFERS, [].as_slice()),
        Outcome::Unchanged => (0, [].as_slice()),
        Outcome::Refused(files) => (1, files),
    };
    if status != Some(expected) {
        return Some(format!("exits with {status:?}, not {expected}"));
    }
    let lacks = |file: &&&str| !text.contains(&format!("\n  {file}:"));
    let lacking = files.iter().find(lacks)?;
    Some(format!("does not name {lacking}"))
}

/// `SEED` chooses one combination.
#[test]
#[ignore = "compiles the workspace for each combination"]
fn random_combinations_of_additions_are_taken() {
    let chosen = env::var("SEED").ok().map(|seed| seed.parse().unwrap());
    let seeds = chosen.map_or_else(|| Vec::from_iter(1..=4), |seed| vec![seed]);
    let releases = releases();
    for seed in seeds {
        let combined = combination(&releases, seed);
        let names = Vec::from_iter(combined.iter().map(|release| release.name));
        println!("seed {seed}: {}", names.join("; "));
        is_taken(&with(combined));
    }
}

#[test]
#[ignore = "compiles the workspace and its tests"]
fn after_a_release_without_operations_the_tests_ask_for_types() {
    is_taken(&with(&of_outcome(&[Outcome::Taken])));
    let expected = REVIEWED.iter().chain(&ASK_FOR_TYPES);
    assert_eq!(
        failing_tests(),
        expected.map(|name| (*name).to_owned()).collect()
    );
}

#[test]
#[ignore = "compiles the workspace and its tests"]
fn after_a_release_with_operations_the_tests_ask_for_methods() {
    is_taken(&with(&of_outcome(&[Outcome::Taken, Outcome::NeedsMethod])));
    let expected = REVIEWED.iter().chain(&ASK_FOR_TYPES);
    let expected = expected.chain(&ASK_FOR_METHODS);
    let expected = expected.map(|name| (*name).to_owned());
    assert_eq!(failing_tests(), expected.collect());
}

/// Tests of what is reviewed and accepted with `UPDATE_EXPECT=1`.
const REVIEWED: [&str; 4] = [
    "each_query_parameter_and_field_of_a_body_can_be_sent",
    "every_integer_of_a_response_is_a_time_or_not_negative",
    "the_client_has_the_reviewed_api",
    "the_table_in_the_documentation_is_what_the_versions_bring",
];

/// Tests that name a new type of a response, and what to do about it.
const ASK_FOR_TYPES: [&str; 2] = [
    "every_open_enum_of_the_document_is_tested_here",
    "every_schema_of_an_answer_has_a_public_type",
];

/// Tests that name a new operation, and what to do about it.
const ASK_FOR_METHODS: [&str; 2] = [
    "every_operation_is_wrapped_or_left_out",
    "rules::operations::tests::every_operation_has_a_rule",
];

/// Tests of memory, whose limits are for types with fewer fields than all additions together have.
const OF_MEMORY: [&str; 2] = ["a list as large as the limit", "many keys"];

/// Runs the tests of the project as the last check left it. Some run the examples.
fn failing_tests() -> BTreeSet<String> {
    let target = project().join("target");
    let output = Command::new(env!("CARGO"))
        .args([
            "test",
            "--no-fail-fast",
            "--locked",
            "--bins",
            "--tests",
            "--examples",
        ])
        .args([
            "-p",
            "owui-groups",
            "-p",
            "owui-groups-mock",
            "-p",
            "owui-groups-cli",
        ])
        .args([
            "--features",
            "owui-groups/schemars,owui-groups/unstable-generated",
        ])
        .current_dir(target.join("xtask/candidate"))
        .env("CARGO_TARGET_DIR", std::path::absolute(&target).unwrap())
        .output()
        .unwrap();
    let text = printed(&output);
    println!("{text}");
    assert!(text.contains("test result: "), "{text}");
    let failed = text.lines().filter_map(|line| {
        let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
        Some(name.trim().to_owned())
    });
    failed
        .filter(|name| !OF_MEMORY.contains(&name.as_str()))
        .collect()
}
