//! Documents that FastAPI and Pydantic publish, from `tests/fastapi/emit.py`.

mod compiled;
mod mutations;

use std::{collections::BTreeMap, env, fs};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    document::{self, Derived, history::History, overlay::Overlay, provenance::Provenance, slice},
    generator::{client, names},
    project,
};

/// The documents of one version of FastAPI and Pydantic.
#[derive(Deserialize)]
struct Published {
    fastapi: String,
    pydantic: String,
    documents: BTreeMap<String, Document>,
}

#[derive(Deserialize)]
struct Document {
    document: Value,
    /// Types and values of them.
    received: Vec<(String, Value)>,
    sent: Vec<(String, Value)>,
}

fn published() -> Published {
    let path = project::root().join("xtask/tests/fastapi/documents.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn derived(document: &Value) -> Derived {
    let overlay = r#"{"overlay": "1.0.0", "info": {"title": "t", "version": "1"},
        "actions": [{"target": "$.info", "update": {"x-none": true}}]}"#;
    let slice = slice::cut(document).unwrap();
    let provenance = Provenance::of(&slice, "0.12.4");
    let overlay = Overlay::parse(overlay).unwrap();
    document::derive(&slice, &provenance, &History::default(), &overlay).unwrap()
}

/// The code of the client and of the names.
fn generate(derived: &Derived) -> Result<[String; 2], String> {
    let text = derived.groups.to_string();
    Ok([client::generate(&text, true)?, names::generate(&text)?])
}

#[test]
fn every_document_is_generated() {
    let published = published();
    let mut rejected = Vec::new();
    for (name, document) in &published.documents {
        if let Err(error) = generate(&derived(&document.document)) {
            rejected.push(format!("{name}: {error}"));
        }
    }
    println!(
        "generated {} of {} documents of FastAPI {} and Pydantic {}",
        published.documents.len() - rejected.len(),
        published.documents.len(),
        published.fastapi,
        published.pydantic,
    );
    assert!(rejected.is_empty(), "{}", rejected.join("\n"));
}

/// `UPDATE_EXPECT=1` accepts other notes.
#[test]
fn what_is_less_exact_is_noted() {
    let mut notes = String::new();
    for (name, document) in published().documents {
        let found = derived(&document.document).notes;
        if !found.is_empty() {
            notes.push_str(&format!("{name}\n"));
        }
        for note in found {
            notes.push_str(&format!("    {note}\n"));
        }
    }
    let path = project::root().join("xtask/tests/fastapi/notes.txt");
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &notes).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == notes, "{notes}");
}
