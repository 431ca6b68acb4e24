//! Changes of the real document, and what a reader gets to see of them.

mod names;
mod operations;
mod surface;
mod types;

use std::sync::LazyLock;

use expect_test::Expect;
use serde_json::Value;

use super::*;
use crate::document::files::Folder;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let groups = Folder::of_project().groups().unwrap().unwrap();
    serde_json::from_str(&groups).unwrap()
});

static SURFACE: LazyLock<Surface> = LazyLock::new(|| Surface::of(&DOCUMENT).unwrap());

/// The lines that a change of the document gives.
#[track_caller]
fn check(change: impl FnOnce(&mut Value), expected: Expect) {
    let mut document = DOCUMENT.clone();
    change(&mut document);
    assert_ne!(document, *DOCUMENT, "the document did not change");
    let changes = compare(&SURFACE, &Surface::of(&document).unwrap());
    let mut lines = String::new();
    for change in changes {
        let Change {
            impact,
            old,
            new,
            reason,
        } = change;
        let old = old.map(|line| format!("\n- {line}"));
        let new = new.map(|line| format!("\n+ {line}"));
        let reason = reason.map(|reason| format!("\n! {reason}"));
        let parts = [old, new, reason].into_iter().flatten();
        lines.push_str(&format!("{impact}{}\n", parts.collect::<String>()));
    }
    expected.assert_eq(&lines);
}

fn schema<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][name]
}

fn add_required(schema: &mut Value, field: &str, of: Value) {
    schema["properties"][field] = of;
    schema["required"]
        .as_array_mut()
        .unwrap()
        .push(field.into());
}

fn remove(object: &mut Value, key: &str) -> Value {
    object.as_object_mut().unwrap().remove(key).unwrap()
}

fn parameters<'a>(document: &'a mut Value, path: &str) -> &'a mut Vec<Value> {
    document["paths"][path]["get"]["parameters"]
        .as_array_mut()
        .unwrap()
}

fn parameter<'a>(document: &'a mut Value, path: &str, name: &str) -> &'a mut Value {
    let mut parameters = parameters(document, path).iter_mut();
    parameters.find(|one| one["name"] == name).unwrap()
}

/// Gives a schema another name, wherever it is used.
fn rename(document: &mut Value, from: &str, to: &str) {
    let text = document
        .to_string()
        .replace(&format!("{from:?}:"), &format!("{to:?}:"));
    let text = text.replace(&format!("schemas/{from}\""), &format!("schemas/{to}\""));
    *document = serde_json::from_str(&text).unwrap();
}
