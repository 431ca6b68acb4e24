//! Placeholders in the strings of a case.

use serde_json::Value;

/// Resolves labels to IDs.
pub(crate) trait Ids {
    fn group(&self, label: &str) -> Option<String>;
    fn person(&self, label: &str) -> Option<String>;
}

/// Replaces all placeholders in a string. Braces that are not placeholders stay.
pub(crate) fn text(template: &str, ids: &impl Ids) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let inner = rest[1..].find('}').map(|end| &rest[1..=end]);
        match inner
            .map(|inner| placeholder(inner, ids))
            .transpose()?
            .flatten()
        {
            Some(value) => {
                filled.push_str(&value);
                rest = &rest[inner.map_or(1, |inner| inner.len() + 2)..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Replaces the placeholders in every string of a JSON value.
pub(crate) fn json(template: &Value, ids: &impl Ids) -> Result<Value, String> {
    Ok(match template {
        Value::String(template) => Value::String(text(template, ids)?),
        Value::Array(items) => {
            let mut filled = Vec::new();
            for item in items {
                match item.as_str().and_then(crowd_range) {
                    Some(range) => filled.extend(crowd(range, ids)?),
                    None => filled.push(json(item, ids)?),
                }
            }
            Value::Array(filled)
        }
        Value::Object(members) => {
            let mut filled = serde_json::Map::new();
            for (key, value) in members {
                filled.insert(text(key, ids)?, json(value, ids)?);
            }
            Value::Object(filled)
        }
        other => other.clone(),
    })
}

/// Whether a step with this template requires the crowd.
pub(crate) fn mentions_crowd(template: &str) -> bool {
    template.contains("{@crowd")
}

fn placeholder(inner: &str, ids: &impl Ids) -> Result<Option<String>, String> {
    if let Some(label) = inner.strip_prefix('@') {
        let id = ids.person(label);
        return id.map(Some).ok_or(format!("nobody is called {label}"));
    }
    if let Some((count, piece)) = inner.split_once(" × ")
        && let Ok(count) = count.parse()
    {
        return Ok(Some(piece.repeat(count)));
    }
    let (inner, is_encoded) = match inner.strip_prefix('%') {
        Some(label) => (label, true),
        None => (inner, false),
    };
    let is_label = inner.starts_with(|c: char| c.is_ascii_lowercase())
        && inner
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_label {
        return Ok(None);
    }
    let id = ids.group(inner);
    let id = id.ok_or(format!("no group was kept as {inner}"))?;
    Ok(Some(if is_encoded {
        id.bytes().map(|byte| format!("%{byte:02X}")).collect()
    } else {
        id
    }))
}

/// The start and the exclusive end of `{@crowd 0..500}`.
fn crowd_range(item: &str) -> Option<std::ops::Range<usize>> {
    let range = item.strip_prefix("{@crowd ")?.strip_suffix('}')?;
    let (start, end) = range.split_once("..")?;
    Some(start.parse().ok()?..end.parse().ok()?)
}

fn crowd(range: std::ops::Range<usize>, ids: &impl Ids) -> Result<Vec<Value>, String> {
    range
        .map(|number| {
            let label = format!("crowd-{number:04}");
            let id = ids.person(&label);
            id.map(Value::String)
                .ok_or(format!("nobody is called {label}"))
        })
        .collect()
}
