//! What the server does but does not say, as data.

use std::fmt;

use anyhow::{Context, Result, ensure};
use enumset::EnumSet;
use roas_overlay::{apply::Apply, v1_0, validation::Validate};
use serde_json::Value;

/// An overlay in the form of the OpenAPI Overlay Specification 1.0.
pub(crate) struct Overlay(v1_0::Overlay);

/// An entry that matched nothing in the document it was applied to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unmatched {
    position: usize,
    target: String,
    description: Option<String>,
}

impl Overlay {
    /// Reads and validates an overlay.
    ///
    /// # Errors
    ///
    /// When the text is not an overlay, or an entry has no valid target.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let overlay: v1_0::Overlay =
            serde_json::from_str(text).context("overlay.json is not an OpenAPI overlay")?;
        overlay
            .validate(EnumSet::empty())
            .map_err(|error| anyhow::anyhow!("overlay.json is not valid: {error}"))?;
        Ok(Self(overlay))
    }

    /// Applies every entry in order, and tells which of them matched nothing.
    ///
    /// # Errors
    ///
    /// When an entry's target is a plain value, which cannot be merged into.
    pub(crate) fn apply(&self, document: &mut Value) -> Result<Vec<Unmatched>> {
        let report = self
            .0
            .apply(document, EnumSet::empty())
            .map_err(|error| anyhow::anyhow!("applying overlay.json: {error}"))?;
        Ok(report
            .actions
            .into_iter()
            .filter(|outcome| outcome.matched == 0)
            .map(|outcome| Unmatched {
                position: outcome.index,
                target: outcome.target,
                description: self
                    .0
                    .actions
                    .get(outcome.index)
                    .and_then(|action| action.description.clone()),
            })
            .collect())
    }
}

/// Refuses an overlay with entries that matched nothing.
///
/// # Errors
///
/// When there are any; they are listed.
pub(crate) fn require_all_matched(unmatched: &[Unmatched]) -> Result<()> {
    ensure!(
        unmatched.is_empty(),
        "{} of overlay.json's entries no longer match anything in this server's document; \
         change or remove them:\n{}",
        unmatched.len(),
        unmatched
            .iter()
            .map(|entry| format!("  {entry}\n"))
            .collect::<String>()
            .trim_end(),
    );
    Ok(())
}

impl fmt::Display for Unmatched {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "actions[{}] {}", self.position, self.target)?;
        match &self.description {
            Some(description) => write!(formatter, " ({description})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn overlay(actions: &Value) -> Overlay {
        Overlay::parse(
            &json!({
                "overlay": "1.0.0",
                "info": {"title": "test", "version": "1"},
                "actions": actions
            })
            .to_string(),
        )
        .unwrap()
    }

    #[test]
    fn an_entry_that_matches_nothing_is_reported_and_rejected() {
        let overlay = overlay(&json!([
            {"target": "$.info", "update": {"title": "new"}},
            {"target": "$.paths['/gone']", "description": "Old.", "update": {"x": 1}}
        ]));
        let mut document = json!({"info": {"title": "old"}, "paths": {}});
        let unmatched = overlay.apply(&mut document).unwrap();
        assert_eq!(document["info"]["title"], "new");
        let error = require_all_matched(&unmatched).unwrap_err().to_string();
        assert!(
            error.contains("actions[1] $.paths['/gone'] (Old.)"),
            "{error}"
        );
        assert!(!error.contains("actions[0]"), "{error}");
    }

    #[test]
    fn an_entry_that_does_nothing_is_rejected() {
        let text = r#"{"overlay": "1.0.0", "info": {"title": "t", "version": "1"},
                       "actions": [{"target": "$.info"}]}"#;
        assert!(Overlay::parse(text).is_err());
    }
}
