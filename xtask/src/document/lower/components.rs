//! The named schemas: their names, the directions in which they are sent, and their content.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use crate::document::lower::{
    context::{Lowering, Place, SCHEMAS},
    rust_names::{TypeNames, type_name},
    walk::Pointer,
};

impl<'a> Lowering<'a> {
    /// Chooses the names of all schemas, and finds those that responses reach.
    pub(crate) fn new(document: &'a Value, schemas: &'a Map<String, Value>) -> Self {
        let mut lowering = Self {
            document,
            schemas,
            received: BTreeSet::new(),
            sent: BTreeSet::new(),
            renamed: BTreeMap::new(),
            types: TypeNames::default(),
            hoisted: Map::new(),
            notes: Vec::new(),
        };
        lowering.choose_names();
        let items = document.get("paths").and_then(Value::as_object);
        let operations = items.into_iter().flat_map(Map::values);
        let operations = operations
            .filter_map(Value::as_object)
            .flat_map(Map::values);
        let mut sent = BTreeSet::new();
        for operation in operations {
            if let Some(responses) = operation.get("responses") {
                let mut received = std::mem::take(&mut lowering.received);
                lowering.reach(responses, &mut received);
                lowering.received = received;
            }
            for key in ["parameters", "requestBody"] {
                if let Some(part) = operation.get(key) {
                    lowering.reach(part, &mut sent);
                }
            }
        }
        // What no operation reaches has values that the server stores.
        let others = schemas.keys().filter(|name| !sent.contains(*name));
        lowering.received.extend(others.cloned());
        lowering.sent = sent;
        lowering
    }

    /// The names of the overlay come first, and then those that need no change.
    fn choose_names(&mut self) {
        let place = |name: &str| Pointer::default().below(&["components", "schemas", name]);
        let mut others = Vec::new();
        for (name, schema) in self.schemas {
            match schema.get("x-rust-name").and_then(Value::as_str) {
                Some(chosen) => _ = self.types.take(chosen),
                None => others.push(name),
            }
        }
        let as_is = |name: &str| type_name(name).is_some_and(|own| own == name);
        others.sort_by_key(|name| (!as_is(name), name.as_str()));
        for name in others {
            let own = type_name(name);
            let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "._-".contains(sign);
            let wanted = own.clone().unwrap_or_else(|| "Schema".to_owned());
            let chosen = self.types.take_similar(&wanted);
            let is_kept = own.as_ref() == Some(&chosen) && name.to_pascal_case() == chosen;
            if !is_kept || !name.chars().all(is_plain) {
                self.note(&place(name), format!("is named `{chosen}`"));
                self.renamed.insert(name.clone(), chosen);
            }
        }
    }

    /// Collects the names of the schemas that a value reaches.
    fn reach(&self, value: &Value, reached: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                if let Some((name, schema)) = object.get("$ref").and_then(|to| self.referred(to))
                    && reached.insert(name.to_owned())
                {
                    self.reach(schema, reached);
                }
                object.values().for_each(|value| self.reach(value, reached));
            }
            Value::Array(array) => array.iter().for_each(|value| self.reach(value, reached)),
            _ => {}
        }
    }

    /// Lowers all schemas, and adds those that were inside others and that the paths need.
    pub(crate) fn components(&mut self, paths: &Map<String, Value>) -> Map<String, Value> {
        let mut lowered = Map::new();
        for (name, schema) in self.schemas {
            let chosen = schema.get("x-rust-name").and_then(Value::as_str);
            let renamed = self.renamed.get(name).cloned();
            let key = renamed.unwrap_or_else(|| name.clone());
            let type_name = chosen.map(str::to_owned).or_else(|| type_name(&key));
            let place = Place {
                at: Pointer::default().below(&["components", "schemas", name]),
                name: type_name.unwrap_or_else(|| key.clone()),
                received: self.received.contains(name),
                sent: self.sent.contains(name),
            };
            let schema = self.component(schema, &place);
            lowered.insert(key, schema);
        }
        self.open_circles(&mut lowered);
        self.keep_switches(&mut lowered);
        let hoisted = std::mem::take(&mut self.hoisted);
        let mut reached = BTreeSet::new();
        let references = |value: &Value, reached: &mut BTreeSet<String>| {
            collect_references(value, &hoisted, reached);
        };
        paths
            .values()
            .for_each(|value| references(value, &mut reached));
        lowered
            .values()
            .for_each(|value| references(value, &mut reached));
        let needed = hoisted
            .into_iter()
            .filter(|(name, _)| reached.contains(name));
        lowered.extend(needed);
        lowered
    }

    /// A schema that is only another name of itself allows every value.
    fn open_circles(&mut self, lowered: &mut Map<String, Value>) {
        let alias = |schema: &Value| {
            let reference = schema.pointer("/allOf/0/$ref")?.as_str()?;
            reference.strip_prefix(SCHEMAS).map(str::to_owned)
        };
        let names: Vec<_> = lowered.keys().cloned().collect();
        for name in names {
            let mut seen = BTreeSet::new();
            let mut current = name.clone();
            while let Some(next) = lowered.get(&current).and_then(alias) {
                if !seen.insert(current) {
                    break;
                }
                current = next;
                if current == name {
                    let at = Pointer::default().below(&["components", "schemas", &name]);
                    self.note(&at, "is only a name of itself; any value is allowed");
                    lowered.insert(name, json!({}));
                    break;
                }
            }
        }
    }
}

fn collect_references(value: &Value, hoisted: &Map<String, Value>, reached: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let reference = object.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|reference| reference.strip_prefix(SCHEMAS));
            if let Some(name) = name
                && let Some(schema) = hoisted.get(name)
                && reached.insert(name.to_owned())
            {
                collect_references(schema, hoisted, reached);
            }
            for value in object.values() {
                collect_references(value, hoisted, reached);
            }
        }
        Value::Array(array) => {
            for value in array {
                collect_references(value, hoisted, reached);
            }
        }
        _ => {}
    }
}
