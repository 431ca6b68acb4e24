//! The lines of the generated types.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Field, Fields, ImplItem, Item as Code, ItemImpl, ItemStruct, Meta, MetaNameValue,
    Path, Token, Type, Visibility, punctuated::Punctuated,
};

use crate::refresh::surface::{
    line::{Addition, Item, Line, Place, UNKNOWN},
    text::text,
};

/// Traits that all generated types implement.
const OF_ALL: [&str; 5] = ["Clone", "Debug", "Deserialize", "PartialEq", "Serialize"];

/// The new field is not in the responses of servers that are supported today.
const LACKED_BY_SERVERS: &str =
    "responses of older servers lack it and would not decode; make it optional in overlay.json";

/// The new field is a parameter of the constructor.
const LACKED_BY_CALLERS: &str = "callers have to set it";

/// The types that requests and responses contain.
pub(crate) struct Uses {
    pub(crate) sent: BTreeSet<String>,
    pub(crate) received: BTreeSet<String>,
}

/// The lines of all types.
///
/// # Errors
///
/// Names the type whose attributes cannot be read.
pub(crate) fn lines(items: &[Code], uses: &Uses) -> Result<Vec<(Place, Line)>, String> {
    let defaults = defaults(items);
    let mut lines = Vec::new();
    for item in items {
        let found = match item {
            Code::Struct(item) => structure(item, uses, &defaults),
            Code::Enum(item) => enumeration(item),
            Code::Type(item) => {
                let name = item.ident.to_string();
                let line = format!("type {name} = {}", text(&item.ty));
                Ok(vec![new(Item::Type(name).place(), line)])
            }
            Code::Impl(item) => Ok(implementation(item)),
            _ => Ok(Vec::new()),
        };
        lines.extend(found.map_err(|error| format!("the generated types: {error}"))?);
    }
    Ok(lines)
}

fn new(place: Place, text: String) -> (Place, Line) {
    let addition = Addition::Additive;
    (place, Line { text, addition })
}

fn structure(
    item: &ItemStruct,
    uses: &Uses,
    defaults: &BTreeMap<String, String>,
) -> syn::Result<Vec<(Place, Line)>> {
    let name = item.ident.to_string();
    let place = Item::Type(name.clone());
    let traits = Traits::of(&item.attrs)?;
    let heading = format!("struct {name}{}", serde_note(&item.attrs)?);
    let mut lines = vec![new(place.place(), heading)];
    lines.extend(traits.lines(&name));
    for (position, field) in item.fields.iter().enumerate() {
        if !matches!(field.vis, Visibility::Public(_)) {
            continue;
        }
        let serde = Serde::of(field, defaults)?;
        let field_name = match &field.ident {
            Some(name) => name.to_string(),
            None => position.to_string(),
        };
        let addition = match () {
            () if matches!(item.fields, Fields::Unnamed(_)) => UNKNOWN,
            () if !is_non_exhaustive(&item.attrs) => UNKNOWN,
            () if serde.is_required && uses.received.contains(&name) => {
                Addition::Breaking(LACKED_BY_SERVERS)
            }
            () if serde.is_required && uses.sent.contains(&name) => {
                Addition::Breaking(LACKED_BY_CALLERS)
            }
            () => Addition::Additive,
        };
        let line = Line {
            text: format!(
                "{name}.{field_name}: {}{}",
                text(&field.ty),
                serde.note(&field.ty)
            ),
            addition,
        };
        lines.push((place.part(format!("field {field_name}")), line));
    }
    Ok(lines)
}

fn enumeration(item: &syn::ItemEnum) -> syn::Result<Vec<(Place, Line)>> {
    let name = item.ident.to_string();
    let place = Item::Type(name.clone());
    let mut notes = serde_note(&item.attrs)?;
    // The first variant that fits a value wins, so that their order matters.
    if notes.contains("untagged") {
        let order = item
            .variants
            .iter()
            .map(|variant| variant.ident.to_string());
        notes.push_str(&format!(", tried as {}", Vec::from_iter(order).join(", ")));
    }
    let mut lines = vec![new(place.place(), format!("enum {name}{notes}"))];
    lines.extend(Traits::of(&item.attrs)?.lines(&name));
    let addition = match is_non_exhaustive(&item.attrs) {
        true => Addition::Additive,
        false => UNKNOWN,
    };
    for variant in &item.variants {
        let line = Line {
            text: format!(
                "{name}::{}{}{}",
                variant.ident,
                text(&variant.fields),
                serde_note(&variant.attrs)?
            ),
            addition,
        };
        lines.push((place.part(format!("variant {}", variant.ident)), line));
    }
    Ok(lines)
}

/// Public constructors and other functions, and implementations of traits.
fn implementation(item: &ItemImpl) -> Vec<(Place, Line)> {
    let name = text(&item.self_ty);
    let place = Item::Type(name.clone());
    if let Some((of, _)) = &item.trait_ {
        if last_segment(of).is_some_and(|name| OF_ALL.contains(&name.as_str())) {
            return Vec::new();
        }
        let of = text(of);
        let line = format!("{name}: {of}");
        return vec![new(place.part(format!("is {of}")), line)];
    }
    let functions = item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => {
            Some(&function.sig)
        }
        _ => None,
    });
    let lines = functions.map(|signature| {
        let function = &signature.ident;
        let output = match &signature.output {
            syn::ReturnType::Type(_, of) if text(of) != "Self" => format!(" -> {}", text(of)),
            _ => String::new(),
        };
        let line = format!("{name}::{function}({}){output}", text(&signature.inputs));
        new(place.part(format!("fn {function}")), line)
    });
    lines.collect()
}

