//! What an operation has without an entry in the overlay: a name, and whether a retry is safe.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Map, Value};
use syn::Ident;

use crate::document::slice;

/// Methods that the generated client has of its own.
const TAKEN: [&str; 5] = ["Exec", "New", "NewWithClient", "Post", "Pre"];

/// The derived names, by path and method.
pub(crate) type Derived = BTreeMap<(String, String), String>;

/// Gives each operation a derived name and the retry that is safe for its method. The overlay may
/// change both.
pub(crate) fn apply(document: &mut Value) -> Derived {
    let mut derived = Derived::new();
    each(document, |path, method, operation| {
        let name =
            function_name(path, method, operation).unwrap_or_else(|| path_name(path, method));
        operation.insert("operationId".to_owned(), name.as_str().into());
        let retry = if method == "get" {
            "idempotent"
        } else {
            "if-not-sent"
        };
        operation.insert("x-retry".to_owned(), retry.into());
        derived.insert((path.to_owned(), method.to_owned()), name);
    });
    derived
}

/// Gives a derived name that is not the only one of its kind another form. Names from the overlay
/// stay as they are.
pub(crate) fn separate(document: &mut Value, derived: &Derived) {
    let mut taken = BTreeSet::from(TAKEN.map(str::to_owned));
    let is_derived = |path: &str, method: &str, operation: &Map<String, Value>| {
        let name = derived.get(&(path.to_owned(), method.to_owned()));
        name.is_some_and(|name| operation.get("operationId") == Some(&Value::from(name.as_str())))
    };
    each(document, |path, method, operation| {
        let name = operation.get("operationId").and_then(Value::as_str);
        if let Some(name) = name
            && !is_derived(path, method, operation)
        {
            take(&mut taken, name);
        }
    });
    each(document, |path, method, operation| {
        if !is_derived(path, method, operation) {
            return;
        }
        let name = operation.get("operationId").and_then(Value::as_str);
        let name = name.unwrap_or_default().to_owned();
        let long = path_name(path, method);
        let numbered = (2_usize..).map(|number| format!("{long}_{number}"));
        let mut candidates = [name, long.clone()].into_iter().chain(numbered);
        if let Some(name) = candidates.find(|name| take(&mut taken, name)) {
            operation.insert("operationId".to_owned(), name.into());
        }
    });
}

/// Takes a name and that of its form with options, if both are free.
fn take(taken: &mut BTreeSet<String>, name: &str) -> bool {
    let all = [
        name.to_pascal_case(),
        format!("{name}_with").to_pascal_case(),
    ];
    let is_free = all.iter().all(|name| !taken.contains(name));
    if is_free {
        taken.extend(all);
    }
    is_free
}

/// The name of the server's function. FastAPI appends the path and the method to it.
fn function_name(path: &str, method: &str, operation: &Map<String, Value>) -> Option<String> {
    let id = operation.get("operationId")?.as_str()?;
    let replaced = |sign: char| !sign.is_alphanumeric() && sign != '_';
    let suffix = format!("{path}_{method}").replace(replaced, "_");
    // Parts of the path with a pattern lose it: `{name:path}` is published as `{name}`.
    let name = id.strip_suffix(&suffix)?.to_snake_case();
    is_usable(&name).then_some(name)
}

/// A name of the method and the path, for example `get_groups_id_members`.
fn path_name(path: &str, method: &str) -> String {
    let path = path.strip_prefix("/api/v1/").unwrap_or(path);
    let is_kept = |sign: char| sign.is_ascii_alphanumeric();
    let path = path.replace(|sign| !is_kept(sign), "_");
    format!("{method}_{path}").to_snake_case()
}

fn is_usable(name: &str) -> bool {
    // Others are followed by an underscore in some places only.
    name.is_ascii() && name != "gen" && syn::parse_str::<Ident>(name).is_ok()
}

fn each(document: &mut Value, mut change: impl FnMut(&str, &str, &mut Map<String, Value>)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let operations = item.as_object_mut().into_iter().flatten();
        for (method, operation) in operations.filter(|(key, _)| slice::is_method(key)) {
            if let Some(operation) = operation.as_object_mut() {
                change(path, method, operation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(operations: &[(&str, &str, &str)], overlay: &[(&str, &str, &str)]) -> Vec<String> {
        let mut document = json!({"paths": {}});
        for (path, method, id) in operations {
            document["paths"][path][method] = json!({"operationId": id});
        }
        let derived = apply(&mut document);
        for (path, method, id) in overlay {
            document["paths"][path][method]["operationId"] = json!(id);
        }
        separate(&mut document, &derived);
        let name = |(path, method, _): &(&str, &str, &str)| {
            let id = &document["paths"][path][method]["operationId"];
            id.as_str().unwrap().to_owned()
        };
        operations.iter().map(name).collect()
    }

    #[test]
    fn name_is_that_of_the_function() {
        let operation = (
            "/api/v1/groups/id/{id}/share",
            "post",
            "share_group_api_v1_groups_id__id__share_post",
        );
        assert_eq!(names(&[operation], &[]), ["share_group"]);
    }

    #[test]
    fn name_is_made_of_the_path_if_the_function_is_unknown_or_no_name() {
        for id in ["", "share-it", "type_api_v1_groups_id__id__share_post"] {
            let operation = ("/api/v1/groups/id/{id}/share", "post", id);
            assert_eq!(names(&[operation], &[]), ["post_groups_id_id_share"]);
        }
    }

    #[test]
    fn second_operation_of_a_name_gets_one_of_its_path() {
        let operations = [
            ("/a", "get", "list_a_get"),
            ("/b", "get", "list_b_get"),
            ("/c", "get", "list_with_c_get"),
            ("/d", "post", "post_d_post"),
        ];
        let expected = ["list", "get_b", "get_c", "post_d"];
        assert_eq!(names(&operations, &[]), expected);
    }

    #[test]
    fn name_of_the_overlay_is_kept() {
        let operations = [("/a", "get", "list_a_get"), ("/b", "get", "other_b_get")];
        let names = names(&operations, &[("/b", "get", "list")]);
        assert_eq!(names, ["get_a", "list"]);
    }

    #[test]
    fn only_a_get_is_retried() {
        let mut document = json!({"paths": {"/a": {
            "get": {},
            "head": {},
            "put": {}
        }}});
        apply(&mut document);
        let item = &document["paths"]["/a"];
        assert_eq!(item["get"]["x-retry"], "idempotent");
        for method in ["head", "put"] {
            assert_eq!(item[method]["x-retry"], "if-not-sent");
        }
    }
}
