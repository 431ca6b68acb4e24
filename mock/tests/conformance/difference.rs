//! Reports the differences between two transcripts.

use std::fmt::Write;

use serde_json::Value;

use crate::{
    elide,
    transcript::{Body, Entry},
};

/// The maximum number of differences shown per body.
const SHOWN: usize = 6;

/// A transcript, and the name of its server.
pub(crate) struct Side<'a> {
    pub(crate) who: &'a str,
    pub(crate) entries: &'a [Entry],
}

/// Returns `None` if both are the same.
pub(crate) fn between(one: &Side<'_>, other: &Side<'_>) -> Option<String> {
    let mut report = String::new();
    let steps = one.entries.len().max(other.entries.len());
    for step in 0..steps {
        match (one.entries.get(step), other.entries.get(step)) {
            (Some(left), Some(right)) if left == right => {}
            (Some(left), Some(right)) => {
                let _ = writeln!(report, "step {}: {}", step + 1, left.request);
                report.push_str(&of_entries(one.who, left, other.who, right));
            }
            (left, _) => {
                let missing = if left.is_none() { one.who } else { other.who };
                let _ = writeln!(report, "step {} is missing: {missing}", step + 1);
            }
        }
    }
    (!report.is_empty()).then_some(report)
}

fn of_entries(who: &str, left: &Entry, other: &str, right: &Entry) -> String {
    let mut text = String::new();
    let mut write_pair = |left: &dyn std::fmt::Display, right: &dyn std::fmt::Display| {
        let width = who.chars().count().max(other.chars().count());
        let _ = writeln!(text, "  {who:width$}  {left}\n  {other:width$}  {right}");
    };
    if left.request != right.request {
        write_pair(&left.request, &right.request);
    }
    if left.response_line() != right.response_line() {
        write_pair(&left.response_line(), &right.response_line());
    }
    if left.cors != right.cors {
        write_pair(&format!("{:?}", left.cors), &format!("{:?}", right.cors));
    }
    match (&left.body, &right.body) {
        (Body::Json(left), Body::Json(right)) => {
            let mut differences = Vec::new();
            walk("", Some(left), Some(right), &mut differences);
            for (place, left, right) in differences.iter().take(SHOWN) {
                write_pair(
                    &format!("at {place}: {left}"),
                    &format!("at {place}: {right}"),
                );
            }
            let more = differences.len().saturating_sub(SHOWN);
            if more > 0 {
                write_pair(&format!("{more} more differences in this body"), &"");
            }
        }
        (one, next) if one != next => {
            let [one, next] = [left, right].map(|entry| elide::entry(entry.clone()).body);
            write_pair(&format!("{one:?}"), &format!("{next:?}"));
        }
        _ => {}
    }
    text
}

/// Collects the most deeply nested places where two values differ.
fn walk(
    place: &str,
    left: Option<&Value>,
    right: Option<&Value>,
    found: &mut Vec<(String, String, String)>,
) {
    match (left, right) {
        (left, right) if left == right => {}
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            let mut keys: Vec<_> = left.keys().chain(right.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                walk(
                    &format!("{place}/{key}"),
                    left.get(key),
                    right.get(key),
                    found,
                );
            }
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) if left.len() == right.len() => {
            for (at, (left, right)) in left.iter().zip(right).enumerate() {
                walk(&format!("{place}/{at}"), Some(left), Some(right), found);
            }
        }
        (left, right) => {
            let [left, right] = [left, right].map(|value| match value {
                None => "(absent)".to_owned(),
                Some(value) => elide::json(value.clone()).to_string(),
            });
            let place = if place.is_empty() { "/" } else { place };
            found.push((place.to_owned(), left, right));
        }
    }
}
