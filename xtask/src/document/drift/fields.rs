//! The fields of an object and which of them are required.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{Additive, Breaking, Neutral},
    differences::Differences,
    log::Log,
    permissions,
    schema::{self, At},
    shape::{Object, describe, is_option, option_note, unwrapped},
};

/// Compares `properties` and `required`, which only mean something together.
pub(super) fn compare(log: &mut Log, at: &At, old: &Object, new: &Object, keys: &mut Differences) {
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
                    schema::compare(log, &field, old, new);
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
                let what = format!("{state} field added ({})", kind(new.copied()));
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

fn kind(schema: Option<&Value>) -> String {
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
