//! Where the checked-in description comes from.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::{canonical, slice};

/// The key of `upstream.json` that holds the provenance.
const KEY: &str = "x-provenance";

/// Which server published a slice, and how to recognise the slice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provenance {
    /// What `/api/version` answered; the document's own version is always 0.1.0.
    pub(crate) server_version: String,
    /// The SHA-256 of the slice, as [`canonical::sha256`] computes it.
    pub sha256: String,
    /// Method and path of each operation, in the slice's order.
    pub(crate) operations: Vec<String>,
}

impl Provenance {
    /// The provenance of a slice that a server of this version published.
    pub(crate) fn of(slice: &Value, server_version: &str) -> Self {
        Self {
            server_version: server_version.to_owned(),
            sha256: canonical::sha256(slice),
            operations: slice::operations(slice),
        }
    }

    /// The content of `upstream.json`: the slice with its provenance.
    pub(crate) fn attach(&self, slice: &Value) -> Result<Value> {
        let mut upstream = slice.clone();
        upstream
            .as_object_mut()
            .context("the slice is not a JSON object")?
            .insert(KEY.to_owned(), serde_json::to_value(self)?);
        Ok(upstream)
    }

    /// Takes `upstream.json` apart, without believing what it says of itself.
    ///
    /// # Errors
    ///
    /// When the provenance is missing, or is not that of the slice beside it.
    pub(crate) fn detach(mut upstream: Value) -> Result<(Value, Self)> {
        let provenance = upstream
            .as_object_mut()
            .and_then(|document| document.remove(KEY))
            .with_context(|| format!("upstream.json has no `{KEY}`; run `cargo xtask refresh`"))?;
        let provenance: Self =
            serde_json::from_value(provenance).with_context(|| format!("reading `{KEY}`"))?;
        let actual = Self::of(&upstream, &provenance.server_version);
        ensure!(
            provenance == actual,
            "the provenance in upstream.json is not that of its content (sha256 {} is recorded, \
             {} was computed): the file was edited by hand; run `cargo xtask refresh`",
            provenance.sha256,
            actual.sha256,
        );
        Ok((upstream, provenance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn slice() -> Value {
        json!({"paths": {"/api/v1/groups/": {"get": {"tags": ["groups"]}}}})
    }

    #[test]
    fn what_was_attached_is_detached() {
        let provenance = Provenance::of(&slice(), "0.12.4");
        let upstream = provenance.attach(&slice()).unwrap();
        assert_eq!(
            Provenance::detach(upstream).unwrap(),
            (slice(), provenance.clone())
        );
        assert_eq!(provenance.operations, ["GET /api/v1/groups/"]);
    }

    #[test]
    fn an_edit_by_hand_is_noticed() {
        let mut upstream = Provenance::of(&slice(), "0.12.4").attach(&slice()).unwrap();
        upstream["paths"]["/api/v1/groups/"]["get"]["summary"] = json!("mine");
        let error = Provenance::detach(upstream).unwrap_err().to_string();
        assert!(error.contains("edited by hand"), "{error}");
    }
}
