//! `cargo xtask refresh`: the description, from a running server.

mod candidate;
mod change;
mod document_diff;
mod report;
mod surface;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    document::{
        self, Derived, canonical,
        files::Folder,
        history::{History, raw::Raw, release::Release},
        note::Note,
        overlay,
        provenance::Provenance,
        slice,
    },
    history, published,
    refresh::{
        candidate::Candidate,
        report::{Format, content::Report},
        surface::Surface,
    },
    server::{self, Server},
};

/// The exit status of `--check` when the server's document is not the checked-in one.
const DRIFT: u8 = 3;

/// The arguments of `cargo xtask refresh`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Report only: exit with 0 if nothing changed, 3 if something did, 1 if a step failed
    #[arg(long)]
    check: bool,
    /// Format of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Source {
    /// Read the document from the server at this URL, which must run with ENV=dev
    #[arg(long)]
    url: Option<String>,
    /// Start a server of this version, or of the `newest` on PyPI, and read its document
    #[arg(long, value_name = "VERSION")]
    server: Option<String>,
    /// Write groups.json from the existing upstream.json, after a change of overlay.json
    #[arg(long)]
    offline: bool,
}

/// A server's slice, with where it comes from.
struct Upstream {
    slice: Value,
    provenance: Provenance,
    /// Its part of the history, if it is a final release that was started for this.
    raw: Option<Raw>,
}

/// The checked-in documents.
struct CheckedIn {
    upstream: Option<Value>,
    groups: Option<String>,
    history: History,
}

/// Fetches, derives, generates, compiles, reports, and writes unless only asked to check.
///
/// # Errors
///
/// When any step fails; then the tree is as it was.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let folder = Folder::of_project();
    let new = fetch(&arguments.source, &folder).await?;
    let overlay = folder.overlay()?;
    let old = CheckedIn {
        upstream: folder.upstream()?,
        groups: folder.groups()?,
        history: folder.history()?,
    };
    let mut history = old.history.clone();
    if let Some(raw) = &new.raw {
        history.add(raw)?;
    }
    let derived = document::derive(&new.slice, &new.provenance, &history, &overlay)?;
    let old_notes = old.notes(&overlay);
    let mut report = compare(&old, old_notes, &new, &derived)?;

    let upstream = new.provenance.attach(&new.slice)?;
    let groups = canonical::to_text(&derived.groups);
    // A version and a hash alone change no code.
    if report.rejection.is_none() && report.has_drift() && old.groups.as_ref() != Some(&groups) {
        let candidate = Candidate::create(&[
            ("openapi/upstream.json", canonical::to_text(&upstream)),
            ("openapi/history.json", history.to_text()),
            ("openapi/groups.json", groups),
        ])?;
        report.problems = candidate.problems().await?;
        print!("{}", report::print(&report, arguments.format));
        if !report.problems.is_empty() {
            bail!(
                "nothing was written, because the project does not compile with the new \
                 documents. Change the files above (and overlay.json, if generated code is \
                 named), then run this command again; code that uses them may follow. It writes \
                 once everything compiles. The project with the new documents is in {}",
                candidate.folder().display()
            );
        }
    } else {
        print!("{}", report::print(&report, arguments.format));
    }
    if let Some(rejection) = &report.rejection {
        bail!("nothing was written: {rejection}. Change overlay.json, then run this command again");
    }
    if arguments.check {
        return Ok(if report.has_drift() {
            ExitCode::from(DRIFT)
        } else {
            ExitCode::SUCCESS
        });
    }
    overlay::require_all_matched(&derived.unmatched)?;
    folder.write(&upstream, &history, &derived.groups)?;
    eprintln!("Wrote openapi/upstream.json, openapi/history.json and openapi/groups.json.");
    Ok(ExitCode::SUCCESS)
}

