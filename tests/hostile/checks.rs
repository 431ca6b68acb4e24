//! Allowed contents of errors and traces.

use std::{
    error::Error as _,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use owui_groups::{Error, ErrorKind};
use tracing::subscriber::DefaultGuard;

use crate::server::TOKEN;

/// The maximum size of all strings of an error, in bytes.
pub(crate) const TEXT_LIMIT: usize = 64 << 10;

/// Whether the error response shows that a write was not carried out.
pub(crate) fn is_rejection(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Unauthenticated
        | ErrorKind::PermissionDenied
        | ErrorKind::NotFound
        | ErrorKind::Rejected
        | ErrorKind::Validation
        | ErrorKind::RateLimited
        | ErrorKind::UnsupportedVersion => true,
        ErrorKind::NotOpenWebUi => error
            .status()
            .is_some_and(|status| status.is_client_error()),
        _ => false,
    }
}

/// Everything that a program can print of an error.
pub(crate) fn all_of(error: &Error) -> String {
    let mut all = format!(
        "{error}\n{error:?}\n{error:#?}\n{:?}\n{:?}\n{:?}",
        error.detail(),
        error.path(),
        error.field_errors(),
    );
    let mut source = error.source();
    while let Some(cause) = source {
        all.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    all
}

/// Checks that a text for a log contains no secret and no control character of the server.
pub(crate) fn check_text(problems: &mut Vec<String>, name: &str, text: &str) {
    // The common prefix is not secret, but a part of the rest is.
    if text.contains(&TOKEN[3..15]) {
        problems.push(format!("{name} shows the token: {text:.2000}"));
    }
    let is_control = |character: char| character.is_control() && character != '\n';
    if text.contains(is_control) || text.lines().any(|line| line.starts_with("FORGED")) {
        problems.push(format!("{name} has control characters: {text:.2000?}"));
    }
    if text.contains('\u{202e}') {
        problems.push(format!(
            "{name} has text that is shown in reverse: {text:.2000?}"
        ));
    }
}

/// The trace of one call.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn start(&self) -> DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
