//! One schema in its two versions. References are compared, not followed: what
//! they lead to is compared once, under its own name.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{self, Additive, Breaking, Neutral},
    differences::Differences,
    log::{Log, Pair, Site, text},
    permissions,
    reach::Direction,
    shape::{Object, describe, gets_own_type, is_option, option_note, same_kind, unwrapped},
};

/// Where a schema stands.
pub(crate) struct At<'a> {
    pub(crate) site: Site,
    pub(crate) direction: Direction,
    /// Whether the value must be present, before and after.
    pub(crate) required: (bool, bool),
    /// If its fields are permissions: what their names start with.
    pub(crate) section: Option<Cow<'a, str>>,
    /// Whether it has a name in `components`.
    named: bool,
}

impl At<'_> {
    /// A schema without a name, in a place where a value is always present.
    pub(crate) fn new(site: Site, direction: Direction) -> Self {
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
    pub(crate) fn component(site: Site, direction: Direction, section: Option<&'a str>) -> Self {
        At {
            section: section.map(Cow::Borrowed),
            named: true,
            ..At::new(site, direction)
        }
    }

    /// A schema inside this one, by its key and by what it is called.
    pub(crate) fn inside(&self, key: &str, suffix: &str) -> At<'static> {
        let place = format!("{}{suffix}", self.site.place);
        At::new(self.site.key(key).named(place), self.direction)
    }
}

/// Compares two schemas that may be missing on one side.
pub(crate) fn compare_pair(log: &mut Log, at: &At, pair: Pair) {
    match pair {
        (Some(old), Some(new)) => compare(log, at, old, new),
        _ => log.unknown(&at.site),
    }
}

/// Compares two schemas that differ.
pub(crate) fn compare(log: &mut Log, at: &At, old: &Value, new: &Value) {
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

    compare_fields(log, at, old, new, &mut keys);
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
            compare_variants(log, at, key, pair);
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

/// Compares `properties` and `required`, which only mean something together.
fn compare_fields(log: &mut Log, at: &At, old: &Object, new: &Object, keys: &mut Differences) {
    let properties = keys.take("properties");
    let required = keys.take("required");
    if properties.is_none() && required.is_none() {
        return;
    }
    let lists = (required_names(old), required_names(new));
    let malformed = lists.0.is_none() || lists.1.is_none();
    let (was, is) = (lists.0.unwrap_or_default(), lists.1.unwrap_or_default());
    let (Some(old), Some(new)) = (fields(old), fields(new)) else {
        log.unknown(&at.site.key("properties"));
        return;
    };

    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for &name in &names {
        let required = (was.contains(name), is.contains(name));
        let mut field = field(at, name, required);
        match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => {
                // Else it is one permission, whatever its schema looks like.
                let is_section = permissions::has_fields(old) && permissions::has_fields(new);
                field.section = field.section.filter(|_| is_section);
                compare_required(log, &field, old, new);
                if old != new {
                    compare(log, &field, old, new);
                }
            }
            // The comparison of all permissions has their lines.
            _ if at.section.is_some() => {}
            (Some(_), None) => log.add(Breaking, &field.site, "field removed"),
            (None, new) => {
                let (state, impact) = if required.1 {
                    ("required", at.direction.breaking_if_sent())
                } else {
                    ("optional", Additive)
                };
                let what = format!("{state} field added ({})", field_type(new.copied()));
                log.add(impact, &field.site, what);
            }
        }
    }

    if required.is_none() {
        return;
    }
    let mut moved = was.symmetric_difference(&is);
    if malformed || moved.any(|name| !names.contains(name)) {
        log.unknown(&at.site.key("required"));
    } else if was == is {
        let what = "`required` lists the same fields in another way";
        log.add(Neutral, &at.site, what);
    }
}

fn compare_required(log: &mut Log, field: &At, old: &Value, new: &Value) {
    let (was, is) = field.required;
    if was == is {
        return;
    }
    let option = |schema: &Value, required| match schema {
        Value::Object(schema) => is_option(&unwrapped(schema), required),
        _ => !required,
    };
    let options = (option(old, was), option(new, is));
    let impact = if options.0 != options.1 {
        Breaking
    } else if is {
        field.direction.breaking_if_sent()
    } else {
        Additive
    };
    let state = if is { "required" } else { "optional" };
    let what = format!("is now {state}{}", option_note(options));
    log.add(impact, &field.site, what);
}

fn field<'a>(at: &At, name: &str, required: (bool, bool)) -> At<'a> {
    let inside = at.inside("properties", "");
    let mut field = inside.inside(name, &format!(".{name}"));
    field.required = required;
    if let Some(section) = &at.section {
        let name = format!("{section}{name}");
        field.site = field.site.named(format!("permission `{name}`"));
        field.section = Some(permissions::prefix(&name).into());
    }
    field
}

fn field_type(schema: Option<&Value>) -> String {
    match schema {
        Some(Value::Object(schema)) => describe(&unwrapped(schema)),
        _ => "of no known type".to_owned(),
    }
}

/// The fields of an object schema, `None` if malformed.
fn fields(schema: &Object) -> Option<BTreeMap<&str, &Value>> {
    let Some(fields) = schema.get("properties") else {
        return Some(BTreeMap::new());
    };
    let fields = fields.as_object()?.iter();
    Some(fields.map(|(name, field)| (name.as_str(), field)).collect())
}

/// The names in `required`, `None` if malformed.
fn required_names(schema: &Object) -> Option<BTreeSet<&str>> {
    match schema.get("required") {
        None => Some(BTreeSet::new()),
        Some(names) => names.as_array()?.iter().map(Value::as_str).collect(),
    }
}

/// Compares the schemas that `anyOf`, `oneOf` or `allOf` lists.
fn compare_variants(log: &mut Log, at: &At, key: &str, (old, new): Pair) {
    let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, new) else {
        log.unknown(&at.site.key(key));
        return;
    };
    let gone = variants_only_in(old, new);
    let come = variants_only_in(new, old);
    match (gone.as_slice(), come.as_slice()) {
        // The one that differs is taken for a changed one.
        (&[(_, was)], &[(index, is)]) => {
            let site = at.inside(key, "").site.key(&index.to_string());
            let place = format!("{}, {key} {}", at.site.place, index + 1);
            compare(log, &At::new(site.named(place), at.direction), was, is);
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
                let what = format!("{key} lost {}", variant_type(schema));
                log.add(Breaking, &at.site, what);
            }
            for (_, schema) in come {
                let impact = match (key, at.direction.received) {
                    ("allOf", _) | (_, true) => Breaking,
                    _ => Additive,
                };
                let what = format!("{key} gained {}", variant_type(schema));
                log.add(impact, &at.site, what);
            }
        }
    }
}

fn variants_only_in<'a>(these: &'a [Value], others: &[Value]) -> Vec<(usize, &'a Value)> {
    let these = these.iter().enumerate();
    these
        .filter(|(_, schema)| !others.contains(schema))
        .collect()
}

fn variant_type(schema: &Value) -> String {
    match schema {
        Value::Object(schema) => describe(&unwrapped(schema)),
        other => text(Some(other)),
    }
}
