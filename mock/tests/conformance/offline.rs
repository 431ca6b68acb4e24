//! Compares the mock with the recorded responses of real servers.

use std::{collections::BTreeSet, process::ExitCode, sync::Arc};

use libtest_mimic::{Failed, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::{
    case::{Case, Theme},
    difference::{self, Side},
    elide,
    environment::folder,
    mock,
    options::Options,
    people::People,
    recorded::{self, Recorded},
    session,
    transcript::Entry,
};

pub(crate) fn run(options: Options, themes: Vec<Theme>) -> Result<ExitCode, String> {
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let everybody = Arc::new(People::made_up());
    let few = Arc::new(everybody.without_crowd());
    let mut trials = vec![each_version_is_recorded()];
    for version in mock::versions() {
        let recorded = Recorded::load(&folder(), version)?;
        trials.push(nothing_stale(version, &recorded, &themes));
        for theme in &themes {
            for case in &theme.cases {
                if !case.is_for(version, &everybody) {
                    continue;
                }
                let name = format!("{version}::{}::{}", theme.name, case.name);
                let expected = recorded.of(&theme.name, &case.name).map(<[Entry]>::to_vec);
                // Adding thousands of users takes longer than most cases.
                let people = match case.needs_crowd() {
                    true => Arc::clone(&everybody),
                    false => Arc::clone(&few),
                };
                let case = case.clone();
                let runtime = runtime.handle().clone();
                trials.push(Trial::test(name, move || {
                    check(&runtime, version, &case, &people, expected)
                }));
            }
        }
    }
    Ok(libtest_mimic::run(&options.harness, trials).exit_code())
}

/// There is a folder for each version that the mock emulates, and no other folder.
fn each_version_is_recorded() -> Trial {
    Trial::test("each emulated version is recorded", || {
        let recorded = recorded::versions(&folder())?;
        let emulated: BTreeSet<_> = mock::versions().map(str::to_owned).collect();
        let mut problems = String::new();
        for version in emulated.difference(&recorded) {
            problems.push_str(&format!(
                "{version} is not recorded; {HOW_TO_RECORD} --versions {version}\n"
            ));
        }
        for version in recorded.difference(&emulated) {
            problems.push_str(&format!(
                "recorded/{version} is not a version of EmulatedVersion::ALL; \
                 add it there or delete the folder\n"
            ));
        }
        match problems.as_str() {
            "" => Ok(()),
            problems => Err(problems.into()),
        }
    })
}

/// The transcript of a deleted case must be deleted too.
fn nothing_stale(version: &str, recorded: &Recorded, themes: &[Theme]) -> Trial {
    let is_stale = |(theme, case): &(&str, &str)| {
        let same_theme = themes.iter().filter(|it| it.name == *theme);
        !same_theme
            .flat_map(|theme| &theme.cases)
            .any(|it| it.name == *case)
    };
    let stale: Vec<_> = recorded.cases().filter(is_stale).collect();
    let outcome = match stale.as_slice() {
        [] => Ok(()),
        stale => Err(format!("no cases any more: {stale:?}; {HOW_TO_RECORD}").into()),
    };
    Trial::test(format!("{version}::nothing stale is recorded"), || outcome)
}

fn check(
    runtime: &Handle,
    version: &str,
    case: &Case,
    people: &People,
    expected: Option<Vec<Entry>>,
) -> Result<(), Failed> {
    let Some(expected) = expected else {
        return Err(format!("not recorded; {HOW_TO_RECORD}").into());
    };
    let found = runtime.block_on(async {
        let mock = mock::start(version, people)?;
        session::entries(&mock, case).await
    });
    let found = found.map_err(|problem: String| Failed::from(problem))?;
    let found: Vec<_> = found.into_iter().map(elide::entry).collect();
    let recorded = Side {
        who: "recorded",
        entries: &expected,
    };
    let mock = Side {
        who: "the mock",
        entries: &found,
    };
    match difference::between(&recorded, &mock) {
        Some(report) => Err(report.into()),
        None => Ok(()),
    }
}

const HOW_TO_RECORD: &str = "cargo xtask conformance --record";
