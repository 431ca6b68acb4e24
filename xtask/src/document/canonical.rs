//! One text for one JSON value, so that the same server gives the same bytes.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The value as a file holds it: keys sorted, two spaces, a newline at the end.
pub(crate) fn to_text(value: &Value) -> String {
    // A `Value` has string keys only, which is all that serialization can fail on.
    let mut text = serde_json::to_string_pretty(&sorted(value)).unwrap_or_default();
    text.push('\n');
    text
}

/// The SHA-256 of the value's compact text with sorted keys, in hexadecimal:
/// what `jq --compact-output --sort-keys --join-output . | sha256sum` prints.
pub(crate) fn sha256(value: &Value) -> String {
    Sha256::digest(sorted(value).to_string())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Sorts the keys at every depth, whether or not `serde_json` keeps their order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.clone(), sorted(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(array) => Value::Array(array.iter().map(sorted).collect()),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_changes_neither_text_nor_hash() {
        let one = json!({"b": {"y": 1, "x": [{"d": 1, "c": 2}]}, "a": null});
        let other = json!({"a": null, "b": {"x": [{"c": 2, "d": 1}], "y": 1}});
        assert_eq!(to_text(&one), to_text(&other));
        assert_eq!(sha256(&one), sha256(&other));
        assert!(to_text(&one).starts_with("{\n  \"a\": null,\n"));
    }

    #[test]
    fn the_hash_is_that_of_the_compact_text() {
        // printf '{"a":1}' | sha256sum
        assert_eq!(
            sha256(&json!({"a": 1})),
            "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
        );
    }
}
