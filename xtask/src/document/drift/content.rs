//! Bodies: what a request sends and what its responses bring.

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{Additive, Breaking},
    differences::Differences,
    log::{Log, Pair, Site},
    reach::Direction,
    schema::{self, At},
};

/// Compares the `requestBody` of one operation.
pub(crate) fn compare_request(log: &mut Log, operation: &Site, body: Pair) {
    let place = format!("{}, request body", operation.place);
    let site = operation.key("requestBody").named(place);
    match body {
        (Some(_), None) => log.add(Breaking, &site, "removed"),
        (None, Some(body)) => match body.get("required").and_then(Value::as_bool) {
            Some(true) => log.add(Breaking, &site, "added, and required"),
            _ => log.add(Additive, &site, "added, optional"),
        },
        both => {
            let mut keys = Differences::between(log, &site, both);
            if let Some(pair) = keys.take("required") {
                match log.switched(&site, "required", pair) {
                    Some(true) => log.add(Breaking, &site, "is now required"),
                    Some(false) => log.add(Breaking, &site, "is now optional"),
                    None => {}
                }
            }
            if let Some(pair) = keys.take("content") {
                compare_content(log, &site, pair, Direction::SENT);
            }
            keys.finish(log);
        }
    }
}

/// Compares the `responses` of one operation.
pub(crate) fn compare_responses(log: &mut Log, operation: &Site, responses: Pair) {
    let responses_site = operation.key("responses");
    for (status, response) in Differences::between(log, &responses_site, responses) {
        let place = format!("{}, response {status}", operation.place);
        let site = responses_site.key(status).named(place);
        match response {
            (Some(_), None) => log.add(Breaking, &site, "removed"),
            // That a request may fail, old code knows.
            (None, Some(_)) if is_failure(status) => log.add(Additive, &site, "added"),
            (None, Some(_)) => log.add(Breaking, &site, "added"),
            both => {
                let mut keys = Differences::between(log, &site, both);
                if let Some(pair) = keys.take("content") {
                    let site = site.clone().named(format!("{} body", site.place));
                    compare_content(log, &site, pair, Direction::RECEIVED);
                }
                keys.finish(log);
            }
        }
    }
}

fn is_failure(status: &str) -> bool {
    status == "default" || status.starts_with(['4', '5'])
}

fn compare_content(log: &mut Log, body: &Site, content: Pair, direction: Direction) {
    let content_site = body.key("content");
    // A first media type turns "no body" into a body; one more is a choice.
    let first = content
        .0
        .and_then(Value::as_object)
        .is_none_or(|old| old.is_empty());
    for (media, pair) in Differences::between(log, &content_site, content) {
        let site = content_site.key(media);
        match pair {
            (Some(_), None) => log.add(Breaking, &site, format!("media type `{media}` removed")),
            (None, Some(_)) => {
                let impact = if first { Breaking } else { Additive };
                log.add(impact, &site, format!("media type `{media}` added"));
            }
            both => {
                let mut keys = Differences::between(log, &site, both);
                if let Some(pair) = keys.take("schema") {
                    schema::compare_pair(log, &At::new(site.key("schema"), direction), pair);
                }
                keys.finish(log);
            }
        }
    }
}
