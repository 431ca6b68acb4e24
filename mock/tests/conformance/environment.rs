//! Where the suite is, and the variables that it reads.

use std::{env, path::PathBuf};

/// The value of an environment variable; a blank one counts as unset.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The folder of this suite.
pub(crate) fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "conformance"]
        .iter()
        .collect()
}
