//! What changed between two versions of the OpenAPI document, for the people
//! whose code uses the client generated from it.
//!
//! **Breaking** means: code that compiles against, or relies on, the client
//! built from the old document may stop compiling or working. From this follow
//! the classification, which assume what this client does (what is sent is built
//! with methods, what is received is `#[non_exhaustive]`, so that one more
//! optional field or parameter harms nobody):
//!
//! * What code can name is kept: an operation, parameter, body, response,
//!   schema, field, enum value or permission that goes is breaking.
//! * A change of the Rust type of something that stays is breaking, sent or
//!   received. So is a required field that becomes optional in a *request*: the
//!   server is more lenient, but `T` becomes `Option<T>` and callers no longer
//!   compile. Where the field is an `Option<T>` before and after, only what the
//!   server accepts and sends counts.
//! * What is new is additive, unless old code has to send it (a required field
//!   or parameter) or cannot read it (an enum value, a variant, a success).
//! * Another default is breaking: code that leaves the value out means another
//!   one. So is the title of an inline schema that gets a type of its own, which
//!   is named by it; other titles are documentation.
//! * Whatever this comparison does not know is breaking until someone looks.
//!
//! Schemas are classified by where the *old* document uses them: in requests, in
//! responses, or, reached from no operation, as if both.

mod change;
mod components;
mod content;
mod differences;
mod log;
mod operations;
mod parameters;
mod permissions;
mod reach;
mod schema;
mod shape;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::drift::{
    change::{Change, Impact},
    differences::Differences,
    log::{Log, Site},
};

/// The changes from `old` to `new`: operations, then permissions, then schemas,
/// in the alphabetical order of their names. Empty only for equal documents.
///
/// Any JSON is accepted; what is not a proper OpenAPI document is reported
/// where it differs, as something this comparison does not know.
pub(crate) fn compare(old: &Value, new: &Value) -> Vec<Change> {
    if old == new {
        return Vec::new();
    }
    let mut log = Log::default();
    let root = Site::root();
    let mut keys = Differences::between(&mut log, &root, (Some(old), Some(new)));
    if keys.take("info").is_some() {
        log.add(Impact::Neutral, &root, "documentation changed (info)");
    }
    let folded = match keys.take("paths") {
        Some(paths) => operations::compare(&mut log, old, new, paths),
        None => BTreeSet::new(),
    };
    if let Some(components) = keys.take("components") {
        components::compare(&mut log, old, new, components, &folded);
    }
    keys.finish(&mut log);
    if log.count() == 0 {
        log.unknown(&root); // documents that differ are never called equal
    }
    log.into_changes()
}

/// The changes as text, one a line, breaking ones first, and a last line that
/// counts them.
pub(crate) fn report(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "no changes\n".to_owned();
    }
    let mut lines = String::new();
    let mut counts = Vec::new();
    for impact in [Impact::Breaking, Impact::Additive, Impact::Neutral] {
        let mut count = 0;
        for change in changes.iter().filter(|change| change.impact == impact) {
            lines.push_str(&format!("{change}\n"));
            count += 1;
        }
        counts.push(format!("{count} {impact}"));
    }
    format!("{lines}{}\n", counts.join(", "))
}

#[cfg(test)]
mod tests;
