//! The methods of the generated client.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Fields, File, FnArg, GenericArgument, ImplItem, ImplItemFn, Item as Code, Pat, PathArguments,
    ReturnType, Type,
};

use crate::refresh::surface::text::text;

/// The methods and what belongs to them.
pub(crate) struct Client<'a> {
    methods: BTreeMap<String, &'a ImplItemFn>,
    /// The types of the optional parameters, by name of the type and of the parameter.
    options: BTreeMap<String, BTreeMap<String, &'a Type>>,
}

/// One operation as a method.
pub(crate) struct Method<'a> {
    /// The types of the parameters and of the body, by name.
    pub(crate) arguments: BTreeMap<String, &'a Type>,
    pub(crate) response: &'a Type,
    pub(crate) error: &'a Type,
    /// The code of the method.
    pub(crate) code: String,
}

impl<'a> Client<'a> {
    /// Reads the generated file.
    pub(crate) fn read(file: &'a File) -> Self {
        let mut methods = BTreeMap::new();
        let mut options = BTreeMap::new();
        for item in &file.items {
            match item {
                Code::Impl(item) if item.trait_.is_none() => {
                    let found = item.items.iter().filter_map(|item| match item {
                        ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some(method),
                        _ => None,
                    });
                    methods.extend(found.map(|method| (method.sig.ident.to_string(), method)));
                }
                Code::Struct(item) => {
                    let Fields::Named(fields) = &item.fields else {
                        continue;
                    };
                    let fields = fields.named.iter();
                    let fields =
                        fields.filter_map(|field| Some((name(field.ident.as_ref()?), &field.ty)));
                    options.insert(item.ident.to_string(), fields.collect());
                }
                _ => {}
            }
        }
        Self { methods, options }
    }

    /// The method of an operation, in the form that has all parameters.
    pub(crate) fn method(&self, operation: &str) -> Option<Method<'a>> {
        let name = operation.to_snake_case();
        let with = self.methods.get(&format!("{name}_with"));
        let method = with.or_else(|| self.methods.get(&name))?;
        let mut arguments = BTreeMap::new();
        for (name, of) in method.sig.inputs.iter().filter_map(argument) {
            match last_segment(of).and_then(|of| self.options.get(&of)) {
                Some(options) => arguments.extend(options.clone()),
                None => _ = arguments.insert(name, of),
            }
        }
        let ReturnType::Type(_, result) = &method.sig.output else {
            return None;
        };
        let mut parts = generic_arguments(result).into_iter();
        let response = generic_arguments(parts.next()?).into_iter().next()?;
        let error = generic_arguments(parts.next()?).into_iter().next()?;
        Some(Method {
            arguments,
            response,
            error,
            code: method.to_token_stream().to_string(),
        })
    }
}

impl Method<'_> {
    /// The types in the request.
    pub(crate) fn sent(&self) -> TokenStream {
        let types = self.arguments.values();
        types.map(|of| of.to_token_stream()).collect()
    }

    /// The types in the responses, those of errors included.
    pub(crate) fn received(&self) -> TokenStream {
        let (response, error) = (self.response, self.error);
        quote!(#response #error)
    }

    /// The type of a parameter of the document.
    pub(crate) fn parameter(&self, parameter: &str) -> Option<String> {
        let name = parameter.replace('\'', "").to_snake_case();
        let found = self
            .arguments
            .iter()
            .find(|(argument, _)| argument.to_snake_case() == name);
        found.map(|(_, of)| text(of))
    }
}

fn argument(argument: &FnArg) -> Option<(String, &Type)> {
    match argument {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(pattern) => Some((name(&pattern.ident), &argument.ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

fn name(name: &syn::Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

fn last_segment(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn generic_arguments(of: &Type) -> Vec<&Type> {
    let last = match of {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let arguments = match last.map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => Some(&arguments.args),
        _ => None,
    };
    let types = arguments.into_iter().flatten();
    types
        .filter_map(|argument| match argument {
            GenericArgument::Type(of) => Some(of),
            _ => None,
        })
        .collect()
}
