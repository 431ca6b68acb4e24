//! The command `xtask refresh`, which has to leave the project as it is.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The folders with files that people or the command write.
const FOLDERS: [&str; 6] = ["build", "cli", "mock", "openapi", "src", "tests"];

/// The root of the project.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs it, and fails if it changed a file.
#[track_caller]
pub(crate) fn refresh(arguments: &[&str]) -> Output {
    let before = files();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("refresh")
        .args(arguments)
        .output()
        .unwrap();
    let after = files();
    if before != after {
        for (file, content) in before {
            if after.get(&file) != Some(&content) {
                fs::write(file, content).unwrap();
            }
        }
        panic!("it wrote something: {output:?}");
    }
    output
}

/// All that it printed.
pub(crate) fn printed(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(both).unwrap()
}

fn files() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for folder in FOLDERS {
        read(&project().join(folder), &mut found);
    }
    found
}

fn read(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, found);
        } else {
            found.insert(path.clone(), fs::read(path).unwrap());
        }
    }
}
