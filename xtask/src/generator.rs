//! The build script's own code, run on a document that is not the checked-in one.

#[path = "../../build/client.rs"]
mod client;
#[path = "../../build/names.rs"]
mod names;
#[path = "../../build/operations.rs"]
mod operations;

use anyhow::{Error, Result};

pub(crate) use operations::{Operation, operations};

/// The generated code.
pub(crate) struct Code {
    /// The content of `client.rs`.
    pub(crate) client: String,
    /// The content of `names.rs`.
    pub(crate) names: String,
}

/// Generates everything that the build script would.
///
/// # Errors
///
/// As the build script: names the operation and the cause.
pub(crate) fn generate(groups: &str) -> Result<Code> {
    let rejected = |error| Error::msg(format!("the generator rejects groups.json: {error}"));
    Ok(Code {
        client: client::generate(groups, false).map_err(rejected)?,
        names: names::generate(groups).map_err(rejected)?,
    })
}

/// Checks that the generator accepts a document.
///
/// # Errors
///
/// As the build script: names the operation and the cause.
pub(crate) fn accept(groups: &str) -> Result<()> {
    generate(groups).map(drop)
}

#[cfg(test)]
mod additions;
#[cfg(test)]
mod published;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn groups() -> Value {
        let folder = crate::document::files::Folder::of_project();
        serde_json::from_str(&folder.groups().unwrap().unwrap()).unwrap()
    }

    fn rejection(groups: &Value) -> String {
        format!("{:#}", accept(&groups.to_string()).unwrap_err())
    }

    #[test]
    fn what_the_generator_panics_about_is_an_error_that_names_the_operation() {
        let mut groups = groups();
        groups["paths"]["/api/v1/groups/id/{id}/info"]["get"]["responses"]["200"]["content"]["application/json"] =
            json!({});
        let rejection = rejection(&groups);
        assert!(
            rejection.contains("operation GET /api/v1/groups/id/{id}/info: the generator panicked"),
            "{rejection}"
        );
    }

    #[test]
    fn only_methods_of_a_path_are_operations() {
        let mut groups = groups();
        let path = &mut groups["paths"]["/api/v1/groups/id/{id}/members"];
        path["summary"] = json!("Members");
        path["parameters"] =
            json!([{"name": "depth", "in": "query", "schema": {"type": "integer"}}]);
        accept(&groups.to_string()).unwrap();
    }

    #[test]
    fn an_operation_without_its_overlay_is_named() {
        let mut groups = groups();
        groups["paths"]["/api/v1/groups/create"]["post"]
            .as_object_mut()
            .unwrap()
            .remove("x-retry");
        assert!(
            rejection(&groups).contains("POST /api/v1/groups/create has no `x-retry`"),
            "{}",
            rejection(&groups)
        );
    }
}
