//! From what a server publishes to what the generator reads.
//!
//! [`mod@slice`] cuts the groups out of the published document. [`model_directions`] gives schemas
//! names that stay the same, [`history`] adds since which release the server has what,
//! [`operation_defaults`] derives the names of operations, [`overlay`] adds behavior missing from
//! the published document, and [`lower`] turns OpenAPI 3.1 into the 3.0.3 that the generator
//! accepts. [`derive()`] is all but the first in order; nothing flows back.

pub(crate) mod canonical;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod lower;
pub(crate) mod model_directions;
pub(crate) mod note;
pub(crate) mod operation_defaults;
pub(crate) mod overlay;
pub(crate) mod provenance;
pub(crate) mod slice;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::document::{
    history::{History, annotate::annotate, optional::make_optional},
    note::Note,
    overlay::Overlay,
    provenance::Provenance,
};

/// What the generator reads, and what the overlay no longer applies to.
pub(crate) struct Derived {
    /// The content of `openapi/groups.json`.
    pub(crate) groups: Value,
    /// The overlay's entries that matched nothing.
    pub(crate) unmatched: Vec<overlay::Unmatched>,
    /// Where it is less exact than the published document.
    pub(crate) notes: Vec<Note>,
}

/// Derives the document for the generator from a slice and its provenance.
///
/// # Errors
///
/// Returns an error if the overlay cannot be applied, or the document is not OpenAPI 3.1.
pub(crate) fn derive(
    slice: &Value,
    provenance: &Provenance,
    history: &History,
    overlay: &Overlay,
) -> Result<Derived> {
    let mut document = slice.clone();
    let mut notes = model_directions::rename(&mut document, history)?;
    // Before the overlay, which has the last word.
    annotate(&mut document, history, &provenance.server_version)?;
    notes.extend(make_optional(&mut document, history)?);
    let derived = operation_defaults::apply(&mut document);
    let unmatched = overlay.apply(&mut document)?;
    operation_defaults::separate(&mut document, &derived);
    let lowered = lower::to_3_0(&document).context("lowering OpenAPI 3.1 to 3.0.3")?;
    notes.extend(lowered.notes);
    let mut groups = lowered.document;
    describe(&mut groups, provenance);
    Ok(Derived {
        groups,
        unmatched,
        notes,
    })
}

/// Replaces the published title and version, which say nothing: every server
/// claims to be "Open WebUI" 0.1.0.
fn describe(groups: &mut Value, provenance: &Provenance) {
    if let Some(document) = groups.as_object_mut() {
        document.insert(
            "info".to_owned(),
            json!({
                "title": "Open WebUI groups",
                "description": format!(
                    "The groups endpoints of Open WebUI {version}. Derived from upstream.json \
                     (sha256 {sha256}) and overlay.json by `cargo xtask refresh`; not edited by hand.",
                    version = provenance.server_version,
                    sha256 = provenance.sha256,
                ),
                "version": provenance.server_version,
            }),
        );
    }
}
