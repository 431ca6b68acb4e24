//! Generates the client and its types with progenitor.

mod arguments;
mod extensible_types;
mod optional_parameters;
mod parameters;
mod request_urls;

use std::{
    collections::BTreeSet,
    panic::{self, AssertUnwindSafe},
};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypePatch};
use quote::quote;
use serde_json::{Map, Value, json};

use super::{
    names::{rust_case, rust_name},
    operations::{check_names, operations},
};

/// Hand-written types that replace the type of a schema.
const REPLACEMENTS: [(&str, &str); 2] = [
    ("ParentChange", "crate::value::parent_change::ParentChange"),
    ("Permissions", "crate::value::permissions::Permissions"),
];

/// Generates the code of the client. With `json_schema`, its types derive `schemars::JsonSchema`.
///
/// # Errors
///
/// Returns an error with the operation and the reason if the code cannot be generated.
pub(crate) fn generate(text: &str, json_schema: bool) -> Result<String, String> {
    let mut document: Value =
        serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
    check_names(&document)?;
    parameters::resolve(&mut document)?;
    let settings = settings(&document, json_schema);
    keep_one_failure(&mut document);
    keep_reached_schemas(&mut document);
    name_sources(&mut document);
    run(&document, &settings).map_err(|cause| match culprit(&document, &settings) {
        Some((operation, cause)) => format!("operation {operation}: {cause}"),
        None => cause,
    })
}

fn settings(document: &Value, json_schema: bool) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_inner_type(quote! { crate::generated::Hook })
        .with_derive("PartialEq");
    if json_schema {
        settings.with_derive("::schemars::JsonSchema");
    }
    for (schema, replacement) in REPLACEMENTS {
        settings.with_replacement(schema, replacement, std::iter::empty());
    }
    for (name, schema) in schemas(document) {
        if schema.get("x-extensible-enum").is_some() {
            let open_enum = format!("crate::value::names::{}", rust_name(name, schema));
            settings.with_replacement(rust_case(name), open_enum, std::iter::empty());
        }
        let mut patch = TypePatch::default();
        if let Some(rust_name) = schema.get("x-rust-name").and_then(Value::as_str) {
            patch.with_rename(rust_name);
        }
        settings.with_patch(rust_case(name), &patch);
    }
    settings
}

/// Adds the name of its schema to the documentation of each type, except for schemas that are inline
/// in the server's document.
fn name_sources(document: &mut Value) {
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if let Some(schema) = schema.as_object_mut()
            && schema.remove("x-inline").is_none()
        {
            let description = schema.get("description").and_then(Value::as_str);
            let source = format!("Source: the schema `{name}` of the server's document.");
            let description = match description {
                Some(description) => format!("{description}\n\n{source}"),
                None => source,
            };
            schema.insert("description".to_owned(), description.into());
        }
    }
}

/// The generator supports only one error type for each operation, so only that of a 422 is retained.
/// Error responses do not reach the generated code, because the transport classifies them first.
fn keep_one_failure(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let responses = paths
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut)
        .filter_map(|operation| operation.get_mut("responses")?.as_object_mut());
    for responses in responses {
        responses.retain(|status, _| status != "4XX");
    }
}

/// Removes schemas that no operation uses. For example, those of permissions only define names.
fn keep_reached_schemas(document: &mut Value) {
    let mut reached = BTreeSet::new();
    if let Some(paths) = document.get("paths") {
        reach(document, paths, &mut reached);
    }
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    if let Some(schemas) = schemas {
        schemas.retain(|name, _| reached.contains(name));
    }
}

/// Runs the generator, which reports some problems as errors and panics for others.
fn run(document: &Value, settings: &GenerationSettings) -> Result<String, String> {
    let openapi: OpenAPI = serde_json::from_value(document.clone())
        .map_err(|error| format!("is not OpenAPI 3.0.3: {error}"))?;
    let tokens = panic::catch_unwind(AssertUnwindSafe(|| {
        Generator::new(settings).generate_tokens(&openapi)
    }))
    .map_err(|panic| format!("the generator panicked: {}", message(&*panic)))?
    .map_err(|error| error.to_string())?;
    let mut file = syn::parse2(tokens)
        .map_err(|error| format!("the generated code does not parse: {error}"))?;
    arguments::check_distinct(&file)?;
    request_urls::simplify(&mut file)?;
    extensible_types::extend(&mut file)?;
    optional_parameters::extend(&mut file, document)?;
    Ok(prettyplease::unparse(&file))
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
}

/// Finds the first operation that cannot be generated on its own.
fn culprit(document: &Value, settings: &GenerationSettings) -> Option<(String, String)> {
    operations(document).find_map(|operation| {
        let mut alone = document.clone();
        *alone.get_mut("paths")? =
            json!({ operation.path: { operation.method: operation.content } });
        let cause = run(&alone, settings).err()?;
        Some((operation.place(), cause))
    })
}

fn schemas(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    document
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn reach(document: &Value, value: &Value, reached: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let name = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && reached.insert(name.to_owned())
                && let Some(schema) = document.pointer(&format!("/components/schemas/{name}"))
            {
                reach(document, schema, reached);
            }
            for value in object.values() {
                reach(document, value, reached);
            }
        }
        Value::Array(array) => {
            for value in array {
                reach(document, value, reached);
            }
        }
        _ => {}
    }
}
