//! Prepares the generated operations for new optional parameters in the document.
//!
//! `operation(…)` has only the required parameters. If the operation has optional parameters,
//! `operation_with(…, options)` also exists, whose options have them as fields. A new optional
//! parameter does not change calls. A new required parameter is a new argument, so calls without it
//! do not compile.

use heck::{ToPascalCase, ToSnakeCase};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use syn::{
    Expr, File, FnArg, Ident, ImplItem, ImplItemFn, Item, Stmt, Type, parse_quote,
    punctuated::Punctuated,
};

use super::{
    super::operations::operations,
    arguments::{free_name, named},
};

/// Methods that the options have from traits. A method with the same name would hide them.
const TRAIT_METHODS: [&str; 13] = [
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "default",
    "fmt",
    "from",
    "into",
    "to_owned",
    "try_from",
    "try_into",
    "type_id",
];

/// Moves the optional parameters of each operation to a separate type.
///
/// # Errors
///
/// Returns an error with the operation if its name is required for another method, or if one of its
/// parameters is unknown.
pub(crate) fn extend(file: &mut File, document: &Value) -> Result<(), String> {
    let mut options = Vec::new();
    for item in &mut file.items {
        if let Item::Impl(item) = item
            && item.trait_.is_none()
        {
            let methods = std::mem::take(&mut item.items);
            let names = methods.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method.sig.ident.clone()),
                _ => None,
            });
            let names: Vec<_> = names.collect();
            for method in methods {
                let extended = extend_method(method, document, &names, &mut options)?;
                item.items.extend(extended);
            }
        }
    }
    file.items.append(&mut options);
    Ok(())
}

/// The methods that replace one, and the items that they need.
fn extend_method(
    item: ImplItem,
    document: &Value,
    others: &[Ident],
    options: &mut Vec<Item>,
) -> Result<Vec<ImplItem>, String> {
    let ImplItem::Fn(mut method) = item else {
        return Ok(vec![item]);
    };
    let name = method.sig.ident.clone();
    let operation = operations(document)
        .map(|operation| operation.content)
        .find(|content| is_named(content, "operationId", &name));
    let mut parameters = Vec::new();
    let mut required = Punctuated::new();
    for argument in std::mem::take(&mut method.sig.inputs) {
        match Parameter::read(&argument, operation)? {
            Some(parameter) => parameters.push(parameter),
            None => required.push(argument),
        }
    }
    method.sig.inputs = required;
    if parameters.is_empty() {
        return Ok(vec![ImplItem::Fn(method)]);
    }
    let name_with = format_ident!("{name}_with");
    if others.contains(&name_with) {
        return Err(format!(
            "operation `{name_with}` has the name of the method that sends `{name}` with optional \
             parameters; change its `operationId` in overlay.json"
        ));
    }
    let options_name = format_ident!("{}Options", name.to_string().to_pascal_case());
    options.extend(options_type(&options_name, &name, &parameters));
    Ok(split(method, name_with, &options_name, &parameters))
}

/// An optional parameter of an operation.
struct Parameter {
    name: Ident,
    /// The type of the argument, an `Option`.
    of: Type,
    docs: String,
}

impl Parameter {
    /// Returns `None` if the argument is required.
    fn read(argument: &FnArg, operation: Option<&Value>) -> Result<Option<Self>, String> {
        let Some((name, of)) = named(argument) else {
            return Ok(None);
        };
        let is_option = match of {
            Type::Path(path) => path.path.segments.last(),
            _ => None,
        };
        if is_option.is_none_or(|last| last.ident != "Option") {
            return Ok(None);
        }
        let parameters = operation
            .and_then(|operation| operation.get("parameters"))
            .and_then(Value::as_array);
        let mut parameters = parameters.into_iter().flatten();
        let Some(described) = parameters.find(|one| is_named(one, "name", name)) else {
            // A body that may be null is also an `Option`.
            let has_body = operation.is_some_and(|content| content.get("requestBody").is_some());
            return match name == "body" && has_body {
                true => Ok(None),
                false => Err(format!(
                    "the document has no parameter for the argument `{name}`"
                )),
            };
        };
        // A required parameter that may be null is also an `Option`.
        if described.get("required") == Some(&Value::Bool(true)) {
            return Ok(None);
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
        Ok(Some(Self {
            name: name.clone(),
            of: of.clone(),
            docs,
        }))
    }

    /// The name of the setter.
    fn setter(&self) -> Ident {
        free_name(&self.name.to_string(), |name| {
            TRAIT_METHODS.iter().any(|taken| name == taken)
        })
    }
}

/// Whether the generator converts the text of this key to this name.
fn is_named(value: &Value, key: &str, name: &Ident) -> bool {
    let text = value.get(key).and_then(Value::as_str);
    let name = name.to_string().to_snake_case();
    text.is_some_and(|text| text.replace('\'', "").to_snake_case() == name)
}

fn options_type(name: &Ident, operation: &Ident, parameters: &[Parameter]) -> [Item; 2] {
    let names = Vec::from_iter(parameters.iter().map(|parameter| &parameter.name));
    let types = Vec::from_iter(parameters.iter().map(|parameter| &parameter.of));
    let setter_names = parameters.iter().map(Parameter::setter);
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
                pub fn #setter_names(mut self, #names: impl ::std::convert::Into<#types>) -> Self {
                    self.#names = #names.into();
                    self
                }
            )*
        }
    };
    [definition, setters]
}

/// The lifetime of the options, if they borrow data.
fn generics(parameters: &[Parameter]) -> Option<TokenStream> {
    let borrows = |parameter: &Parameter| parameter.of.to_token_stream().to_string().contains('\'');
    parameters.iter().any(borrows).then(|| quote! { <'a> })
}

/// The operation with and without the options. The method has only its required arguments.
fn split(
    mut with: ImplItemFn,
    name_with: Ident,
    options: &Ident,
    parameters: &[Parameter],
) -> Vec<ImplItem> {
    let mut without = with.clone();
    let arguments = with.sig.inputs.iter().filter_map(named);
    let arguments: Vec<_> = arguments.map(|(name, _)| name.clone()).collect();
    let call: Expr = parse_quote! {
        self.#name_with(#(#arguments,)* <#options as ::std::default::Default>::default()).await
    };
    let docs = format!(
        " Sends no optional parameters. To send some, use [`{name_with}`](Self::{name_with})."
    );
    without.block = parse_quote! {{ #call }};
    without.attrs.push(parse_quote!(#[doc = #docs]));

    let names = parameters.iter().map(|parameter| &parameter.name);
    let generics = generics(parameters);
    let argument = free_name("options", |name| arguments.contains(name));
    let fields: Stmt = parse_quote! { let #options { #(#names),* } = #argument; };
    with.block.stmts.insert(0, fields);
    with.sig
        .inputs
        .push(parse_quote!(#argument: #options #generics));
    with.sig.ident = name_with;
    vec![ImplItem::Fn(without), ImplItem::Fn(with)]
}
