//! Random sequences of requests, sent to the real server and to the mock in parallel.

mod action;

use std::{cell::Cell, fmt::Write, fs, path::Path};

use proptest::{
    collection::vec,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::{
    case::{Case, Step},
    difference::{self, Side},
    mock,
    session::Session,
    subject::Subject,
};

/// The number of requests in a sequence. The minimum is one, so that shrinking can remove most of
/// them.
const LENGTHS: std::ops::RangeInclusive<usize> = 1..=70;

/// In milliseconds. A shorter sequence is easier to read, but not worth waiting for minutes.
const MAX_SHRINK_TIME: u32 = 60_000;

/// The result of a run.
pub(crate) struct Outcome {
    pub(crate) sequences: usize,
    pub(crate) steps: usize,
    /// The shortest sequence for which the servers differ, and the difference.
    pub(crate) difference: Option<(Case, String)>,
}

/// Compares `count` sequences. The same seed produces the same sequences.
pub(crate) fn run(
    runtime: &Runtime,
    real: &Subject,
    count: u32,
    seed: u64,
) -> Result<Outcome, String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config {
        cases: count,
        failure_persistence: None,
        // `u32::MAX` would select proptest's default, which is much smaller.
        max_shrink_iters: u32::MAX - 1,
        max_shrink_time: MAX_SHRINK_TIME,
        ..Config::default()
    };
    let (sequences, steps) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new_with_rng(config, rng);
    let found = runner.run(&vec(action::any(), LENGTHS), |actions| {
        let requests = action::steps(&actions);
        sequences.set(sequences.get() + 1);
        steps.set(steps.get() + requests.len());
        let compared = runtime.block_on(lockstep(real, &requests));
        compared.map_err(TestCaseError::fail)
    });
    let difference = match found {
        Ok(()) => None,
        Err(TestError::Abort(reason)) => return Err(reason.message().to_owned()),
        Err(TestError::Fail(reason, actions)) => {
            let case = Case {
                name: format!("seed {seed} on {}", real.version),
                since: None,
                why: Some("Found by random sequences.".to_owned()),
                crowd: false,
                steps: action::steps(&actions),
            };
            Some((case, reason.message().to_owned()))
        }
    };
    Ok(Outcome {
        sequences: sequences.get(),
        steps: steps.get(),
        difference,
    })
}

/// Writes a sequence to a file as a case, with one line per step.
pub(crate) fn keep(folder: &Path, case: &Case) -> Result<(), String> {
    let folder = folder.join("kept");
    let path = folder.join(format!("{}.json", case.name.replace(' ', "-")));
    let mut text = String::from("[\n  {\n");
    let _ = writeln!(text, "    \"name\": {},", json!(case.name));
    if let Some(why) = &case.why {
        let _ = writeln!(text, "    \"why\": {},", json!(why));
    }
    let steps: Result<Vec<_>, _> = case.steps.iter().map(serde_json::to_string).collect();
    let steps = steps.map_err(|error| error.to_string())?;
    let _ = write!(text, "    \"steps\": [\n      {}", steps.join(",\n      "));
    text.push_str("\n    ]\n  }\n]\n");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, text))
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

/// Stops at the first difference.
async fn lockstep(real: &Subject, steps: &[Step]) -> Result<(), String> {
    let mock = mock::start(&real.version, &real.people.without_crowd())?;
    let mut on_mock = Session::begin(&mock).await?;
    let mut on_real = Session::begin(real).await?;
    for (number, step) in steps.iter().enumerate() {
        let found = on_real.take(step).await?;
        let also = on_mock.take(step).await?;
        let real = Side {
            who: "real",
            entries: &[found],
        };
        let mock = Side {
            who: "mock",
            entries: &[also],
        };
        if let Some(report) = difference::between(&real, &mock) {
            return Err(format!(
                "request {} of {}, {report}",
                number + 1,
                steps.len()
            ));
        }
        let mut violations = std::mem::take(&mut on_real.violations);
        violations.append(&mut on_mock.violations);
        if !violations.is_empty() {
            return Err(violations.join("\n"));
        }
    }
    Ok(())
}
