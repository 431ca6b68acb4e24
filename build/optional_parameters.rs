//! Prepares the generated operations for optional parameters that the document may get.
//!
//! `operation(…)` has the required parameters alone. `operation_with(…, options)` is there if the
//! operation has optional parameters, which are the fields of its options. A new optional parameter
//! changes no call. A new required one is a new argument, so calls without it fail to compile.

use heck::{ToPascalCase, ToSnakeCase};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::{Map, Value};
use syn::{
    Expr, File, FnArg, Ident, ImplItem, ImplItemFn, Item, Pat, PatType, Stmt, Type, parse_quote,
};

/// Moves the optional parameters of each operation into a type of its own.
pub(crate) fn extend(file: &mut File, document: &Value) {
    let mut options = Vec::new();
    for item in &mut file.items {
        if let Item::Impl(item) = item
            && item.trait_.is_none()
        {
            let methods = std::mem::take(&mut item.items).into_iter();
            item.items = methods
                .flat_map(|method| extend_method(method, document, &mut options))
                .collect();
        }
    }
    file.items.append(&mut options);
}

/// The methods that replace one, and the items that they need.
fn extend_method(item: ImplItem, document: &Value, options: &mut Vec<Item>) -> Vec<ImplItem> {
    let ImplItem::Fn(method) = item else {
        return vec![item];
    };
    let operation = method.sig.ident.to_string();
    let parameters = method.sig.inputs.iter().filter_map(|argument| {
        Parameter::read(argument, described(document, &operation, argument))
    });
    let parameters: Vec<_> = parameters.collect();
    if parameters.is_empty() {
        return vec![ImplItem::Fn(method)];
    }
    let options_name = format_ident!("{}Options", operation.to_pascal_case());
    options.extend(options_type(&options_name, &method.sig.ident, &parameters));
    split(method, &options_name, &parameters)
}

/// An optional parameter of an operation.
struct Parameter {
    name: Ident,
    /// The type of the argument, an `Option`.
    of: Type,
    docs: String,
}

impl Parameter {
    /// `None` if the argument is required.
    fn read(argument: &FnArg, described: Option<&Value>) -> Option<Self> {
        let (name, of) = named(argument)?;
        let Type::Path(path) = of else { return None };
        let is_option = path.path.segments.last()?.ident == "Option";
        // A required parameter that may be null is an `Option` too.
        let described = described.unwrap_or(&Value::Null);
        let is_required = described.get("required") == Some(&Value::Bool(true));
        if !is_option || is_required {
            return None;
        }
        let text = |key: &str| described.get(key).and_then(Value::as_str);
        let source = format!(
            "The {} parameter `{}`.",
            text("in").unwrap_or("query"),
            text("name").unwrap_or(&name.to_string())
        );
        let docs = match text("description") {
            Some(description) => format!(" {description}\n\n {source}"),
            None => format!(" {source}"),
        };
        Some(Self {
            name: name.clone(),
            of: of.clone(),
            docs,
        })
    }
}

fn named(argument: &FnArg) -> Option<(&Ident, &Type)> {
    match argument {
        FnArg::Typed(PatType { pat, ty, .. }) => match &**pat {
            Pat::Ident(name) => Some((&name.ident, ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// What the document has of an argument of an operation.
fn described<'a>(document: &'a Value, operation: &str, argument: &FnArg) -> Option<&'a Value> {
    let (name, _) = named(argument)?;
    let name = name.to_string().to_snake_case();
    let is_named = |value: &Value, key: &str, name: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.is_some_and(|text| text.to_snake_case() == name)
    };
    let paths = document.get("paths")?.as_object()?.values();
    paths
        .filter_map(Value::as_object)
        .flat_map(Map::values)
        .find(|content| is_named(content, "operationId", operation))?
        .get("parameters")?
        .as_array()?
        .iter()
        .find(|parameter| is_named(parameter, "name", &name))
}

fn options_type(name: &Ident, operation: &Ident, parameters: &[Parameter]) -> [Item; 2] {
    let names = Vec::from_iter(parameters.iter().map(|parameter| &parameter.name));
    let types = Vec::from_iter(parameters.iter().map(|parameter| &parameter.of));
    let docs = Vec::from_iter(parameters.iter().map(|parameter| &parameter.docs));
    let generics = generics(parameters);
    let type_docs = format!(" The optional parameters of [`Client::{operation}_with`].");
    let definition = parse_quote! {
        #[doc = #type_docs]
        #[derive(Clone, Debug, Default)]
        #[must_use]
        #[non_exhaustive]
        pub struct #name #generics {
            #(#[doc = #docs] pub #names: #types,)*
        }
    };
    let setters = parse_quote! {
        impl #generics #name #generics {
            #(
                #[doc = #docs]
                pub fn #names(mut self, #names: impl ::std::convert::Into<#types>) -> Self {
                    self.#names = #names.into();
                    self
                }
            )*
        }
    };
    [definition, setters]
}

/// The lifetime of the options, if they borrow something.
fn generics(parameters: &[Parameter]) -> Option<TokenStream> {
    let borrows = |parameter: &Parameter| parameter.of.to_token_stream().to_string().contains('\'');
    parameters.iter().any(borrows).then(|| quote! { <'a> })
}

/// The operation with and without the options.
fn split(mut with: ImplItemFn, options: &Ident, parameters: &[Parameter]) -> Vec<ImplItem> {
    let is_optional = |argument: &FnArg| {
        named(argument).is_some_and(|(name, _)| parameters.iter().any(|one| one.name == *name))
    };
    let required = with
        .sig
        .inputs
        .iter()
        .filter(|argument| !is_optional(argument));
    with.sig.inputs = required.cloned().collect();
    let mut without = with.clone();

    let (name, generics) = (&without.sig.ident, generics(parameters));
    let name_with = format_ident!("{name}_with");
    let arguments = without
        .sig
        .inputs
        .iter()
        .filter_map(named)
        .map(|(name, _)| name);
    let call: Expr = parse_quote! {
        self.#name_with(#(#arguments,)* #options::default()).await
    };
    let docs = format!(" Optional parameters are absent: see [`{name_with}`](Self::{name_with}).");
    without.block = parse_quote! {{ #call }};
    without.attrs.push(parse_quote!(#[doc = #docs]));

    let names = parameters.iter().map(|parameter| &parameter.name);
    let fields: Stmt = parse_quote! { let #options { #(#names),* } = options; };
    with.block.stmts.insert(0, fields);
    with.sig
        .inputs
        .push(parse_quote!(options: #options #generics));
    with.sig.ident = name_with;
    vec![ImplItem::Fn(without), ImplItem::Fn(with)]
}
