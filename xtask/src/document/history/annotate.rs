//! Writes into a slice since which release it has what.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::document::{
    history::{History, facts::Section, permissions},
    slice,
};

/// Adds `x-since` to each operation and permission. What no release has is as new as the server,
/// whose version is given. A permission whose default changed gets all of its defaults as
/// `x-defaults`.
///
/// The document's own defaults of permissions are replaced by those of the newest release, which
/// come from running servers.
///
/// # Errors
///
/// If the slice does not name permissions.
pub(crate) fn annotate(slice: &mut Value, history: &History, server_version: &str) -> Result<()> {
    for (pointer, place) in slice::operation_pointers(slice) {
        let since = history.since(Section::Operations, &place);
        let since = since.map_or_else(|| server_version.to_owned(), |since| since.to_string());
        object(slice, &pointer)?.insert("x-since".to_owned(), since.into());
    }
    for permission in permissions::named(slice) {
        let since = history.since(Section::Permissions, &permission.name);
        let since = since.map_or_else(|| server_version.to_owned(), |since| since.to_string());
        let defaults = history.defaults(&permission.name);
        let property = object(slice, &permission.pointer)?;
        if let Some((_, Some(newest))) = defaults.last() {
            property.insert("default".to_owned(), Value::Bool(*newest));
        }
        let is_constant = defaults.iter().all(|(first, _)| first.to_string() == since);
        if !is_constant {
            let defaults = defaults
                .into_iter()
                .map(|(since, default)| json!({"since": since.to_string(), "default": default}));
            property.insert("x-defaults".to_owned(), defaults.collect());
        }
        property.insert("x-since".to_owned(), since.into());
    }
    Ok(())
}

fn object<'a>(slice: &'a mut Value, pointer: &str) -> Result<&'a mut Map<String, Value>> {
    slice
        .pointer_mut(pointer)
        .and_then(Value::as_object_mut)
        .with_context(|| format!("the document has no object at {pointer}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::history::tests::{history, raw};

    fn annotated(operation: &str) -> Value {
        let raw = raw("0.13.0", operation, false);
        let mut slice = slice::cut(&raw.document).unwrap();
        annotate(&mut slice, &history(), "0.13.0").unwrap();
        slice
    }

    #[test]
    fn an_operation_has_its_first_release() {
        assert_eq!(
            annotated("GET /a")["paths"]["/a"]["get"]["x-since"],
            "0.11.0"
        );
    }

    #[test]
    fn an_operation_that_no_release_has_is_as_new_as_the_server() {
        assert_eq!(
            annotated("GET /c")["paths"]["/c"]["get"]["x-since"],
            "0.13.0"
        );
    }

    #[test]
    fn a_permission_has_its_first_release_and_changes_of_its_default() {
        let slice = annotated("GET /a");
        assert_eq!(
            slice["components"]["schemas"]["Chat"]["properties"]["delete"],
            json!({
                "type": "boolean",
                "default": true,
                "x-since": "0.6.43",
                "x-defaults": [
                    {"since": "0.6.43", "default": false},
                    {"since": "0.10.0", "default": true},
                ],
            })
        );
    }

    #[test]
    fn a_constant_default_is_that_of_the_servers() {
        let mut history = History::default();
        history.add(&raw("0.12.0", "GET /a", true)).unwrap();
        let mut slice = slice::cut(&raw("0.12.0", "GET /a", true).document).unwrap();
        annotate(&mut slice, &history, "0.12.0").unwrap();
        assert_eq!(
            slice["components"]["schemas"]["Chat"]["properties"]["delete"],
            json!({"type": "boolean", "default": true, "x-since": "0.12.0"})
        );
    }

    #[test]
    fn a_permission_that_no_release_has_keeps_its_default() {
        let mut slice = slice::cut(&raw("0.13.0", "GET /a", false).document).unwrap();
        slice["components"]["schemas"]["Chat"]["properties"]["edit"] =
            json!({"type": "boolean", "default": true});
        annotate(&mut slice, &history(), "0.13.0").unwrap();
        assert_eq!(
            slice["components"]["schemas"]["Chat"]["properties"]["edit"],
            json!({
                "type": "boolean",
                "default": true,
                "x-since": "0.13.0",
            })
        );
    }
}
