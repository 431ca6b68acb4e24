//! Tests every operation against a hostile server.
//!
//! Whatever the server sends, and from whichever request on, the error is of an expected kind, is
//! returned in time, needs little memory and does not show the token.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod attacks;
mod checks;
mod known;
mod operations;
mod server;

use std::{
    cell::{Cell, RefCell},
    panic::AssertUnwindSafe,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use libtest_mimic::{Arguments, Trial};
use owui_groups::{ErrorKind, GroupsClient, RetryPolicy};
use peak_alloc::PeakAlloc;
use tokio::runtime::{self, Runtime};

use crate::{
    attacks::Attack,
    checks::{Log, TEXT_LIMIT, all_of, check_text, is_rejection},
    known::{KNOWN, Known},
    operations::{OPERATIONS, Operation},
    server::{Plan, Server, TOKEN},
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The maximum size of a response that the client accepts, in bytes.
pub(crate) const LIMIT: usize = 256 << 10;

/// The maximum that a call may allocate, in bytes: for the response, the values decoded from it,
/// and the HTTP client.
const MEMORY_LIMIT: usize = 4 * LIMIT + (3 << 20);

/// The maximum duration of a call.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// Without `--ignored`, each attack runs on one of this many operations.
const SHARE: usize = 3;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The allocator counts the memory of the whole process.
    arguments.test_threads = Some(1);
    let arena = Arc::new(Mutex::new(Arena::new()));
    let mut trials = Vec::new();
    for (position, attack) in attacks::all().into_iter().enumerate() {
        let attack = Arc::new(attack);
        let turns = match attack.is_expensive {
            true => vec![Some(position)],
            false => vec![Some(position), None],
        };
        for turn in turns {
            let name = match turn {
                Some(_) => attack.name.clone(),
                None => format!("{}, at every request", attack.name),
            };
            let (arena, attack) = (Arc::clone(&arena), Arc::clone(&attack));
            let is_ignored = turn.is_none() || attack.is_expensive;
            let trial = Trial::test(name, move || {
                let arena = arena.lock().unwrap_or_else(PoisonError::into_inner);
                arena.withstand(&attack, turn).map_err(Into::into)
            });
            trials.push(trial.with_ignored_flag(is_ignored));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    let arena = arena.lock().unwrap_or_else(PoisonError::into_inner);
    eprintln!("{} calls were attacked", arena.cells.get());
    for (known, count) in KNOWN.iter().zip(arena.known.borrow().iter()) {
        eprintln!(
            "{count} known problems, attack {}: {}",
            known.attack, known.problem
        );
    }
    conclusion.exit_code()
}

/// The state that all calls share.
struct Arena {
    server: Server,
    runtime: Runtime,
    /// Clients that have cached the server's version.
    usual: GroupsClient,
    impatient: GroupsClient,
    /// The number of requests that each operation sends to an honest server.
    requests: Vec<usize>,
    cells: Cell<usize>,
    /// The number of times that each known problem was found.
    known: RefCell<Vec<usize>>,
}

impl Arena {
    fn new() -> Self {
        let server = Server::start();
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let [usual, impatient] = [false, true].map(|is_slow| {
            let client = client(&server.url(), is_slow);
            // On a busy machine, a client with short timeouts may need several attempts.
            while runtime.block_on(client.server_version()).is_err() {}
            client
        });
        let requests = OPERATIONS.iter().map(|(name, call)| {
            let plan = Arc::new(Plan::new(None, 0, false));
            server.follow(&plan);
            let outcome = runtime.block_on(call(&usual));
            assert!(outcome.is_ok(), "{name} of an honest server: {outcome:?}");
            // The operation that reads the version sends no other request, and the version is
            // cached.
            plan.seen().max(1)
        });
        let requests = requests.collect();
        Self {
            server,
            runtime,
            usual,
            impatient,
            requests,
            cells: Cell::new(0),
            known: RefCell::new(vec![0; KNOWN.len()]),
        }
    }

    /// Runs the attack on each operation, starting from each of its requests. With a turn, runs it
    /// on a third of the operations, starting from one of their requests.
    fn withstand(&self, attack: &Arc<Attack>, turn: Option<usize>) -> Result<(), String> {
        let mut problems = Vec::new();
        for (position, operation) in OPERATIONS.iter().enumerate() {
            let requests = self.requests[position];
            let honest = match turn {
                Some(turn) if (turn + position) % SHARE > 0 => continue,
                Some(turn) => {
                    let honest = (turn / SHARE + position) % requests;
                    honest..honest + 1
                }
                None => 0..requests,
            };
            for honest in honest {
                for problem in self.play(attack, operation, honest) {
                    let is_it = |known: &Known| known.is(&attack.name, operation.0, &problem);
                    match KNOWN.iter().position(is_it) {
                        Some(known) => self.known.borrow_mut()[known] += 1,
                        None => problems
                            .push(format!("{}, from request {honest}: {problem}", operation.0)),
                    }
                }
            }
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(problems.join("\n")),
        }
    }

    /// The problems of an operation if the attack starts after this many honest responses.
    fn play(&self, attack: &Arc<Attack>, operation: &Operation, honest: usize) -> Vec<String> {
        let is_version = operation.0 == "server_version";
        let plan = Arc::new(Plan::new(Some(Arc::clone(attack)), honest, is_version));
        self.server.follow(&plan);
        let fresh;
        let client = match (is_version, attack.is_slow) {
            (true, is_slow) => {
                fresh = client(&self.server.url(), is_slow);
                &fresh
            }
            (false, true) => &self.impatient,
            (false, false) => &self.usual,
        };
        let log = Log::default();
        let trace = log.start();

        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let started = Instant::now();
        let call = AssertUnwindSafe((operation.1)(client)).catch_unwind();
        let outcome = self.runtime.block_on(call);
        let elapsed = started.elapsed();
        let allocated = MEMORY.peak_usage().saturating_sub(before);

        drop(trace);
        let mut problems = Vec::new();
        // With short timeouts, an honest response can be too late.
        let was_attacked = is_version || plan.seen() > honest;
        if was_attacked {
            self.cells.set(self.cells.get() + 1);
        } else if !attack.is_slow {
            problems.push(format!("it ends before the attack: {outcome:?}"));
        }
        if elapsed > TIME_LIMIT {
            problems.push(format!("it lasts {elapsed:?}"));
        }
        if allocated > MEMORY_LIMIT {
            problems.push(format!("it allocates {} kB", allocated >> 10));
        }
        check_text(&mut problems, "the trace", &log.text());
        match outcome {
            Err(_) => problems.push("it panics".to_owned()),
            Ok(Ok(())) if attack.may_succeed => {}
            Ok(Ok(())) => problems.push("it succeeds".to_owned()),
            Ok(Err(error)) => {
                let is_partial = honest > 0 && error.kind() == ErrorKind::PartiallyApplied;
                if !attack.kinds.contains(&error.kind()) && !is_partial {
                    problems.push(format!("it is {:?}: {error}", error.kind()));
                }
                let all = all_of(&error);
                check_text(&mut problems, "the error", &all);
                if all.len() > TEXT_LIMIT {
                    problems.push(format!("the error has {} kB", all.len() >> 10));
                }
                let may_be_done = plan.has_attacked_write() && !is_rejection(&error);
                let expected = plan.has_honest_write() || may_be_done;
                if was_attacked && error.may_have_been_carried_out() != expected {
                    problems.push(format!("it may have been carried out, {expected}: {error}"));
                }
            }
        }
        problems
    }
}

/// Slow attacks end by a timeout, so it must be short. No other attack reaches the long one.
fn client(url: &str, is_slow: bool) -> GroupsClient {
    let time = |slow: u64, usual: u64| Duration::from_millis(if is_slow { slow } else { usual });
    let delay = Duration::from_millis(1);
    let retry_policy = RetryPolicy::default().first_delay(delay).max_delay(delay);
    GroupsClient::builder(url, TOKEN)
        .timeout(time(50, 4000))
        .total_timeout(time(60, 4000))
        .deadline(time(90, 4000))
        .response_limit(LIMIT)
        .retry_policy(retry_policy.max_attempts(if is_slow { 1 } else { 2 }))
        .build()
        .unwrap()
}
