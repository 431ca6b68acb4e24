//! `cargo xtask refresh`: the description, from a running server.

use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    document::{
        self, Derived, canonical, drift, files::Folder, overlay, provenance::Provenance, slice,
    },
    generator, published, server,
};

/// The exit status of `--check` when the server's document is not the checked-in one.
const DRIFT: u8 = 3;

/// Where the document comes from, and what to do with it.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Write nothing: exit with 0 when nothing changed, 3 when something did, 1 on failure
    #[arg(long)]
    check: bool,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Source {
    /// Take it from the server at this address, started with ENV=dev
    #[arg(long)]
    url: Option<String>,
    /// Start a server of this version and take it from there
    #[arg(long, value_name = "VERSION")]
    server: Option<String>,
    /// Keep upstream.json, and derive groups.json again after a change of overlay.json
    #[arg(long)]
    offline: bool,
}

/// A server's slice, with where it comes from.
struct Upstream {
    slice: Value,
    provenance: Provenance,
}

/// Fetches, derives, compares, and writes unless only asked to check.
///
/// # Errors
///
/// When any step fails; then the tree is as it was.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let folder = Folder::of_project();
    let new = fetch(&arguments.source, &folder).await?;
    let derived = document::derive(
        &new.slice,
        &new.provenance,
        &folder.history()?,
        &folder.overlay()?,
    )?;
    let report = Report::new(&folder, &new, &derived)?;
    print!("{report}");
    if arguments.check {
        return Ok(if report.drifted {
            ExitCode::from(DRIFT)
        } else {
            ExitCode::SUCCESS
        });
    }
    overlay::require_all_matched(&derived.unmatched)?;
    generator::accept(&canonical::to_text(&derived.groups))?;
    folder.write(&new.provenance.attach(&new.slice)?, &derived.groups)?;
    println!("Wrote openapi/upstream.json and openapi/groups.json.");
    Ok(ExitCode::SUCCESS)
}

async fn fetch(source: &Source, folder: &Folder) -> Result<Upstream> {
    let published = match source {
        Source { url: Some(url), .. } => published::fetch(url).await?,
        Source {
            server: Some(version),
            ..
        } => {
            let server = server::start(version, None, &server::default_cache()).await?;
            let published = published::fetch(server.url()).await;
            server.stop().await?;
            published?
        }
        _ => {
            let upstream = folder
                .upstream()?
                .context("upstream.json is missing; refresh from a server first")?;
            let (slice, provenance) = Provenance::detach(upstream)?;
            return Ok(Upstream { slice, provenance });
        }
    };
    let slice = slice::cut(&published.document)?;
    let provenance = Provenance::of(&slice, &published.server_version);
    Ok(Upstream { slice, provenance })
}

/// What a refresh changes, in words.
struct Report {
    text: String,
    drifted: bool,
}

impl Report {
    fn new(folder: &Folder, new: &Upstream, derived: &Derived) -> Result<Self> {
        let old_upstream = folder.upstream()?.map(without_provenance);
        let old_groups: Value = match folder.groups()? {
            Some(text) => serde_json::from_str(&text).context("groups.json is not JSON")?,
            None => json!({}),
        };
        let changes = drift::compare(&without_info(&old_groups), &without_info(&derived.groups));
        let same_upstream = old_upstream.as_ref() == Some(&new.slice);
        let drifted = !changes.is_empty() || !same_upstream || !derived.unmatched.is_empty();

        let version = &new.provenance.server_version;
        let mut text = format!("Open WebUI {version}, sha256 {}\n", new.provenance.sha256);
        if drifted {
            text.push_str(&drift::report(&changes));
        } else {
            text.push_str("no changes: the document is the checked-in one\n");
        }
        if changes.is_empty() && !same_upstream {
            text.push_str("the published document changed only where overlay.json has the say\n");
        }
        for entry in &derived.unmatched {
            text.push_str(&format!("overlay.json: nothing matches {entry}\n"));
        }
        for note in &derived.notes {
            text.push_str(&format!("widened: {note}\n"));
        }
        Ok(Self { text, drifted })
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The slice, whatever its provenance says: a refresh is what mends it.
fn without_provenance(upstream: Value) -> Value {
    match Provenance::detach(upstream.clone()) {
        Ok((slice, _)) => slice,
        Err(_) => upstream,
    }
}

/// The version and the hash are compared on their own.
fn without_info(groups: &Value) -> Value {
    let mut groups = groups.clone();
    if let Some(document) = groups.as_object_mut() {
        document.remove("info");
    }
    groups
}
