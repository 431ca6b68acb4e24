//! `anyOf`, `oneOf` and `allOf`.

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{Additive, Breaking},
    log::{Log, Pair, text},
    schema::{self, At},
    shape::{describe, unwrapped},
};

/// Compares the schemas that one of these keywords lists.
pub(super) fn compare(log: &mut Log, at: &At, key: &str, (old, new): Pair) {
    let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, new) else {
        log.unknown(&at.site.key(key));
        return;
    };
    let gone = only_in(old, new);
    let come = only_in(new, old);
    match (gone.as_slice(), come.as_slice()) {
        // The one that differs is taken for a changed one.
        (&[(_, was)], &[(index, is)]) => {
            let site = at.inside(key, "").site.key(&index.to_string());
            let place = format!("{}, {key} {}", at.site.place, index + 1);
            schema::compare(log, &At::new(site.named(place), at.direction), was, is);
        }
        ([], []) if old.len() == new.len() => {
            // The first that fits a value wins.
            log.add(
                Breaking,
                &at.site,
                format!("{key} tries the same schemas in another order"),
            );
        }
        ([], []) => log.unknown(&at.site.key(key)),
        _ => {
            for (_, schema) in gone {
                log.add(Breaking, &at.site, format!("{key} lost {}", words(schema)));
            }
            for (_, schema) in come {
                let impact = match (key, at.direction.received) {
                    ("allOf", _) | (_, true) => Breaking,
                    _ => Additive,
                };
                log.add(impact, &at.site, format!("{key} gained {}", words(schema)));
            }
        }
    }
}

fn only_in<'a>(these: &'a [Value], others: &[Value]) -> Vec<(usize, &'a Value)> {
    let these = these.iter().enumerate();
    these
        .filter(|(_, schema)| !others.contains(schema))
        .collect()
}

fn words(schema: &Value) -> String {
    match schema {
        Value::Object(schema) => describe(&unwrapped(schema)),
        other => text(Some(other)),
    }
}
