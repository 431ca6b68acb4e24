//! The default dependencies of the client, and what each of them adds.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::{
    bench::{contender::cargo, rustc_time},
    project,
};

/// Why the client has its dependencies.
const PURPOSES: &[(&str, &str)] = &[
    ("backon", "Delays between retries"),
    (
        "base64",
        "Recognizes encoded secrets in texts of the server",
    ),
    ("bytes", "Bodies of responses"),
    (
        "futures-util",
        "Streams of members, several requests at a time",
    ),
    ("heck", "Names of generated types (build)"),
    ("http", "Methods, status codes and headers"),
    ("httpdate", "Reads `retry-after`"),
    ("hyper", "Classifies errors of reqwest by their sources"),
    ("openapiv3", "Reads the document (build)"),
    ("prettyplease", "Formats the generated code (build)"),
    ("proc-macro2", "Tokens of the generated code (build)"),
    ("progenitor", "Generates requests and types (build)"),
    ("progenitor-client", "What the generated code calls"),
    ("quote", "Tokens of the generated code (build)"),
    ("reqwest", "HTTP client"),
    (
        "rustls",
        "Classifies TLS errors; HTTPS itself is a feature of reqwest",
    ),
    ("secrecy", "Tokens that are not shown"),
    ("serde", "Bodies of requests and responses"),
    ("serde_json", "JSON"),
    (
        "serde_path_to_error",
        "The path of a field that cannot be decoded",
    ),
    ("syn", "Edits the generated code (build)"),
    ("tokio", "Timers"),
    ("tracing", "Spans and events"),
];

/// A direct dependency.
#[derive(Debug, PartialEq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// It and all that it depends on.
    pub(crate) crates: usize,
    /// Those of them that no other direct dependency has.
    pub(crate) alone: usize,
    /// The CPU time of the compiler for all of them.
    pub(crate) seconds: f64,
    pub(crate) seconds_alone: f64,
}

impl Dependency {
    /// Why the client has it.
    pub(crate) fn purpose(&self) -> &'static str {
        let mut purposes = PURPOSES.iter();
        let purpose = purposes.find(|(name, _)| *name == self.name);
        purpose.map_or("", |(_, purpose)| purpose)
    }
}

/// The default dependencies of the client, without those of its tests.
///
/// # Errors
///
/// When cargo fails.
pub(crate) async fn list() -> Result<Vec<Dependency>> {
    let output = Command::new(cargo())
        .args([
            "tree",
            "--package",
            "owui-groups",
            "--edges",
            "normal,build",
        ])
        .args(["--prefix", "depth", "--no-dedupe"])
        .current_dir(project::root())
        .output()
        .await
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "`cargo tree` failed");
    let times = rustc_time::measure().await?;
    Ok(parse(&String::from_utf8_lossy(&output.stdout), &times))
}

/// Reads lines such as `2tokio v1.54.1`, which begin with the depth.
fn parse(tree: &str, times: &HashMap<String, f64>) -> Vec<Dependency> {
    let mut direct: Vec<(&str, BTreeSet<&str>)> = Vec::new();
    for line in tree.lines() {
        let digits = line
            .find(|symbol: char| !symbol.is_ascii_digit())
            .unwrap_or(0);
        let (depth, package) = line.split_at(digits);
        let mut words = package.split(' ');
        let Some(name) = words.next() else { continue };
        if depth == "1" && !direct.iter().any(|(found, _)| *found == name) {
            direct.push((name, BTreeSet::new()));
        } else if depth == "1" {
            // One that is needed for building too comes a second time.
            continue;
        }
        if depth != "0"
            && let Some((_, crates)) = direct.last_mut()
        {
            crates.insert(package.trim_end_matches(" (proc-macro)"));
        }
    }
    let alone = |index: usize| -> BTreeSet<&str> {
        let mut others = direct.clone();
        let (_, crates) = others.remove(index);
        let is_alone = |name: &&str| !others.iter().any(|(_, crates)| crates.contains(*name));
        crates.into_iter().filter(is_alone).collect()
    };
    let seconds = |crates: &BTreeSet<&str>| -> f64 {
        let seconds = crates.iter().filter_map(|name| times.get(*name));
        seconds.sum()
    };
    let dependencies = direct.iter().enumerate();
    let mut dependencies: Vec<_> = dependencies
        .map(|(index, (name, crates))| {
            let alone = alone(index);
            Dependency {
                name: (*name).to_owned(),
                crates: crates.len(),
                alone: alone.len(),
                seconds: seconds(crates),
                seconds_alone: seconds(&alone),
            }
        })
        .collect();
    dependencies.sort_by(|one, other| one.name.cmp(&other.name));
    dependencies
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn crates_of_one_dependency_alone_are_counted() {
        let tree = "0client v0.1.0 (/client)\n1web v1.0.0\n2io v1.0.0\n2json v1.0.0\n\
                    1json v1.0.0\n1heck v0.5.0\n1json v1.0.0\n";
        let dependency = |name: &str, crates, alone, seconds, seconds_alone| Dependency {
            name: name.to_owned(),
            crates,
            alone,
            seconds,
            seconds_alone,
        };
        let times = ["web", "io", "json"].map(|name| (format!("{name} v1.0.0"), 0.5));
        assert_eq!(
            parse(tree, &times.into()),
            [
                dependency("heck", 1, 1, 0.0, 0.0),
                dependency("json", 1, 0, 0.5, 0.0),
                dependency("web", 3, 2, 1.5, 1.0),
            ]
        );
    }

    #[test]
    fn purposes_are_those_of_the_dependencies() {
        let manifest = fs::read_to_string(project::root().join("Cargo.toml")).unwrap();
        let section = |name: &str| {
            let (_, rest) = manifest.split_once(&format!("\n[{name}]\n")).unwrap();
            let section = rest.split("\n[").next().unwrap();
            let lines = section.lines().filter(|line| !line.contains("optional"));
            let names = lines.filter_map(|line| line.split(['.', ' ']).next());
            let names = names.filter(|name| !name.is_empty() && *name != "#");
            names.map(str::to_owned).collect::<Vec<_>>()
        };
        let mut names = [section("dependencies"), section("build-dependencies")].concat();
        // The feature `rustls` is a default one.
        names.push("rustls".to_owned());
        names.sort();
        names.dedup();
        let purposes: Vec<_> = PURPOSES.iter().map(|(name, _)| *name).collect();
        assert_eq!(purposes, names);
    }
}
