//! The generated code compiles, and its types keep the values that they read.

use std::{fs, path::Path, process::Command};

use super::*;

const MANIFEST: &str = r#"
[package]
name = "NAME"
version = "0.0.0"
edition = "2024"
publish = false

[features]
default = ["schemars"]
schemars = []

[dependencies]
http = "1"
progenitor-client = "0.15.1"
reqwest = { version = "0.13.4", default-features = false, features = ["json", "query"] }
schemars = "1"
serde = { version = "1", features = ["derive"] }
serde_json = "1"

[profile.dev]
debug = 0
incremental = false

[workspace]
"#;

/// What generated code uses of the client, and the check of one value.
const PRELUDE: &str = r#"
#![allow(warnings)]

#[derive(Clone, Debug)]
pub struct Hook;

impl Hook {
    fn url(&self, _: &[&str]) -> reqwest::Url {
        unreachable!()
    }
}

pub mod generated {
    pub use crate::Hook;
}

pub mod value {
    pub mod count;

    pub mod parent_change {
        #[derive(
            Clone, Debug, PartialEq, schemars::JsonSchema, serde::Deserialize, serde::Serialize,
        )]
        pub struct ParentChange(Option<String>);
    }

    pub mod permissions {
        #[derive(
            Clone, Debug, PartialEq, schemars::JsonSchema, serde::Deserialize, serde::Serialize,
        )]
        pub struct Permissions(serde_json::Map<String, serde_json::Value>);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownValue(String);

impl UnknownValue {
    pub(crate) fn new(value: &str) -> Self {
        Self(value.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn covers(output: &serde_json::Value, input: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (output, input) {
        (Value::Object(output), Value::Object(input)) => input.iter().all(|(key, value)| {
            let is_empty = value.as_array().is_some_and(Vec::is_empty);
            match output.get(key) {
                Some(other) => covers(other, value),
                None => is_empty || value.is_null(),
            }
        }),
        (Value::Array(output), Value::Array(input)) => {
            output.len() == input.len()
                && output.iter().zip(input).all(|(output, input)| covers(output, input))
        }
        (Value::Number(output), Value::Number(input)) => output.as_f64() == input.as_f64(),
        _ => output == input,
    }
}

fn check<T: serde::de::DeserializeOwned + serde::Serialize>(place: &str, text: &str) -> bool {
    let input: serde_json::Value = serde_json::from_str(text).unwrap();
    let problem = match serde_json::from_str::<T>(text) {
        Err(error) => error.to_string(),
        Ok(value) => match serde_json::to_value(&value) {
            Err(error) => error.to_string(),
            Ok(output) if covers(&output, &input) => return true,
            Ok(output) => format!("becomes {output}"),
        },
    };
    eprintln!("{place}: {text}: {problem}");
    false
}
"#;

/// The code of one document, and types with values of them.
struct Module {
    code: [String; 2],
    values: Vec<(String, Value)>,
}

impl Module {
    fn of(document: Document) -> Self {
        let Document {
            document,
            received,
            sent,
        } = document;
        Self {
            code: generate(&derived(&document)).unwrap(),
            values: received.into_iter().chain(sent).collect(),
        }
    }
}

/// Writes a crate with a module for each document, and a program that reads and writes values.
fn write_crate(folder: &Path, all: &BTreeMap<String, Module>) -> usize {
    let source = folder.join("src");
    fs::create_dir_all(&source).unwrap();
    let name = folder.file_name().unwrap().to_string_lossy();
    let manifest = MANIFEST.replace("NAME", &name);
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(
        project::root().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )
    .unwrap();
    let (mut modules, mut checks) = (String::new(), String::new());
    let mut count = 0;
    for (number, (name, Module { code, values })) in all.iter().enumerate() {
        let module = format!("document_{number}");
        let [client, names] = code;
        let client = client.replace("crate::value::names", &format!("crate::{module}::names"));
        let code = format!(
            "// {name}\n{client}\nimpl ClientHooks<crate::Hook> for Client {{}}\n\
             pub mod names {{ use crate::UnknownValue;\n{names} }}\n"
        );
        fs::write(source.join(format!("{module}.rs")), code).unwrap();
        modules.push_str(&format!("mod {module};\n"));
        for (of, value) in values {
            let text = value.to_string();
            let check = format!("check::<{module}::types::{of}>({name:?}, {text:?})");
            checks.push_str(&format!("    good &= {check};\n"));
            count += 1;
        }
    }
    let main = format!(
        "{PRELUDE}\n{modules}\nfn main() {{\n    let mut good = true;\n{checks}    \
         std::process::exit(if good {{ 0 }} else {{ 1 }});\n}}\n"
    );
    fs::write(source.join("main.rs"), main).unwrap();
    // The generated fields refer to it.
    fs::create_dir_all(source.join("value")).unwrap();
    let counts = "src/value/count.rs";
    fs::copy(project::root().join(counts), folder.join(counts)).unwrap();
    count
}

fn compile_and_run(name: &str, modules: &BTreeMap<String, Module>) {
    let folder = project::root().join("target").join(name);
    let values = write_crate(&folder, modules);
    let status = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", project::root().join("target"))
        .env_remove("RUSTFLAGS")
        .status()
        .unwrap();
    let folder = folder.display();
    assert!(status.success(), "see above; the crate is {folder}");
    let count = modules.len();
    println!("compiled {count} documents; {values} values are the same after reading and writing");
}

/// A few documents with what differs most.
const FEW: [&str; 6] = [
    "equal titles, both",
    "fields that are no names in Rust, both",
    "list of enums, received",
    "names of models",
    "nullable fields, received",
    "query parameters",
];

#[test]
fn few_documents_compile_and_keep_values() {
    let few = published().documents.into_iter();
    let few = few.filter(|(name, _)| FEW.contains(&name.as_str()));
    let few: BTreeMap<_, _> = few.map(|(name, one)| (name, Module::of(one))).collect();
    assert_eq!(few.len(), FEW.len());
    compile_and_run("generated-from-few", &few);
}

/// Compiles the code of all documents, in a minute.
#[test]
#[ignore = "compiles the code of all documents"]
fn every_document_compiles_and_keeps_values() {
    let all = published().documents.into_iter();
    let all = all.map(|(name, one)| (name, Module::of(one))).collect();
    compile_and_run("generated-from-fastapi", &all);
}

/// Compiles the code of the server's document with unexpected keywords, in two minutes.
#[test]
#[ignore = "compiles the code of many documents"]
fn unexpected_keywords_compile() {
    let all = mutations::all_generated(0..60).into_iter();
    let all = all.map(|(name, code)| {
        let values = Vec::new();
        (name, Module { code, values })
    });
    compile_and_run("generated-from-mutations", &all.collect());
}
