//! The responses of each release, kept in the cache so that no release is started twice.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    document::history::raw::Raw,
    history::fetch,
    server::{self, install, progress::note, version::Version},
};

const DOCUMENT: &str = "openapi.json";
const VERSION: &str = "version.json";
const DEFAULT_PERMISSIONS: &str = "default_permissions.json";
const PREVIEW: &str = "preview.json";

/// The responses of a release. If the cache lacks them, a server is installed and started for
/// them, and removed.
///
/// # Errors
///
/// If the release cannot be installed or does not start.
pub(crate) async fn ensure(version: &Version, cache: &Path) -> Result<Raw> {
    let folder = cache.join("history").join(version.as_str());
    if folder.exists() {
        return read(version, &folder);
    }
    let was_installed = install::is_installed(version, cache);
    let fetched = fetch(version, cache).await;
    if !was_installed && install::is_installed(version, cache) {
        note(format_args!("Removing Open WebUI {version}"));
        install::remove(version, cache).await?;
    }
    let raw = fetched?;
    write(&raw, &folder)?;
    Ok(raw)
}

async fn fetch(version: &Version, cache: &Path) -> Result<Raw> {
    let server = server::start(version.as_str(), None, cache).await?;
    let raw = fetch::fetch(server.url(), server.token()).await;
    server.stop().await?;
    raw
}

fn read(version: &Version, folder: &Path) -> Result<Raw> {
    let json = |name: &str| -> Result<Value> {
        let path = folder.join(name);
        let text = fs::read_to_string(&path);
        let text = text.with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
    };
    let reported = json(VERSION)?;
    if reported.get("version").and_then(Value::as_str) != Some(version.as_str()) {
        bail!("{} is not of Open WebUI {version}", folder.display());
    }
    Ok(Raw {
        release: version.as_str().parse()?,
        workaround: fetch::description(version.as_str()),
        document: json(DOCUMENT)?,
        default_permissions: json(DEFAULT_PERMISSIONS)?,
        preview: match folder.join(PREVIEW).exists() {
            true => Some(json(PREVIEW)?),
            false => None,
        },
    })
}

/// Writes all files or none, so that an interrupted run leaves no incomplete release.
fn write(raw: &Raw, folder: &Path) -> Result<()> {
    let write = || -> Result<()> {
        let parent = folder.parent().context("it has no parent folder")?;
        fs::create_dir_all(parent)?;
        let staged = tempfile::tempdir_in(parent)?;
        let version = json!({"version": raw.release.to_string()});
        let files = [
            (DOCUMENT, Some(&raw.document)),
            (VERSION, Some(&version)),
            (DEFAULT_PERMISSIONS, Some(&raw.default_permissions)),
            (PREVIEW, raw.preview.as_ref()),
        ];
        for (name, content) in files {
            if let Some(content) = content {
                fs::write(staged.path().join(name), content.to_string())?;
            }
        }
        fs::rename(staged.keep(), folder)?;
        Ok(())
    };
    write().with_context(|| format!("writing {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(preview: Option<Value>) -> Raw {
        Raw {
            release: "0.12.4".parse().unwrap(),
            workaround: None,
            document: json!({"paths": {}}),
            default_permissions: json!({"chat": {}}),
            preview,
        }
    }

    #[test]
    fn what_is_written_is_read_for_the_same_version_only() {
        let cache = tempfile::tempdir().unwrap();
        for preview in [None, Some(json!({"group": {}}))] {
            let folder = cache.path().join(format!("{}", preview.is_some()));
            write(&raw(preview.clone()), &folder).unwrap();
            let read_back = read(&"0.12.4".parse().unwrap(), &folder).unwrap();
            assert_eq!(read_back.preview, preview);
            assert_eq!(read_back.document, json!({"paths": {}}));
            assert_eq!(read_back.default_permissions, json!({"chat": {}}));
            assert!(read(&"0.12.3".parse().unwrap(), &folder).is_err());
        }
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 2);
    }
}
