//! The generated names are those of the document, and unknown names are retained.
#![allow(clippy::indexing_slicing, reason = "what a JSON value lacks is null")]

mod document;

use std::{collections::BTreeSet, fmt::Debug};

use document::{document, operations, referred, resolve};
use owui_groups::{Operation, Permission, types::MembershipType};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// An enum of strings that retains unknown values.
trait OpenEnum: Clone + Serialize + DeserializeOwned + PartialEq + Debug + 'static {
    const ALL_KNOWN: &'static [Self];
    fn named(text: &str) -> Option<Self>;
    fn text(&self) -> &str;
    fn known(&self) -> bool;
}

macro_rules! open_enums {
    ($($name:ident),*) => {
        $(impl OpenEnum for $name {
            const ALL_KNOWN: &'static [Self] = Self::KNOWN;

            fn named(text: &str) -> Option<Self> {
                Self::try_from(text).ok()
            }

            fn text(&self) -> &str {
                self.as_str()
            }

            fn known(&self) -> bool {
                self.is_known()
            }
        })*

        /// The types that the tests of open enums cover.
        const OPEN_ENUMS: &[&str] = &[$(stringify!($name)),*];
    };
}

open_enums!(MembershipType, Permission);

#[test]
fn operations_are_those_of_the_document() {
    let known: BTreeSet<_> = Operation::ALL
        .iter()
        .map(|operation| {
            json!({
                "id": operation.id(),
                "method": operation.method().as_str(),
                "path": operation.path(),
                "since": operation.since().to_string(),
                "retry": if operation.is_idempotent() { "idempotent" } else { "if-not-sent" },
            })
            .to_string()
        })
        .collect();
    let documented: BTreeSet<_> = operations(&document())
        .into_iter()
        .map(|operation| {
            json!({
                "id": operation.id,
                "method": operation.method,
                "path": operation.path,
                "since": operation.content["x-since"],
                "retry": operation.content["x-retry"],
            })
            .to_string()
        })
        .collect();
    assert_eq!(known, documented);
}

#[test]
fn every_operation_is_known_once() {
    let distinct: BTreeSet<_> = Operation::ALL.iter().map(|one| one.id()).collect();
    assert_eq!(distinct.len(), Operation::ALL.len());
}

#[test]
fn permissions_are_the_leaves_of_the_document() {
    let document = document();
    let mut leaves = Vec::new();
    let root = json!({"$ref": "#/components/schemas/UserPermissions"});
    collect_leaves(&document, &root, "", &mut leaves);
    assert_known::<Permission>(leaves);
}

#[test]
fn permissions_have_the_versions_of_the_document() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object();
    let schema_of = |category: &str| {
        let property =
            &document["components"]["schemas"]["UserPermissions"]["properties"][category];
        schemas.and_then(|schemas| schemas.get(referred(property)?))
    };
    for permission in Permission::KNOWN {
        let [category, name] = permission.path();
        let property = schema_of(category).map(|schema| &schema["properties"][name]);
        let since = property.and_then(|property| property["x-since"].as_str());
        let known = permission.since().map(|since| since.to_string());
        assert_eq!(known.as_deref(), since, "{permission}");
    }
}

#[test]
fn membership_types_are_those_of_the_document() {
    let document = document();
    assert_known::<MembershipType>(extensible_enum(&document, "MembershipType"));
}

#[test]
fn every_open_enum_of_the_document_is_tested_here() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object();
    for (name, _) in schemas.into_iter().flatten() {
        assert!(
            extensible_enum(&document, name).is_empty() || OPEN_ENUMS.contains(&name.as_str()),
            "{name} has `x-extensible-enum`: add it to open_enums! in tests/names.rs, and a test \
             that compares its values"
        );
    }
}

#[test]
fn a_known_membership_type_keeps_its_text() {
    known_values_keep_their_text::<MembershipType>();
}

#[test]
fn a_known_permission_keeps_its_text() {
    known_values_keep_their_text::<Permission>();
}

proptest! {
    #[test]
    fn any_membership_type_keeps_its_text(text in text_near(MembershipType::ALL_KNOWN)) {
        keeps_its_text::<MembershipType>(&text);
    }

    #[test]
    fn any_permission_keeps_its_text(text in text_near(Permission::ALL_KNOWN)) {
        keeps_its_text::<Permission>(&text);
    }
}

/// Checks that the type has exactly these values, each once.
fn assert_known<T: OpenEnum>(documented: Vec<String>) {
    let mut known: Vec<_> = T::ALL_KNOWN
        .iter()
        .map(|value| value.text().to_owned())
        .collect();
    known.sort();
    let documented: BTreeSet<_> = documented.into_iter().collect();
    assert_eq!(known, Vec::from_iter(documented));
}

fn known_values_keep_their_text<T: OpenEnum>() {
    for known in T::ALL_KNOWN {
        assert!(known.known(), "{known:?}");
        assert_eq!(T::named(known.text()).as_ref(), Some(known));
        keeps_its_text::<T>(known.text());
    }
}

/// Through conversions and serde. A value is known only if the document has it.
fn keeps_its_text<T: OpenEnum>(text: &str) {
    let Some(value) = T::named(text) else {
        let json = Value::from(text).to_string();
        assert!(serde_json::from_str::<T>(&json).is_err());
        return;
    };
    assert_eq!(value.text(), text);
    let listed = T::ALL_KNOWN.iter().any(|known| known.text() == text);
    assert_eq!(value.known(), listed);
    let json = serde_json::to_string(&value).unwrap_or_default();
    assert_eq!(json, Value::from(text).to_string());
    assert_eq!(serde_json::from_str::<T>(&json).ok(), Some(value));
}

/// Any string, and strings that differ little from known values.
fn text_near<T: OpenEnum>(known: &'static [T]) -> impl Strategy<Value = String> {
    let known = prop::sample::select(known).prop_map(|value| value.text().to_owned());
    prop_oneof![
        any::<String>(),
        (known, "[A-Z_. ]?").prop_map(|(known, more)| known + &more),
    ]
}

/// The names of the boolean properties below a schema, joined by dots.
fn collect_leaves(document: &Value, schema: &Value, prefix: &str, leaves: &mut Vec<String>) {
    let schema = resolve(document, schema);
    if schema["type"] == "boolean" {
        leaves.push(prefix.to_owned());
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        collect_leaves(document, property, &path, leaves);
    }
}

fn extensible_enum(document: &Value, schema: &str) -> Vec<String> {
    let values = &document["components"]["schemas"][schema]["x-extensible-enum"];
    let values = values.as_array().into_iter().flatten();
    values
        .filter_map(Value::as_str)
        .map(ToOwned::to_owned)
        .collect()
}
