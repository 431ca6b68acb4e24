//! The text of an error.

use std::{error::Error as StdError, fmt};

use crate::error::{Error, kind::ErrorKind};

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        match (inner.operation, &inner.request) {
            (Some(operation), _) => write!(formatter, "{operation}: ")?,
            (None, Some((method, path))) => write!(formatter, "{method} {path}: ")?,
            (None, None) => {}
        }
        match &inner.message {
            Some(message) => formatter.write_str(message)?,
            None => inner.kind.fmt(formatter)?,
        }
        match (&inner.server_version, &inner.required_version) {
            (Some(server), Some(required)) => write!(
                formatter,
                " (requires Open WebUI {required} or later; the server is {server})"
            )?,
            (None, Some(required)) => write!(
                formatter,
                " (requires Open WebUI {required} or later; the server does not report its version \
                 at `/api/version`)"
            )?,
            _ => {}
        }
        if let Some(status) = inner.status.filter(|status| !status.is_success()) {
            write!(formatter, " (HTTP {})", status.as_u16())?;
        }
        if let Some(detail) = &inner.detail {
            write!(formatter, ": {detail}")?;
        }
        for (position, field_error) in inner.field_errors.iter().enumerate() {
            formatter.write_str(if position == 0 { ": " } else { "; " })?;
            write!(formatter, "{field_error}")?;
        }
        if let Some(wait) = inner.retry_after {
            write!(formatter, " (retry after {} s)", wait.as_secs())?;
        }
        if inner.attempts > 1 {
            write!(formatter, ", after {} attempts", inner.attempts)?;
        }
        if self.may_have_been_carried_out() && self.kind() != ErrorKind::PartiallyApplied {
            formatter.write_str("; the change may have been carried out")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let mut debug = formatter.debug_struct("Error");
        debug.field("kind", &inner.kind);
        if let Some(operation) = &inner.operation {
            debug.field("operation", operation);
        }
        if let Some((method, path)) = &inner.request {
            debug.field("request", &format_args!("{method} {path}"));
        }
        if let Some(status) = &inner.status {
            debug.field("status", status);
        }
        debug.field("message", &format_args!("{self}"));
        debug.field("attempts", &inner.attempts);
        // Only counts are shown, because a server may have chosen the IDs.
        if let Some(change) = &inner.membership {
            let (added, removed) = (change.added.len(), change.removed.len());
            let failed = change.failed.len();
            let counts = format_args!("{added} added, {removed} removed, {failed} failed");
            debug.field("membership_change", &counts);
        }
        if !inner.created_groups.is_empty() {
            debug.field("created_groups", &inner.created_groups.len());
        }
        if let Some(source) = &inner.source {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
