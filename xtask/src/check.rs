//! `cargo xtask check`: the checked-in documents belong together.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::{
    document::{self, canonical, files::Folder, overlay, provenance::Provenance},
    generator,
};

/// Checks that upstream.json is what it says, that groups.json is what
/// upstream, history and overlay give, and that the generator accepts it.
///
/// # Errors
///
/// Says what does not fit, and what to do.
pub(crate) fn run() -> Result<ExitCode> {
    let folder = Folder::of_project();
    let provenance = documents(&folder)?;
    println!(
        "openapi/ is consistent: {} operations of Open WebUI {}, sha256 {}",
        provenance.operations.len(),
        provenance.server_version,
        provenance.sha256,
    );
    Ok(ExitCode::SUCCESS)
}

fn documents(folder: &Folder) -> Result<Provenance> {
    let refresh = "run `cargo xtask refresh`";
    let upstream = folder
        .upstream()?
        .with_context(|| format!("upstream.json is missing; {refresh}"))?;
    let (slice, provenance) = Provenance::detach(upstream)?;
    let history = folder.history()?;
    let derived = document::derive(&slice, &provenance, &history, &folder.overlay()?)?;
    overlay::require_all_matched(&derived.unmatched)?;
    let groups = folder
        .groups()?
        .with_context(|| format!("groups.json is missing; {refresh}"))?;
    ensure!(
        groups == canonical::to_text(&derived.groups),
        "groups.json is not what upstream.json, history.json and overlay.json give; \
         run `cargo xtask refresh --offline`"
    );
    generator::accept(&groups)?;
    Ok(provenance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A copy of the project's documents, with one of them edited.
    fn edited(name: &str, from: &str, to: &str) -> String {
        let copy = tempfile::tempdir().unwrap();
        let project = crate::project::root().join("openapi");
        for file in [
            "upstream.json",
            "history.json",
            "overlay.json",
            "groups.json",
        ] {
            let mut text = fs::read_to_string(project.join(file)).unwrap();
            if file == name {
                assert!(text.contains(from), "{name} does not contain {from}");
                text = text.replace(from, to);
            }
            fs::write(copy.path().join(file), text).unwrap();
        }
        match documents(&Folder::at(copy.path())) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn the_projects_documents_belong_together() {
        assert_eq!(
            edited("groups.json", "list_groups", "list_groups"),
            "accepted"
        );
    }

    #[test]
    fn an_edit_of_any_of_them_is_noticed() {
        let rejection = edited("groups.json", "\"list_groups\"", "\"my_groups\"");
        assert!(
            rejection.contains("is not what upstream.json, history.json and overlay.json give"),
            "{rejection}"
        );
        let rejection = edited("overlay.json", "\"list_groups\"", "\"my_groups\"");
        assert!(
            rejection.contains("is not what upstream.json, history.json and overlay.json give"),
            "{rejection}"
        );
        let rejection = edited("upstream.json", "\"Get Groups\"", "\"Mine\"");
        assert!(rejection.contains("edited by hand"), "{rejection}");
        let rejection = edited("history.json", "0.8.0..", "0.8.1..");
        assert!(
            rejection.contains("is not what upstream.json, history.json and overlay.json give"),
            "{rejection}"
        );
        let rejection = edited("history.json", "0.8.0..", "0.7.9..");
        assert!(
            rejection.contains("history.json is malformed"),
            "{rejection}"
        );
        let rejection = edited("overlay.json", "GroupMemberInfo", "Gone");
        assert!(rejection.contains("no longer match"), "{rejection}");
    }
}
