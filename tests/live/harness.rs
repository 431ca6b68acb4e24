//! Creates trials of libtest-mimic from async functions.

use std::{
    cell::RefCell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use futures_util::{FutureExt, future::BoxFuture};
use libtest_mimic::{Completion, Failed, Trial};
use tokio::runtime::Handle;

use crate::{
    outcome::{Ending, Outcome},
    server::Live,
};

/// A test and its name.
#[derive(Clone, Copy)]
pub(crate) struct Test {
    pub(crate) name: &'static str,
    pub(crate) run: fn(Live) -> BoxFuture<'static, Outcome>,
}

/// Lists the tests of a module. A test that is not listed is reported as dead code.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        pub(crate) const TESTS: &[crate::harness::Test] = &[$(crate::harness::Test {
            name: concat!(module_path!(), "::", stringify!($name)),
            run: |live| Box::pin($name(live)),
        }),*];
    };
}
pub(crate) use tests;

thread_local! {
    /// The message of a panic in the test on this thread; `None` outside of tests.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

impl Test {
    fn trial_name(&self) -> &'static str {
        self.name
            .split_once("::")
            .map_or(self.name, |(_, name)| name)
    }
}

/// The tests, ignored because the server must not be used.
pub(crate) fn unavailable(tests: Vec<Test>) -> Vec<Trial> {
    let trial = |test: Test| {
        let run = || Err(Failed::from("the server may serve somebody"));
        Trial::test(test.trial_name(), run).with_ignored_flag(true)
    };
    tests.into_iter().map(trial).collect()
}

/// The tests on this server, with a prefix before their names.
pub(crate) fn trials(tests: &[Test], prefix: &str, live: &Live, runtime: &Handle) -> Vec<Trial> {
    static HOOK: Once = Once::new();
    HOOK.call_once(keep_panics_of_tests);
    let trial = |test: &Test| {
        let (test, live, runtime) = (*test, live.clone(), runtime.clone());
        let name = format!("{prefix}{}", test.trial_name());
        Trial::ignorable_test(name, move || {
            // The future is polled on this thread, so its panics occur on this thread.
            PANIC.set(Some(String::new()));
            let outcome = runtime.block_on(AssertUnwindSafe((test.run)(live)).catch_unwind());
            let panic = PANIC.take().unwrap_or_default();
            match outcome {
                Ok(Ok(())) => Ok(Completion::Completed),
                Ok(Err(Ending::Skipped(reason))) => Ok(Completion::ignored_with(reason)),
                Ok(Err(Ending::Failed(message))) => Err(message.into()),
                Err(_) => Err(panic.into()),
            }
        })
    };
    tests.iter().map(trial).collect()
}

/// Stores panics of tests for their reports instead of printing them.
fn keep_panics_of_tests() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let in_test = PANIC.with_borrow_mut(|panic| match panic {
            Some(text) => {
                *text = info.to_string();
                true
            }
            None => false,
        });
        if !in_test {
            print(info);
        }
    }));
}
