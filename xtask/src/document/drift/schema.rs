//! One schema in its two versions. References are compared, not followed: what
//! they lead to is compared once, under its own name.

use std::borrow::Cow;

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{self, Additive, Breaking, Neutral},
    differences::Differences,
    fields,
    log::{Log, Pair, Site, text},
    reach::Direction,
    shape::{Object, describe, gets_own_type, is_option, option_note, same_kind, unwrapped},
    variants,
};

/// Where a schema stands.
pub(super) struct At<'a> {
    pub site: Site,
    pub direction: Direction,
    /// Whether the value must be present, before and after.
    pub required: (bool, bool),
    /// If its fields are permissions: what their names start with.
    pub section: Option<Cow<'a, str>>,
    /// Whether it has a name in `components`.
    named: bool,
}

impl At<'_> {
    /// A schema without a name, in a place where a value is always present.
    pub fn new(site: Site, direction: Direction) -> Self {
        At {
            site,
            direction,
            required: (true, true),
            section: None,
            named: false,
        }
    }
}

impl<'a> At<'a> {
    /// A schema of `components`.
    pub fn component(site: Site, direction: Direction, section: Option<&'a str>) -> Self {
        At {
            section: section.map(Cow::Borrowed),
            named: true,
            ..At::new(site, direction)
        }
    }

    /// A schema inside this one, by its key and by what it is called.
    pub fn inside(&self, key: &str, suffix: &str) -> At<'static> {
        let place = format!("{}{suffix}", self.site.place);
        At::new(self.site.key(key).named(place), self.direction)
    }
}

/// Compares two schemas that may be missing on one side.
pub(super) fn compare_pair(log: &mut Log, at: &At, pair: Pair) {
    match pair {
        (Some(old), Some(new)) => compare(log, at, old, new),
        _ => log.unknown(&at.site),
    }
}

/// Compares two schemas that differ.
pub(super) fn compare(log: &mut Log, at: &At, old: &Value, new: &Value) {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        log.unknown(&at.site);
        return;
    };
    let (old, new) = (unwrapped(old), unwrapped(new));
    if old == new {
        let what = "written in another way, with the same meaning";
        log.add(Neutral, &at.site, what);
    } else if same_kind(&old, &new) {
        compare_keywords(log, at, &old, &new);
    } else {
        match (describe(&old), describe(&new)) {
            (was, is) if was == is => log.unknown(&at.site),
            (was, is) => {
                let what = format!("type changed from {was} to {is}");
                log.add(Breaking, &at.site, what);
            }
        }
    }
}

fn compare_keywords(log: &mut Log, at: &At, old: &Object, new: &Object) {
    let site = &at.site;
    let mut keys = Differences::between_objects(site, old, new);

    fields::compare(log, at, old, new, &mut keys);
    if let Some(pair) = keys.take("nullable") {
        compare_nullable(log, at, old, new, pair);
    }
    if let Some((old, new)) = keys.take("items") {
        compare_pair(log, &at.inside("items", "[]"), (old, new));
    }
    if let Some(pair) = keys.take("additionalProperties") {
        match pair {
            (Some(Value::Object(_)), Some(Value::Object(_))) => {
                compare_pair(log, &at.inside("additionalProperties", ".*"), pair);
            }
            // Whether they are kept, ignored or refused is part of the type.
            _ => log.value(Breaking, site, "additionalProperties", pair),
        }
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(pair) = keys.take(key) {
            variants::compare(log, at, key, pair);
        }
    }
    if let Some(pair) = keys.take("enum") {
        compare_values(log, at, old.contains_key(EXTENSIBLE), pair);
    }
    for key in [EXTENSIBLE, "default", "format"] {
        if let Some(pair) = keys.take(key) {
            log.value(Breaking, site, key, pair);
        }
    }
    for key in CONSTRAINTS {
        if let Some(pair) = keys.take(key) {
            log.value(constraint_impact(at.direction, key, pair), site, key, pair);
        }
    }
    if !at.named
        && gets_own_type(new)
        && let Some(pair) = keys.take("title")
    {
        // The generator names the type of an inline schema by its title.
        log.value(Breaking, site, "title", pair);
    }
    keys.finish(log);
}

/// Marks an enum to which the server may add values: the client accepts others.
const EXTENSIBLE: &str = "x-extensible-enum";

const CONSTRAINTS: [&str; 13] = [
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// A tighter limit hurts who sends, a looser one who receives. Other constraints
/// choose the Rust type (`minimum: 1` makes a `NonZeroU64`), as does one that
/// appears or disappears.
fn constraint_impact(direction: Direction, key: &str, (old, new): Pair) -> Impact {
    let number = |value: Option<&Value>| value.and_then(Value::as_u64);
    let (Some(was), Some(is)) = (number(old), number(new)) else {
        return Breaking;
    };
    let tighter = match key {
        "minLength" | "minItems" | "minProperties" => is > was,
        "maxLength" | "maxItems" | "maxProperties" => is < was,
        _ => return Breaking,
    };
    if tighter {
        direction.breaking_if_sent()
    } else {
        direction.breaking_if_received()
    }
}

fn compare_nullable(log: &mut Log, at: &At, old: &Object, new: &Object, pair: Pair) {
    let Some(nullable) = log.switched(&at.site, "nullable", pair) else {
        return;
    };
    let options = (is_option(old, at.required.0), is_option(new, at.required.1));
    let impact = if options.0 != options.1 {
        Breaking
    } else if nullable {
        Additive
    } else {
        at.direction.breaking_if_sent()
    };
    let state = if nullable { "is now" } else { "is no longer" };
    let what = format!("{state} nullable{}", option_note(options));
    log.add(impact, &at.site, what);
}

fn compare_values(log: &mut Log, at: &At, extensible: bool, (old, new): Pair) {
    let site = &at.site;
    let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, new) else {
        log.unknown(&site.key("enum"));
        return;
    };
    let only_in = |these: &[Value], others: &[Value]| -> Vec<String> {
        let only = these.iter().filter(|value| !others.contains(value));
        only.map(|value| text(Some(value))).collect()
    };
    let (gone, come) = (only_in(old, new), only_in(new, old));
    if gone.is_empty() && come.is_empty() {
        let what = "enum values are listed in another way";
        log.add(Neutral, site, what);
    }
    if !gone.is_empty() {
        let what = format!("enum values removed: {}", gone.join(", "));
        log.add(Breaking, site, what);
    }
    if !come.is_empty() {
        let impact = if extensible {
            Additive
        } else {
            at.direction.breaking_if_received()
        };
        let what = format!("enum values added: {}", come.join(", "));
        log.add(impact, site, what);
    }
}
