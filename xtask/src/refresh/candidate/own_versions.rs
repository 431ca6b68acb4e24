//! Gives the packages of the copy versions of their own.
//!
//! Cargo identifies a package by its name, its version, and its place in the workspace. The project
//! and its copy share the target folder, so without this each would use what the other has built.

use std::path::Path;

/// Build metadata, which requirements of versions do not consider.
const MARK: &str = "+candidate";

/// Marks the versions of the workspace's packages in its manifests and its lock file.
pub(crate) fn mark(name: &Path, content: Vec<u8>) -> Vec<u8> {
    let text = match String::from_utf8(content) {
        Ok(text) => text,
        Err(error) => return error.into_bytes(),
    };
    let text = match name.file_name().and_then(|name| name.to_str()) {
        Some("Cargo.toml") => mark_versions(&text),
        Some("Cargo.lock") => {
            let blocks = text.split("\n\n").map(|block| {
                let is_own = block.starts_with("[[package]]") && !block.contains("\nsource = ");
                match is_own {
                    true => mark_versions(block),
                    false => block.to_owned(),
                }
            });
            blocks.collect::<Vec<_>>().join("\n\n")
        }
        _ => text,
    };
    text.into_bytes()
}

fn mark_versions(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let version = line.strip_prefix("version = \"");
        match version.and_then(|version| version.split_once('"')) {
            Some((version, rest)) => {
                marked.push_str(&format!("version = \"{version}{MARK}\"{rest}"));
            }
            None => marked.push_str(line),
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(name: &str, text: &str) -> String {
        String::from_utf8(mark(Path::new(name), text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn a_manifest_has_another_version_and_the_same_dependencies() {
        let manifest =
            "[package]\nversion = \"0.1.0\"\n\n[dependencies]\na = { version = \"1\" }\n";
        assert_eq!(
            marked("cli/Cargo.toml", manifest),
            manifest.replace("0.1.0", "0.1.0+candidate")
        );
    }

    #[test]
    fn only_packages_of_the_workspace_have_another_version_in_the_lock_file() {
        let own = "[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n";
        let other = "[[package]]\nname = \"other\"\nversion = \"1.2.3\"\nsource = \"registry\"\n";
        assert_eq!(
            marked("Cargo.lock", &format!("version = 4\n\n{own}\n{other}")),
            format!(
                "version = 4\n\n{}\n{other}",
                own.replace("0.1.0", "0.1.0+candidate")
            )
        );
    }

    #[test]
    fn other_files_are_the_same() {
        let text = "version = \"0.1.0\"\n";
        assert_eq!(marked("src/lib.rs", text), text);
    }
}