async fn fetch(source: &Source, folder: &Folder) -> Result<Upstream> {
    let (document, server_version, raw) = match source {
        Source { url: Some(url), .. } => {
            let published = published::fetch(url).await?;
            (published.document, published.server_version, None)
        }
        Source {
            server: Some(version),
            ..
        } => {
            let server = server::start(version, None, &server::default_cache()).await?;
            let fetched = fetch_from(&server).await;
            server.stop().await?;
            fetched?
        }
        _ => {
            let upstream = folder
                .upstream()?
                .context("upstream.json is missing; refresh from a server first")?;
            let (slice, provenance) = Provenance::detach(upstream)?;
            return Ok(Upstream {
                slice,
                provenance,
                raw: None,
            });
        }
    };
    let slice = slice::cut(&document)?;
    let provenance = Provenance::of(&slice, &server_version);
    Ok(Upstream {
        slice,
        provenance,
        raw,
    })
}

/// The document and the version of a server, and its part of the history. A release candidate has
/// none.
async fn fetch_from(server: &Server) -> Result<(Value, String, Option<Raw>)> {
    let published = published::fetch(server.url()).await?;
    let version = published.server_version.clone();
    if version.parse::<Release>().is_err() {
        return Ok((published.document, version, None));
    }
    let raw = history::fetch::complete(published, server.url(), server.token()).await?;
    Ok((raw.document.clone(), version, Some(raw)))
}

impl CheckedIn {
    /// The slice, whatever its provenance says: a refresh is what corrects it.
    fn slice(&self) -> Option<Value> {
        let upstream = self.upstream.clone()?;
        match Provenance::detach(upstream.clone()) {
            Ok((slice, _)) => Some(slice),
            Err(_) => Some(upstream),
        }
    }

    /// The notes of its derivation, if today's overlay still applies to it.
    fn notes(&self, overlay: &overlay::Overlay) -> Vec<Note> {
        let derived = self
            .upstream
            .clone()
            .and_then(|upstream| Provenance::detach(upstream).ok())
            .and_then(|(slice, provenance)| {
                document::derive(&slice, &provenance, &self.history, overlay).ok()
            });
        derived.map(|derived| derived.notes).unwrap_or_default()
    }
}

/// Compares the new documents with the checked-in ones.
fn compare(
    old: &CheckedIn,
    old_notes: Vec<Note>,
    new: &Upstream,
    derived: &Derived,
) -> Result<Report> {
    let old_groups: Value = match &old.groups {
        Some(text) => serde_json::from_str(text).context("groups.json is not JSON")?,
        None => json!({}),
    };
    let is_same_upstream = old.slice().as_ref() == Some(&new.slice);
    let mut notes = derived.notes.clone();
    // A new overlay has new notes, and what it gave before cannot be derived.
    if !is_same_upstream {
        notes.retain(|note| !old_notes.contains(note));
    }
    let mut report = Report {
        server_version: new.provenance.server_version.clone(),
        sha256: new.provenance.sha256.clone(),
        is_same_upstream,
        difference: document_diff::unified(
            &canonical::to_text(&without_info(&old_groups)),
            &canonical::to_text(&without_info(&derived.groups)),
        ),
        hidden_difference: Vec::new(),
        changes: Vec::new(),
        rejection: None,
        old_rejection: None,
        unmatched: derived
            .unmatched
            .iter()
            .map(|entry| entry.to_string())
            .collect(),
        notes,
        problems: Vec::new(),
    };
    if report.difference.is_empty() && !is_same_upstream {
        report.hidden_difference = document_diff::unified(
            &old.slice()
                .as_ref()
                .map_or_else(String::new, canonical::to_text),
            &canonical::to_text(&new.slice),
        );
    }
    if !report.has_drift() {
        report.notes.clear();
        return Ok(report);
    }
    let (old, new) = match (Surface::of(&old_groups), Surface::of(&derived.groups)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(error), Ok(new)) => {
            report.old_rejection = Some(format!("{error:#}"));
            (Surface::default(), new)
        }
        (_, Err(error)) => {
            report.rejection = Some(format!("{error:#}"));
            let operations = Surface::of_operations;
            (operations(&old_groups), operations(&derived.groups))
        }
    };
    report.changes = change::compare(&old, &new);
    Ok(report)
}

/// The version and the hash are compared on their own.
fn without_info(groups: &Value) -> Value {
    let mut groups = groups.clone();
    if let Some(document) = groups.as_object_mut() {
        document.remove("info");
    }
    groups
}

#[cfg(test)]
mod releases;
