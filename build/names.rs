//! Generates the names of the document: operations, permissions and extensible enums.

mod lookup;
mod open_enum;
mod permissions;

use heck::ToPascalCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::operations::{self, Operation};
use lookup::{object, text};
use open_enum::{conversions_from_any_text, open_enum};

/// Generates the enums `Operation` and `Permission`, and one for each schema with
/// `x-extensible-enum`.
///
/// # Errors
///
/// Returns an error if the document lacks a required key.
pub(crate) fn generate(text: &str) -> Result<String, String> {
    let document: Value =
        serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
    let operations = operation_names(&document)?;
    let permissions = permissions::generate(&document)?;
    let open_enums = extensible_enums(&document)?;
    let file = syn::parse2(quote! { #operations #permissions #(#open_enums)* })
        .map_err(|error| format!("the generated names do not parse: {error}"))?;
    Ok(prettyplease::unparse(&file))
}

fn operation_names(document: &Value) -> Result<TokenStream, String> {
    let mut variants = Vec::new();
    let mut ids = Vec::new();
    let mut methods = Vec::new();
    let mut paths = Vec::new();
    let mut since = Vec::new();
    let mut idempotent = Vec::new();
    let mut safe = Vec::new();
    let mut docs = Vec::new();
    for operation in operations::operations(document) {
        let Operation { path, content, .. } = operation;
        let method = operation.method.to_uppercase();
        let place = operation.place();
        let id = text(content, "operationId", &place)?;
        let first = text(content, "x-since", &place)?;
        let retry = text(content, "x-retry", &place)?;
        if !["idempotent", "if-not-sent"].contains(&retry) {
            return Err(format!(
                "{place} has the `x-retry` {retry:?}; write \"idempotent\" or \"if-not-sent\""
            ));
        }
        let is_safe = method == "GET" || content.get("x-safe") == Some(&Value::Bool(true));
        if is_safe && retry != "idempotent" {
            return Err(format!(
                "{place} only reads; set its `x-retry` to \"idempotent\""
            ));
        }
        safe.push(is_safe);
        variants.push(format_ident!("{}", id.to_pascal_case()));
        docs.push(format!("`{place}`, since Open WebUI {first}."));
        ids.push(id);
        methods.push(format_ident!("{method}"));
        paths.push(path);
        since.push(first);
        idempotent.push(retry == "idempotent");
    }
    Ok(quote! {
        /// An operation of the server's API: a method and a path.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            #(#[doc = #docs] #variants,)*
        }

        impl Operation {
            /// All operations of the OpenAPI document that this crate was built from.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// Returns the `operationId` in `openapi/groups.json`.
            pub const fn id(self) -> &'static str {
                match self { #(Self::#variants => #ids,)* }
            }

            pub(crate) fn from_id(id: &str) -> Option<Self> {
                match id {
                    #(#ids => Some(Self::#variants),)*
                    _ => None,
                }
            }

            /// Returns the HTTP method.
            pub const fn method(self) -> ::http::Method {
                match self { #(Self::#variants => ::http::Method::#methods,)* }
            }

            /// Returns the path, with `{id}` for the ID of a group and `{user_id}` for the ID of a
            /// user.
            pub const fn path(self) -> &'static str {
                match self { #(Self::#variants => #paths,)* }
            }

            /// Returns whether the operation is idempotent.
            ///
            /// The client may retry an idempotent operation even if it may have been carried out.
            pub const fn is_idempotent(self) -> bool {
                match self { #(Self::#variants => #idempotent,)* }
            }

            /// Returns whether the operation only reads, like the safe methods of HTTP.
            pub const fn is_safe(self) -> bool {
                match self { #(Self::#variants => #safe,)* }
            }

            /// Returns the first server version with the operation, from `x-since`.
            pub(crate) const fn since_text(self) -> &'static str {
                match self { #(Self::#variants => #since,)* }
            }
        }
    })
}

fn extensible_enums(document: &Value) -> Result<Vec<TokenStream>, String> {
    object(document, "/components/schemas")?
        .iter()
        .filter_map(|(name, schema)| {
            let values = schema.get("x-extensible-enum")?.as_array()?;
            let values: Vec<_> = values
                .iter()
                .filter_map(Value::as_str)
                .map(|value| (format!("`{value}`."), value.to_owned()))
                .collect();
            let description = schema
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or(name);
            let docs = match schema.get("x-inline") {
                Some(_) => description.to_owned(),
                None => {
                    format!(
                        "{description}\n\nSource: the schema `{name}` of the server's document."
                    )
                }
            };
            let rust_name = rust_name(name, schema);
            let open_enum = open_enum(&rust_name, &docs, &values);
            let conversions = conversions_from_any_text(&rust_name);
            Some(Ok(quote! { #open_enum #conversions }))
        })
        .collect()
}

/// The name of a schema's type.
pub(crate) fn rust_name(schema: &str, content: &Value) -> String {
    let chosen = content.get("x-rust-name").and_then(Value::as_str);
    chosen.map_or_else(|| rust_case(schema), str::to_owned)
}

/// The generator's name for the type of a schema, which is the key of its settings.
pub(crate) fn rust_case(schema: &str) -> String {
    schema.to_pascal_case()
}
