//! Generates the client and the names from `openapi/groups.json`, which `cargo xtask refresh` creates.

#[path = "build/client.rs"]
mod client;
#[path = "build/names.rs"]
mod names;
#[path = "build/operations.rs"]
mod operations;

use std::{env, error::Error, fs, path::Path, process::ExitCode};

const DOCUMENT: &str = "openapi/groups.json";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    println!("cargo::rerun-if-changed=build");
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in format!("{DOCUMENT}: {error}").lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), Box<dyn Error>> {
    let document = fs::read_to_string(DOCUMENT)?;
    // Editors on Windows may add a byte order mark.
    let document = document.trim_start_matches('\u{feff}');
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: this is a build script")?;
    let json_schema = env::var_os("CARGO_FEATURE_SCHEMARS").is_some();
    let write = |name: &str, code: String| fs::write(Path::new(&out).join(name), code);
    write("client.rs", client::generate(document, json_schema)?)?;
    write("names.rs", names::generate(document)?)?;
    Ok(())
}
