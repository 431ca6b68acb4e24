//! What is said on stderr while a server is installed, started and run.

use std::{
    fmt,
    io::{self, Write},
};

/// Says on stderr what goes on; a closed stderr is no reason to fail.
pub(crate) fn note(message: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{message}");
}
