//! The folder of this suite, and the environment variables that it reads.

use std::{env, path::PathBuf};

/// The value of an environment variable. A blank value counts as unset.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The folder of this suite.
pub(crate) fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "conformance"]
        .iter()
        .collect()
}
