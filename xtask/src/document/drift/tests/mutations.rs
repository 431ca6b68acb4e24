//! No difference is lost.

use serde_json::{Value, json};

use super::super::{Impact, compare, report};
use super::sample;

#[test]
fn equal_documents_have_no_changes() {
    assert_eq!(compare(&sample(), &sample()), []);
    assert_eq!(report(&[]), "no changes\n");
}

#[test]
fn no_mutation_goes_unseen() {
    let mutations = mutations();
    assert!(mutations.len() > 900, "only {}", mutations.len());
    for (name, mutated) in mutations {
        assert_ne!(compare(&sample(), &mutated), [], "{name}");
        assert_ne!(compare(&mutated, &sample()), [], "{name}, backwards");
    }
}

#[test]
fn no_mutation_of_meaning_is_called_documentation() {
    let documentation = [
        "/info",
        "/tags",
        "/description ",
        "/title ",
        "/summary ",
        "/example ",
        "/deprecated ",
    ];
    for (name, mutated) in mutations() {
        // The other mutations may leave the meaning as it is.
        if !name.ends_with(" changed") || documentation.iter().any(|part| name.contains(part)) {
            continue;
        }
        let changes = compare(&sample(), &mutated);
        let seen = changes
            .iter()
            .any(|change| change.impact != Impact::Neutral);
        assert!(seen, "{name}: {changes:?}");
    }
}

#[test]
fn pairs_of_mutations_survive() {
    // Malformed against malformed, some of them cyclic: no panic, no silence.
    let mutations = mutations();
    for pair in mutations.windows(2) {
        if let [(name, old), (_, new)] = pair {
            assert_eq!(compare(old, new).is_empty(), old == new, "{name}");
        }
    }
    for junk in [json!(null), json!([]), json!({}), json!("text")] {
        assert_ne!(compare(&sample(), &junk), []);
        assert_ne!(compare(&junk, &sample()), []);
    }
}

/// Every document that differs from the sample in one place, with the pointer.
fn mutations() -> Vec<(String, Value)> {
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    pointers(value, &format!("{at}/{}", key.replace('/', "~1")), found);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    pointers(value, &format!("{at}/{index}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    pointers(&sample(), "", &mut found);
    let mut mutations = Vec::new();
    let mut mutate = |pointer: &str, how: &str, change: &dyn Fn(&mut Value)| {
        let mut document = sample();
        change(document.pointer_mut(pointer).unwrap());
        if document != sample() {
            mutations.push((format!("{pointer} {how}"), document));
        }
    };
    for pointer in &found {
        mutate(pointer, "changed", &|value| match value {
            Value::Bool(on) => *on = !*on,
            Value::Number(_) => *value = json!(7),
            Value::String(text) => text.push_str("-changed"),
            Value::Null => *value = json!(true),
            Value::Array(items) => items.push(json!("more")),
            Value::Object(entries) => {
                entries.insert("unheard-of".to_owned(), json!({ "type": "string" }));
            }
        });
        mutate(pointer, "emptied", &|value| match value {
            Value::Array(items) => items.clear(),
            Value::Object(entries) => entries.clear(),
            other => *other = Value::Null,
        });
        mutate(pointer, "reversed", &|value| {
            if let Value::Array(items) = value {
                items.reverse();
            }
        });
        mutate(pointer, "of another type", &|value| match value {
            Value::Number(_) => *value = json!([]),
            _ => *value = json!(3),
        });
        if let Some((parent, key)) = pointer.rsplit_once('/') {
            let key = key.replace("~1", "/");
            mutate(parent, &format!("without {key}"), &|value| match value {
                Value::Object(entries) => drop(entries.remove(&key)),
                Value::Array(items) => drop(items.remove(key.parse().unwrap())),
                _ => {}
            });
        }
    }
    mutations
}
