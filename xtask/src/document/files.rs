//! The checked-in documents, read and written together.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    document::{canonical, history::History, overlay::Overlay},
    project,
};

/// The folder with the documents.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The project's own folder.
    pub(crate) fn of_project() -> Self {
        Self(project::root().join("openapi"))
    }

    /// The documents in another folder.
    #[cfg(test)]
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// What the server publishes; none before the first refresh.
    pub(crate) fn upstream(&self) -> Result<Option<Value>> {
        self.read("upstream.json")?
            .map(|text| serde_json::from_str(&text).context("upstream.json is not JSON"))
            .transpose()
    }

    /// What the generator reads, as text; none before the first refresh.
    pub(crate) fn groups(&self) -> Result<Option<String>> {
        self.read("groups.json")
    }

    /// What a person wrote.
    pub(crate) fn overlay(&self) -> Result<Overlay> {
        Overlay::parse(
            &self
                .read("overlay.json")?
                .context("overlay.json is missing")?,
        )
    }

    /// Which release has what; nothing before the first `cargo xtask history`.
    pub(crate) fn history(&self) -> Result<History> {
        match self.read("history.json")? {
            Some(text) => History::parse(&text),
            None => Ok(History::default()),
        }
    }

    /// Writes all documents that are not edited by hand, or none.
    ///
    /// # Errors
    ///
    /// If a file cannot be written; all are as they were in this case.
    pub(crate) fn write(&self, upstream: &Value, history: &History, groups: &Value) -> Result<()> {
        self.replace(&[
            ("upstream.json", canonical::to_text(upstream)),
            ("history.json", history.to_text()),
            ("groups.json", canonical::to_text(groups)),
        ])
    }

    /// Writes the history.
    ///
    /// # Errors
    ///
    /// If the file cannot be written; it is as it was in this case.
    pub(crate) fn write_history(&self, history: &History) -> Result<()> {
        self.replace(&[("history.json", history.to_text())])
    }

    fn replace(&self, files: &[(&str, String)]) -> Result<()> {
        let staged = files
            .iter()
            .map(|(name, text)| {
                let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
                file.write_all(text.as_bytes())?;
                file.as_file().sync_all()?;
                Ok((name, file))
            })
            .collect::<Result<Vec<_>>>()
            .with_context(|| format!("writing to {}", self.0.display()))?;

        // Renaming does not fail for want of space; should it fail all the
        // same, what was there before goes back.
        let mut replaced: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::new();
        for (name, file) in staged {
            let path = self.0.join(name);
            let before = fs::read(&path).ok();
            if let Err(error) = file.persist(&path) {
                for (path, before) in replaced {
                    match before {
                        Some(content) => fs::write(&path, content)?,
                        None => fs::remove_file(&path)?,
                    }
                }
                return Err(error).with_context(|| format!("replacing {}", path.display()));
            }
            make_readable(&path)?;
            replaced.push((path, before));
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Option<String>> {
        let path = self.0.join(name);
        match fs::read_to_string(&path) {
            // Editors on Windows may put a byte order mark in front.
            Ok(text) => Ok(Some(text.trim_start_matches('\u{feff}').to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }
}

/// Temporary files are private; checked-in ones are not.
fn make_readable(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o644))
            .with_context(|| format!("making {} readable", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_files_are_written_with_sorted_keys() {
        let folder = tempfile::tempdir().unwrap();
        let files = Folder::at(folder.path());
        files
            .write(
                &json!({"b": 1, "a": 2}),
                &History::default(),
                &json!({"c": 3}),
            )
            .unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join("upstream.json")).unwrap(),
            "{\n  \"a\": 2,\n  \"b\": 1\n}\n"
        );
        assert_eq!(files.groups().unwrap().unwrap(), "{\n  \"c\": 3\n}\n");
        assert_eq!(files.history().unwrap(), History::default());
    }

    /// As some editors on Windows write it.
    #[test]
    fn a_byte_order_mark_is_no_part_of_a_document() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("upstream.json", "\u{feff}{\"a\": 1}");
        write("groups.json", "\u{feff}{}");
        let overlay = project::root().join("openapi/overlay.json");
        let overlay = fs::read_to_string(overlay).unwrap();
        write("overlay.json", &format!("\u{feff}{overlay}"));
        let files = Folder::at(folder.path());
        assert_eq!(files.upstream().unwrap(), Some(json!({"a": 1})));
        assert_eq!(files.groups().unwrap().unwrap(), "{}");
        assert!(files.overlay().is_ok());
    }

    #[test]
    fn when_one_cannot_be_replaced_none_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("upstream.json"), "old").unwrap();
        // A folder in its place cannot be replaced by a file.
        fs::create_dir(folder.path().join("groups.json")).unwrap();
        let files = Folder::at(folder.path());
        assert!(
            files
                .write(&json!({}), &History::default(), &json!({}))
                .is_err()
        );
        assert_eq!(
            fs::read_to_string(folder.path().join("upstream.json")).unwrap(),
            "old"
        );
        assert!(!folder.path().join("history.json").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
