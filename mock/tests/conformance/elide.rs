//! Shortens recorded responses: the rest of long strings and lists is replaced by a hash.

use serde_json::Value;

use crate::transcript::{Body, Entry};

const LONGEST_TEXT: usize = 300;
const LONGEST_LIST: usize = 40;
/// The length of the beginning of a long string or list that is retained.
const KEPT_TEXT: usize = 60;
const KEPT_ITEMS: usize = 2;

/// Shortens an entry so that people can read the file.
pub(crate) fn entry(mut entry: Entry) -> Entry {
    entry.request = text(&entry.request);
    entry.body = match entry.body {
        Body::Nothing => Body::Nothing,
        Body::Json(value) => Body::Json(json(value)),
        Body::Text(long) => Body::Text(text(&long)),
    };
    entry
}

/// Replaces the rest of long parts by a hash.
pub(crate) fn json(value: Value) -> Value {
    match value {
        Value::String(long) => text(&long).into(),
        Value::Array(items) if items.len() > LONGEST_LIST => {
            let hash = hash(Value::Array(items.clone()).to_string().as_bytes());
            let more = items.len() - KEPT_ITEMS;
            let mut kept: Vec<_> = items.into_iter().take(KEPT_ITEMS).map(json).collect();
            kept.push(format!("<{more} more, hash of all {hash:016x}>").into());
            kept.into()
        }
        Value::Array(items) => items.into_iter().map(json).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            members
                .map(|(key, value)| (text(&key), json(value)))
                .collect()
        }
        other => other,
    }
}

fn text(long: &str) -> String {
    let count = long.chars().count();
    let Some(first) = long.chars().next().filter(|_| count > LONGEST_TEXT) else {
        return long.to_owned();
    };
    if long.chars().all(|char| char == first) {
        return format!("<{count} × {first}>");
    }
    let start: String = long.chars().take(KEPT_TEXT).collect();
    let hash = hash(long.as_bytes());
    format!(
        "{start}<{} more, hash of all {hash:016x}>",
        count - KEPT_TEXT
    )
}

/// FNV-1a, because its result is the same on every platform and with every version of Rust.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
