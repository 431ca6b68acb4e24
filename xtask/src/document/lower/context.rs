//! What the lowering of one document knows and collects.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::document::{
    lower::{rust_names::TypeNames, walk::Pointer},
    note::Note,
};

/// The start of a reference to a schema.
pub(crate) const SCHEMAS: &str = "#/components/schemas/";

/// The state of one lowering.
pub(crate) struct Lowering<'a> {
    /// The document as published, with the overlay.
    pub(crate) document: &'a Value,
    /// Its schemas.
    pub(crate) schemas: &'a Map<String, Value>,
    /// The names of the schemas that responses reach.
    pub(crate) received: BTreeSet<String>,
    /// The names of the schemas that request bodies and parameters reach.
    pub(crate) sent: BTreeSet<String>,
    /// The names in the lowered document, by those in the published one.
    pub(crate) renamed: BTreeMap<String, String>,
    pub(crate) types: TypeNames,
    /// Schemas that the published document has inside others, and that need a name.
    pub(crate) hoisted: Map<String, Value>,
    pub(crate) notes: Vec<Note>,
}

/// What is known of a schema by the place where it is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) at: Pointer,
    /// The name of a type that the schema needs.
    pub(crate) name: String,
    /// Whether the server sends it.
    pub(crate) received: bool,
    /// Whether callers send it.
    pub(crate) sent: bool,
}

impl Place {
    /// A schema inside this one.
    pub(crate) fn inside(&self, tokens: &[&str], name: &str) -> Self {
        Self {
            at: self.at.below(tokens),
            name: format!("{}{name}", self.name),
            received: self.received,
            sent: self.sent,
        }
    }

    /// A schema for the same value.
    pub(crate) fn same(&self, tokens: &[&str]) -> Self {
        self.inside(tokens, "")
    }
}

/// The state to return to, if what was lowered is not used.
pub(crate) struct Mark {
    notes: usize,
    types: TypeNames,
    hoisted: Map<String, Value>,
}

impl Lowering<'_> {
    pub(crate) fn note(&mut self, at: &Pointer, text: impl Into<String>) {
        let note = at.note(text);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            notes: self.notes.len(),
            types: self.types.clone(),
            hoisted: self.hoisted.clone(),
        }
    }

    pub(crate) fn return_to(&mut self, mark: Mark) {
        self.notes.truncate(mark.notes);
        self.types = mark.types;
        self.hoisted = mark.hoisted;
    }

    /// The name and the content of the schema that a reference leads to.
    pub(crate) fn referred(&self, reference: &Value) -> Option<(&str, &Value)> {
        let token = reference.as_str()?.strip_prefix(SCHEMAS)?;
        let name = token.replace("~1", "/").replace("~0", "~");
        let (name, schema) = self.schemas.get_key_value(&name)?;
        Some((name, schema))
    }

    /// The parameter, request body or response that a reference leads to.
    pub(crate) fn follow(&self, part: &Value) -> Option<Value> {
        let mut current = part;
        for _ in 0..32 {
            let Some(reference) = current.get("$ref") else {
                return Some(current.clone());
            };
            let pointer = reference.as_str()?.strip_prefix('#')?;
            current = self.document.pointer(pointer)?;
        }
        None
    }

    /// The name in the published document of a schema of the lowered one.
    pub(crate) fn published_name<'s>(&'s self, name: &'s str) -> &'s str {
        let mut renamed = self.renamed.iter();
        let found = renamed.find(|(_, new)| *new == name);
        found.map_or(name, |(old, _)| old.as_str())
    }
}
