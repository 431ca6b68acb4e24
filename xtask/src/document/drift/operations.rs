//! Paths and operations.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{Additive, Breaking},
    content,
    differences::Differences,
    log::{Log, Pair, Site, quoted, text},
    parameters, reach,
};

const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

/// Compares `paths`. Returns the schemas that came or went together with an
/// operation: its line names them, so they need none of their own.
pub(crate) fn compare<'a>(
    log: &mut Log,
    old: &'a Value,
    new: &'a Value,
    paths: Pair<'a>,
) -> BTreeSet<&'a str> {
    let mut folded = BTreeSet::new();
    let site = Site::root().key("paths").named("paths");
    for (path, item) in Differences::between(log, &site, paths) {
        let site = site.key(path).named(path);
        let mut item = Differences::between(log, &site, item);
        for method in METHODS {
            let Some(operation) = item.take(method) else {
                continue;
            };
            let place = format!("{} {path}", method.to_uppercase());
            let site = site.key(method).named(place);
            match operation {
                (Some(operation), None) => {
                    let gone = only_in(old, operation, new, &mut folded);
                    log.add(Breaking, &site, format!("operation removed{gone}"));
                }
                (None, Some(operation)) => {
                    let come = only_in(new, operation, old, &mut folded);
                    log.add(Additive, &site, format!("operation added{come}"));
                }
                both => compare_operation(log, &site, both),
            }
        }
        item.finish(log);
    }
    folded
}

/// Names the schemas of an operation that the other document does not have.
fn only_in<'a>(
    document: &'a Value,
    operation: &'a Value,
    other: &Value,
    folded: &mut BTreeSet<&'a str>,
) -> String {
    let schemas: Vec<_> = reach::schemas_from(document, vec![operation])
        .into_iter()
        .filter(|name| reach::schema(other, name).is_none())
        .filter(|name| folded.insert(name))
        .collect();
    match schemas.len() {
        0 => String::new(),
        1 => format!(", with the schema {}", quoted(schemas)),
        _ => format!(", with the schemas {}", quoted(schemas)),
    }
}

fn compare_operation(log: &mut Log, site: &Site, operation: Pair) {
    let mut keys = Differences::between(log, site, operation);
    if let Some((old, new)) = keys.take("operationId") {
        let what = format!("operation renamed from {} to {}", text(old), text(new));
        log.add(Breaking, site, what);
    }
    if let Some(pair) = keys.take("parameters") {
        parameters::compare(log, site, pair);
    }
    if let Some(pair) = keys.take("requestBody") {
        content::compare_request(log, site, pair);
    }
    if let Some(pair) = keys.take("responses") {
        content::compare_responses(log, site, pair);
    }
    if let Some(pair) = keys.take("security") {
        log.value(Breaking, site, "security", pair);
    }
    keys.finish(log);
}
