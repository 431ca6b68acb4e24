//! Compares a real server with the mock and with the recorded responses.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;

use crate::{
    case::{Case, Theme},
    crowd,
    difference::{self, Side},
    elide,
    environment::{folder, variable},
    loopback, mock,
    options::Options,
    people::People,
    real,
    recorded::Recorded,
    sequence, session,
    subject::Subject,
};

struct Online {
    runtime: Runtime,
    real: Subject,
    /// The users of the server without the crowd, because a mock needs longer to add it than to run
    /// most cases.
    few: People,
    record: bool,
    before: Recorded,
    now: Recorded,
    cases: usize,
    steps: usize,
    sequences: usize,
    random_steps: usize,
}

pub(crate) fn run(
    mut options: Options,
    themes: Vec<Theme>,
    url: &str,
    token: &str,
) -> Result<ExitCode, String> {
    if !loopback::is_loopback(url) {
        return Err(format!(
            "{url} may serve somebody, and all its groups would be deleted"
        ));
    }
    let began = Instant::now();
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let has_crowd = variable(crowd::VARIABLE).is_some();
    let real = runtime.block_on(real::connect(url, token, has_crowd))?;
    let online = Arc::new(Mutex::new(Online {
        runtime,
        before: Recorded::load(&folder(), &real.version)?,
        few: real.people.without_crowd(),
        real,
        record: options.record,
        now: Recorded::default(),
        cases: 0,
        steps: 0,
        sequences: 0,
        random_steps: 0,
    }));
    let mut trials = trials(&online, themes);
    if options.sequences > 0 {
        let seed = options.seed.unwrap_or_else(any_seed);
        let (online, count) = (Arc::clone(&online), options.sequences);
        let run = move || {
            let mut online = online.lock().unwrap_or_else(PoisonError::into_inner);
            online.run_sequences(count, seed).map_err(Failed::from)
        };
        trials.push(Trial::test(format!("random sequences of seed {seed}"), run));
    }
    // All trials use the same server.
    options.harness.test_threads = Some(1);
    let conclusion = libtest_mimic::run(&options.harness, trials);

    let online = online.lock().unwrap_or_else(PoisonError::into_inner);
    if options.record && options.harness.filter.is_none() {
        let written = online.now.write(&folder(), &online.real.version);
        written.map_err(|error| format!("cannot write the transcripts: {error}"))?;
    }
    println!(
        "conformance: Open WebUI {}: {} cases of {} steps, \
         {} random sequences of {} steps, {:.1} s",
        online.real.version,
        online.cases,
        online.steps,
        online.sequences,
        online.random_steps,
        began.elapsed().as_secs_f64()
    );
    Ok(conclusion.exit_code())
}

fn trials(online: &Arc<Mutex<Online>>, themes: Vec<Theme>) -> Vec<Trial> {
    let mut trials = Vec::new();
    let guard = online.lock().unwrap_or_else(PoisonError::into_inner);
    for theme in themes {
        for case in theme.cases {
            let name = format!("{}::{}", theme.name, case.name);
            let is_for = case.is_for(&guard.real.version, &guard.real.people);
            let (online, theme) = (Arc::clone(online), theme.name.clone());
            let run = move || {
                let mut online = online.lock().unwrap_or_else(PoisonError::into_inner);
                online.check(&theme, &case).map_err(Failed::from)
            };
            trials.push(Trial::test(name, run).with_ignored_flag(!is_for));
        }
    }
    trials
}

impl Online {
    fn check(&mut self, theme: &str, case: &Case) -> Result<(), String> {
        let mut problems = String::new();
        let real = self.runtime.block_on(session::entries(&self.real, case))?;
        self.cases += 1;
        self.steps += real.len();
        let mock = self.runtime.block_on(async {
            let people = match case.needs_crowd() {
                true => &self.real.people,
                false => &self.few,
            };
            let mock = mock::start(&self.real.version, people)?;
            session::entries(&mock, case).await
        })?;
        let mut compare = |one: Side<'_>, other: Side<'_>| {
            if let Some(report) = difference::between(&one, &other) {
                problems.push_str(&report);
            }
        };
        let one = Side {
            who: "real",
            entries: &real,
        };
        let other = Side {
            who: "mock",
            entries: &mock,
        };
        compare(one, other);
        let real: Vec<_> = real.into_iter().map(elide::entry).collect();
        match self.before.of(theme, &case.name) {
            _ if self.record => {}
            None => problems.push_str("not recorded\n"),
            Some(before) => {
                let one = Side {
                    who: "recorded",
                    entries: before,
                };
                let other = Side {
                    who: "real",
                    entries: &real,
                };
                compare(one, other);
            }
        }
        self.now.add(theme, &case.name, real);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    fn run_sequences(&mut self, count: u32, seed: u64) -> Result<(), String> {
        let outcome = sequence::run(&self.runtime, &self.real, count, seed)?;
        self.sequences += outcome.sequences;
        self.random_steps += outcome.steps;
        match outcome.difference {
            None => Ok(()),
            Some((case, report)) => {
                sequence::keep(&folder(), &case)?;
                Err(format!("{report}\nkept as the case {:?}", case.name))
            }
        }
    }
}

/// A different seed in each run.
fn any_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
