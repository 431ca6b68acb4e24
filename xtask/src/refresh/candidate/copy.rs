//! Copies a workspace, and afterwards only what has changed of it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// What cargo puts into each of its target folders.
const TARGET_MARKER: &str = "CACHEDIR.TAG";

/// Makes `to` a copy of `from` without target folders and the repository, with these files, by
/// path, instead of its own. The others are passed through `change`.
///
/// Files with the same content are not written, so that cargo compiles only what depends on others.
///
/// # Errors
///
/// When a file cannot be read or written.
pub(crate) fn update(
    from: &Path,
    to: &Path,
    files: &[(&str, String)],
    change: impl Fn(&Path, Vec<u8>) -> Vec<u8>,
) -> io::Result<()> {
    let mut sources = BTreeMap::new();
    list(from, from, to, &mut sources)?;
    let mut existing = BTreeMap::new();
    list(to, to, from, &mut existing)?;
    for (name, path) in &existing {
        if !sources.contains_key(name) && !files.iter().any(|(file, _)| Path::new(file) == name) {
            fs::remove_file(path)?;
        }
    }
    for (name, path) in &sources {
        if !files.iter().any(|(file, _)| Path::new(file) == name) {
            write(&to.join(name), &change(name, fs::read(path)?))?;
        }
    }
    for (name, content) in files {
        write(&to.join(name), content.as_bytes())?;
    }
    Ok(())
}

fn list(
    root: &Path,
    folder: &Path,
    excluded: &Path,
    files: &mut BTreeMap<PathBuf, PathBuf>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if name == ".git" || path == excluded {
            continue;
        }
        if path.is_dir() {
            // A folder named `target` may be a link to another disk, without the marker.
            let is_target = path == root.join("target") || path.join(TARGET_MARKER).exists();
            if !is_target {
                list(root, &path, excluded, files)?;
            }
        } else if path.is_file() {
            let name = path.strip_prefix(root).unwrap_or(&path).to_owned();
            files.insert(name, path);
        }
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|before| before == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files by name and content.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            write(&folder.path().join(name), content.as_bytes()).unwrap();
        }
        folder
    }

    fn unchanged(_: &Path, content: Vec<u8>) -> Vec<u8> {
        content
    }

    fn content(folder: &Path) -> Vec<(String, String)> {
        let mut files = BTreeMap::new();
        list(folder, folder, Path::new(""), &mut files).unwrap();
        let read = |(name, path): (PathBuf, PathBuf)| {
            (
                name.display().to_string(),
                fs::read_to_string(path).unwrap(),
            )
        };
        files.into_iter().map(read).collect()
    }

    fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, content): &(&str, &str)| (name.to_string(), content.to_string());
        files.iter().map(owned).collect()
    }

    #[test]
    fn the_copy_has_the_sources_and_the_other_documents() {
        let from = folder(&[
            (".git/HEAD", "x"),
            ("a/lib.rs", "1"),
            ("a/out/CACHEDIR.TAG", ""),
            ("groups.json", "old"),
            ("target/debug/x", ""),
        ]);
        let to = folder(&[("a/gone.rs", ""), ("groups.json", "older")]);
        let files = [("groups.json", "new".to_owned())];
        update(from.path(), to.path(), &files, unchanged).unwrap();
        assert_eq!(
            content(to.path()),
            pairs(&[("a/lib.rs", "1"), ("groups.json", "new")])
        );
    }

    #[test]
    fn unchanged_files_are_not_written_again() {
        let from = folder(&[("a", "1"), ("b", "1")]);
        let to = tempfile::tempdir().unwrap();
        update(from.path(), to.path(), &[], unchanged).unwrap();
        let written = |name: &str| to.path().join(name).metadata().unwrap().modified().unwrap();
        let before = (written("a"), written("b"));
        fs::write(from.path().join("b"), "2").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        update(from.path(), to.path(), &[], unchanged).unwrap();
        assert_eq!(written("a"), before.0);
        assert!(written("b") > before.1);
    }
}
