//! The names that the document knows: operations, permissions, open enums.

use heck::ToPascalCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Map, Value};

use super::operations::{self, Operation};

/// The code of the enums `Operation`, `Permission`, and one for each schema
/// with `x-extensible-enum`.
///
/// # Errors
///
/// Names what the document lacks.
pub(crate) fn generate(text: &str) -> Result<String, String> {
    let document: Value =
        serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
    let operations = operation_names(&document)?;
    let permissions = permissions(&document)?;
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
                "{place} only reads; its `x-retry` is \"idempotent\""
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
        /// One method and path of the server's document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            #(#[doc = #docs] #variants,)*
        }

        impl Operation {
            /// Every operation of the document that this crate was built from.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// The operation's name in `openapi/groups.json`.
            pub const fn id(self) -> &'static str {
                match self { #(Self::#variants => #ids,)* }
            }

            pub(crate) fn from_id(id: &str) -> Option<Self> {
                match id {
                    #(#ids => Some(Self::#variants),)*
                    _ => None,
                }
            }

            /// The HTTP method.
            pub const fn method(self) -> ::http::Method {
                match self { #(Self::#variants => ::http::Method::#methods,)* }
            }

            /// The path, with `{id}` where the group's id stands.
            pub const fn path(self) -> &'static str {
                match self { #(Self::#variants => #paths,)* }
            }

            /// Whether sending it twice does no harm, so that the client may retry it after an
            /// error that leaves open whether it was carried out.
            pub const fn is_idempotent(self) -> bool {
                match self { #(Self::#variants => #idempotent,)* }
            }

            /// Whether it only reads, as the safe methods of HTTP do.
            pub const fn is_safe(self) -> bool {
                match self { #(Self::#variants => #safe,)* }
            }

            /// The first server version that has it, as `x-since` has it.
            pub(crate) const fn since_text(self) -> &'static str {
                match self { #(Self::#variants => #since,)* }
            }
        }
    })
}

