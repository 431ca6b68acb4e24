//! From what a server publishes to what the generator reads.
//!
//! [`mod@slice`] cuts the groups out of the published document, [`history`] adds
//! since which release it has what, [`overlay`] adds what the server does but
//! does not say, [`lower`] turns OpenAPI 3.1 into the 3.0.3 that the generator
//! accepts. [`derive()`] is the last three in order; nothing flows back.

pub(crate) mod canonical;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod lower;
pub(crate) mod note;
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
/// When the overlay cannot be applied, or the document says something that
/// OpenAPI 3.0.3 cannot express.
pub(crate) fn derive(
    slice: &Value,
    provenance: &Provenance,
    history: &History,
    overlay: &Overlay,
) -> Result<Derived> {
    let mut document = slice.clone();
    // Before the overlay, which has the last word.
    annotate(&mut document, history, &provenance.server_version)?;
    let notes = make_optional(&mut document, history)?;
    let unmatched = overlay.apply(&mut document)?;
    let mut groups = lower::to_3_0(&document).context("lowering OpenAPI 3.1 to 3.0.3")?;
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
