mod impacts;
mod mutations;

use serde_json::Value;

/// A document with one of everything that the comparison knows.
fn sample() -> Value {
    serde_json::from_str(include_str!("tests/sample.json")).unwrap()
}