fn permissions(document: &Value) -> Result<TokenStream, String> {
    let mut found = Vec::new();
    name_permissions(document, "UserPermissions", "", &mut Vec::new(), &mut found)?;
    let values: Vec<_> = found
        .iter()
        .map(|(name, default)| {
            let default = match default {
                Some(true) => " On by default.",
                Some(false) => " Off by default.",
                None => "",
            };
            (format!("`{name}`.{default}"), name.clone())
        })
        .collect();
    let names = open_enum(
        "Permission",
        "The name of a permission, as a category and a name: `chat.file_upload`.\n\n\
         Source: the schema `UserPermissions` of the server's document. Defaults are the server's \
         own; its administrator may have changed them.",
        &values,
    );
    let variants: Vec<_> = found
        .iter()
        .map(|(name, _)| format_ident!("{}", name.to_pascal_case()))
        .collect();
    let defaults = found
        .iter()
        .zip(&variants)
        .filter_map(|((_, default), variant)| {
            default.map(|default| quote! { (Self::#variant, #default) })
        });
    let mut categories: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut paths = Vec::new();
    for (path, _) in &found {
        let (category, name) = path
            .split_once('.')
            .filter(|(_, name)| !name.contains('.'))
            .ok_or_else(|| format!("the permission {path} is not in a category of the root"))?;
        match categories.last_mut() {
            Some((last, names)) if *last == category => names.push(name),
            _ => categories.push((category, vec![name])),
        }
        paths.push(quote! { [#category, #name] });
    }
    let mut first = 0_usize;
    let mut places = Vec::new();
    let mut ranges = Vec::new();
    for (category, names) in &categories {
        let numbers = first..first + names.len();
        let (start, end) = (numbers.start, numbers.end);
        first = end;
        ranges.push(quote! { (#category, #start..#end) });
        places
            .push(quote! { #category => match name { #(#names => #numbers,)* _ => return None }, });
    }
    let numbers = 0..found.len();
    Ok(quote! {
        #names

        impl Permission {
            /// The category and the name, as the keys of the object that the server stores.
            pub fn path(&self) -> [&str; 2] {
                match self {
                    #(Self::#variants => #paths,)*
                    Self::Unknown(value) => {
                        let text = value.as_str();
                        let (category, name) = text.split_once('.').unwrap_or((text, ""));
                        [category, name]
                    }
                }
            }

            /// The place in [`KNOWN`](Self::KNOWN) of a known permission.
            pub(crate) fn place(&self) -> Option<usize> {
                match self {
                    #(Self::#variants => Some(#numbers),)*
                    Self::Unknown(_) => None,
                }
            }

            /// The place in [`KNOWN`](Self::KNOWN) of the permission with this path.
            pub(crate) fn place_of(category: &str, name: &str) -> Option<usize> {
                Some(match category {
                    #(#places)*
                    _ => return None,
                })
            }

            /// The categories, and the places in [`KNOWN`](Self::KNOWN) of their permissions.
            pub(crate) const CATEGORIES: &'static [(&'static str, ::std::ops::Range<usize>)] =
                &[#(#ranges),*];

            /// The permissions of every user of a newly installed server, as the document gives
            /// them.
            pub const DEFAULTS: &'static [(Self, bool)] = &[#(#defaults),*];
        }
    })
}

/// Follows the references from one schema to the switches at the ends of them.
fn name_permissions<'a>(
    document: &'a Value,
    schema: &'a str,
    prefix: &str,
    above: &mut Vec<&'a str>,
    found: &mut Vec<(String, Option<bool>)>,
) -> Result<(), String> {
    if above.contains(&schema) {
        return Err(format!("the permission schema {schema} contains itself"));
    }
    above.push(schema);
    let pointer = format!("/components/schemas/{schema}/properties");
    for (name, property) in object(document, &pointer)? {
        let value = format!("{prefix}{name}");
        if let Some(inner) = referred(property) {
            name_permissions(document, inner, &format!("{value}."), above, found)?;
        } else if property.get("type").is_some_and(|kind| kind == "boolean") {
            let default = property.get("default").and_then(Value::as_bool);
            found.push((value, default));
        } else {
            return Err(format!(
                "the permission {value} is neither a boolean nor a category of them"
            ));
        }
    }
    above.pop();
    Ok(())
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
            let docs =
                format!("{description}\n\nSource: the schema `{name}` of the server's document.");
            let open_enum = open_enum(name, &docs, &values);
            let conversions = conversions_from_any_text(name);
            Some(Ok(quote! { #open_enum #conversions }))
        })
        .collect()
}

/// An enum of strings that keeps a value it does not know.
fn open_enum(name: &str, docs: &str, values: &[(String, String)]) -> TokenStream {
    let ident = format_ident!("{name}");
    let variant_docs: Vec<_> = values.iter().map(|(docs, _)| docs).collect();
    let texts: Vec<_> = values.iter().map(|(_, value)| value).collect();
    let variants: Vec<_> = values
        .iter()
        .map(|(_, value)| format_ident!("{}", value.to_pascal_case()))
        .collect();
    quote! {
        #[doc = #docs]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #ident {
            #(#[doc = #variant_docs] #variants,)*
            /// A value that the document does not know. Made by the conversions from text, which
            /// never put a known value here.
            Unknown(UnknownValue),
        }

        impl #ident {
            /// Every value that the document knows.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as the server writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #texts,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }

            /// The value that the document knows by this text.
            pub(crate) fn known(text: &str) -> Option<Self> {
                match text {
                    #(#texts => Some(Self::#variants),)*
                    _ => None,
                }
            }

            /// Whether the document knows the value.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl From<&Self> for #ident {
            fn from(value: &Self) -> Self {
                value.clone()
            }
        }

        impl ::std::fmt::Display for #ident {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for #ident {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(#name)
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string" })
            }
        }
    }
}

/// Conversions from text, for an open enum of which every text is a value.
fn conversions_from_any_text(name: &str) -> TokenStream {
    let ident = format_ident!("{name}");
    quote! {
        impl From<&str> for #ident {
            fn from(value: &str) -> Self {
                Self::known(value).unwrap_or_else(|| Self::Unknown(UnknownValue::new(value)))
            }
        }

        impl ::std::str::FromStr for #ident {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl From<String> for #ident {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from(&*value))
            }
        }
    }
}

/// The schema that a property refers to, directly or with keywords beside it.
fn referred(property: &Value) -> Option<&str> {
    property
        .get("$ref")
        .or_else(|| property.pointer("/allOf/0/$ref"))?
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

fn object<'a>(document: &'a Value, pointer: &str) -> Result<&'a Map<String, Value>, String> {
    document
        .pointer(pointer)
        .and_then(Value::as_object)
        .ok_or_else(|| format!("has no object at {pointer}"))
}

fn text<'a>(operation: &'a Value, key: &str, place: &str) -> Result<&'a str, String> {
    operation
        .get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| missing(key, place))
}

fn missing(key: &str, place: &str) -> String {
    format!("{place} has no `{key}`; overlay.json is the place for it")
}
