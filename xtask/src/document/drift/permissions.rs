//! Permission names: the dotted paths from `UserPermissions` to the switches at
//! the end of its references, such as `chat.file_upload`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{Additive, Breaking},
    log::{Log, Site},
    reach::{self, SCHEMAS},
    shape,
};

const ROOT: &str = "UserPermissions";

/// The permissions that a document knows.
#[derive(Default)]
pub(crate) struct Permissions<'a> {
    names: BTreeSet<String>,
    sections: BTreeMap<&'a str, String>,
}

impl<'a> Permissions<'a> {
    pub(crate) fn of(document: &'a Value) -> Self {
        let mut found = Permissions::default();
        if let Some(root) = reach::schema(document, ROOT) {
            found.visit(document, root, "", &mut vec![ROOT]);
            if has_fields(root) {
                found.sections.insert(ROOT, String::new());
            }
        }
        found.names.remove(""); // a root without permissions
        found
    }

    /// What the names of the permissions start with that are the fields of this
    /// schema (`chat.`), if they are permissions.
    pub(crate) fn section(&self, schema: &str) -> Option<&str> {
        self.sections.get(schema).map(String::as_str)
    }

    /// `open` holds the schemas on the way here: one that contains itself ends
    /// there.
    fn visit(
        &mut self,
        document: &'a Value,
        schema: &'a Value,
        name: &str,
        open: &mut Vec<&'a str>,
    ) {
        if let Some(target) = target(schema).filter(|target| !open.contains(target))
            && let Some(schema) = reach::schema(document, target)
        {
            if has_fields(schema) {
                let section = self.sections.entry(target);
                section.or_insert_with(|| prefix(name));
            }
            open.push(target);
            self.visit(document, schema, name, open);
            open.pop();
            return;
        }
        if !has_fields(schema) {
            self.names.insert(name.to_owned());
            return;
        }
        let fields = schema.get("properties").and_then(Value::as_object);
        for (field, schema) in fields.into_iter().flatten() {
            self.visit(document, schema, &format!("{}{field}", prefix(name)), open);
        }
    }
}

/// Reports the permissions that came and went.
pub(crate) fn compare(log: &mut Log, old: &Permissions, new: &Permissions) {
    let site = |name: &str| Site::root().named(format!("permission `{name}`"));
    for name in old.names.difference(&new.names) {
        log.add(Breaking, &site(name), "removed");
    }
    for name in new.names.difference(&old.names) {
        log.add(Additive, &site(name), "added");
    }
}

/// The start of the names of the fields below a name.
pub(crate) fn prefix(name: &str) -> String {
    if name.is_empty() {
        String::new()
    } else {
        format!("{name}.")
    }
}

/// Whether these are permissions below a name, and not one permission.
pub(crate) fn has_fields(schema: &Value) -> bool {
    let fields = schema.get("properties").and_then(Value::as_object);
    target(schema).is_none() && fields.is_some_and(|fields| !fields.is_empty())
}

/// The name of the schema that this one refers to.
fn target(schema: &Value) -> Option<&str> {
    shape::reference(schema)?.strip_prefix(SCHEMAS)
}