/// The derived traits that not all types have.
struct Traits(BTreeSet<String>);

impl Traits {
    fn of(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut traits = BTreeSet::new();
        for attribute in attributes {
            if attribute.path().is_ident("derive") {
                let paths = Punctuated::<Path, Token![,]>::parse_terminated;
                let paths = attribute.parse_args_with(paths)?;
                traits.extend(paths.iter().filter_map(last_segment));
            }
        }
        traits.retain(|name| !OF_ALL.contains(&name.as_str()));
        Ok(Self(traits))
    }

    fn lines(self, of: &str) -> impl Iterator<Item = (Place, Line)> {
        let place = Item::Type(of.to_owned());
        self.0.into_iter().map(move |name| {
            let line = format!("{of}: {name}");
            new(place.part(format!("is {name}")), line)
        })
    }
}

fn last_segment(path: &Path) -> Option<String> {
    Some(path.segments.last()?.ident.to_string())
}

/// What is on the wire for one field.
struct Serde {
    is_required: bool,
    name: Option<String>,
    default: Option<Default>,
}

/// The value that an absent field has.
enum Default {
    OfItsType,
    Value(String),
}

impl Serde {
    fn of(field: &Field, defaults: &BTreeMap<String, String>) -> syn::Result<Self> {
        let mut name = None;
        let mut default = None;
        let mut has_own_reader = false;
        let mut is_rest = false;
        for meta in serde(&field.attrs)? {
            match &meta {
                Meta::Path(path) if path.is_ident("default") => {
                    default = Some(Default::OfItsType);
                }
                Meta::NameValue(pair) if pair.path.is_ident("default") => {
                    default = Some(Default::Value(default_value(&unquoted(pair), defaults)));
                }
                Meta::NameValue(pair) if pair.path.is_ident("rename") => {
                    name = Some(unquoted(pair));
                }
                // It has the keys without a field, of which there may be none.
                Meta::Path(path) if path.is_ident("flatten") => is_rest = true,
                // With it, an `Option` may be null but not absent.
                Meta::NameValue(pair) if pair.path.is_ident("deserialize_with") => {
                    has_own_reader = true;
                }
                _ => {}
            }
        }
        Ok(Self {
            is_required: !is_rest && default.is_none() && (!is_option(&field.ty) || has_own_reader),
            name,
            default,
        })
    }

    fn note(&self, of: &Type) -> String {
        let mut notes = Vec::new();
        if let Some(name) = &self.name {
            notes.push(format!("named {name:?} in JSON"));
        }
        match &self.default {
            Some(Default::OfItsType) => notes.push("may be absent".to_owned()),
            Some(Default::Value(value)) => notes.push(format!("default {value}")),
            None => {}
        }
        if self.is_required && is_option(of) {
            notes.push("may be null but not absent".to_owned());
        }
        match notes.as_slice() {
            [] => String::new(),
            notes => format!(", {}", notes.join(", ")),
        }
    }
}

fn is_option(of: &Type) -> bool {
    text(of).starts_with("Option<")
}

/// `true` of `defaults::default_bool::<true>`, `3` of `defaults::default_i64::<i64, 3>`, and the
/// body of any other function.
fn default_value(function: &str, defaults: &BTreeMap<String, String>) -> String {
    if let Some((_, argument)) = function.split_once("::<") {
        let argument = argument.trim_end_matches('>');
        let value = argument.rsplit(", ").next();
        return value.unwrap_or(argument).to_owned();
    }
    let name = function.rsplit("::").next().unwrap_or(function);
    let value = defaults.get(name);
    value.cloned().unwrap_or_else(|| function.to_owned())
}

/// The bodies of the functions in the module `defaults`.
fn defaults(items: &[Code]) -> BTreeMap<String, String> {
    let modules = items.iter().filter_map(|item| match item {
        Code::Mod(module) if module.ident == "defaults" => module.content.as_ref(),
        _ => None,
    });
    let functions = modules
        .flat_map(|(_, items)| items)
        .filter_map(|item| match item {
            Code::Fn(function) => Some(function),
            _ => None,
        });
    let body = |function: &syn::ItemFn| {
        let statements = function.block.stmts.iter().map(ToTokens::to_token_stream);
        let body = text(&statements.collect::<TokenStream>());
        match body.strip_suffix(".to_string()") {
            Some(text) => text.to_owned(),
            None => body,
        }
    };
    functions
        .map(|function| (function.sig.ident.to_string(), body(function)))
        .collect()
}

fn is_non_exhaustive(attributes: &[Attribute]) -> bool {
    let is = |attribute: &Attribute| attribute.path().is_ident("non_exhaustive");
    attributes.iter().any(is)
}

fn serde(attributes: &[Attribute]) -> syn::Result<Vec<Meta>> {
    let metas = Punctuated::<Meta, Token![,]>::parse_terminated;
    let attributes = attributes.iter();
    let parsed = attributes
        .filter(|attribute| attribute.path().is_ident("serde"))
        .map(|attribute| attribute.parse_args_with(metas));
    Ok(parsed
        .collect::<syn::Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect())
}

fn serde_note(attributes: &[Attribute]) -> syn::Result<String> {
    let notes = serde(attributes)?.into_iter().map(|meta| match &meta {
        Meta::NameValue(pair) if pair.path.is_ident("rename") => {
            format!(", named {:?} in JSON", unquoted(pair))
        }
        other => format!(", serde({})", text(other)),
    });
    Ok(notes.collect())
}

fn unquoted(pair: &MetaNameValue) -> String {
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(value),
            ..
        }) => value.value(),
        other => text(other),
    }
}
