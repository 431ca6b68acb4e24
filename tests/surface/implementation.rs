//! The lines of one implementation.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{
    GenericArgument, Generics, ImplItem, ItemImpl, PathArguments, Type, visit_mut::VisitMut,
};

use crate::{attributes::bracket, definition::generics, rewrite::Rewriter};

/// The header of an implementation that does not apply to all parameters of its type; otherwise
/// empty.
pub(crate) fn inherent_note(names: &mut Rewriter<'_>, item: &ItemImpl, self_type: &str) -> String {
    let has_bounds = item.generics.where_clause.is_some()
        || item
            .generics
            .type_params()
            .any(|parameter| !parameter.bounds.is_empty());
    if !has_bounds && has_only_parameters(&item.self_ty, &item.generics) {
        return String::new();
    }
    let (parameters, clause) = generics(names, &item.generics);
    bracket(&[format!("impl{parameters} {self_type}{clause}")])
}

/// Whether a type's arguments are lifetimes and parameters of the implementation.
fn has_only_parameters(of: &Type, generics: &Generics) -> bool {
    let Type::Path(path) = of else { return false };
    let last = path.path.segments.last().map(|last| &last.arguments);
    let Some(PathArguments::AngleBracketed(arguments)) = last else {
        return true;
    };
    arguments.args.iter().all(|argument| match argument {
        GenericArgument::Lifetime(_) => true,
        other => {
            let other = other.to_token_stream().to_string();
            let mut names = generics.type_params().map(|parameter| &parameter.ident);
            names.any(|name| *name == other)
        }
    })
}

/// A trait with its arguments and associated types, and whether it is the name alone.
pub(crate) fn trait_line(
    names: &mut Rewriter<'_>,
    item: &ItemImpl,
    path: &syn::Path,
    is_for_owner: bool,
) -> (String, bool) {
    let self_type = names.text(&*item.self_ty, VisitMut::visit_type_mut);
    let (parameters, clause) = generics(names, &item.generics);
    // A lifetime that only the trait has may be any lifetime, as in `Deserialize<'de>`.
    let of_self: Vec<String> = lifetimes(&self_type);
    let mut path = path.clone();
    let mut elide = ElideLifetimes { kept: &of_self };
    elide.visit_path_mut(&mut path);
    let mut shown = names.text(&path, VisitMut::visit_path_mut);
    let mut associated = BTreeSet::new();
    for part in &item.items {
        if let ImplItem::Type(part) = part {
            let of = names.text(&part.ty, VisitMut::visit_type_mut);
            associated.insert(format!("{} = {of}", part.ident));
        }
    }
    if !associated.is_empty() {
        let associated = Vec::from_iter(associated).join(", ");
        shown = match shown.strip_suffix('>') {
            Some(shown) => format!("{shown}, {associated}>"),
            None => format!("{shown}<{associated}>"),
        };
    }
    let is_for_all = is_for_owner
        && has_only_parameters(&item.self_ty, &item.generics)
        && clause.is_empty()
        && item
            .generics
            .type_params()
            .all(|parameter| parameter.bounds.is_empty())
        && lifetimes(&shown).iter().all(|name| !of_self.contains(name));
    if !is_for_all {
        let is_used = |name: &String| lifetimes(&format!("{shown} {self_type}")).contains(name);
        let has_types = item.generics.type_params().next().is_some();
        let names_lifetimes = item
            .generics
            .lifetimes()
            .any(|of| is_used(&of.lifetime.ident.to_string()));
        let parameters = if has_types || names_lifetimes {
            parameters
        } else {
            String::new()
        };
        return (
            format!("{parameters} {shown} for {self_type}{clause}"),
            false,
        );
    }
    match shown.contains('<') {
        true => (format!(" {shown}"), false),
        false => (shown, true),
    }
}

/// The named lifetimes in a text, without `'static` and `'_`.
fn lifetimes(text: &str) -> Vec<String> {
    let starts = text.split('\'').skip(1);
    let names = starts.map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        rest[..end.unwrap_or(rest.len())].to_owned()
    });
    names
        .filter(|name| name != "static" && name != "_")
        .collect()
}

/// Removes the lifetimes that are not among those of the type.
struct ElideLifetimes<'a> {
    kept: &'a [String],
}

impl ElideLifetimes<'_> {
    fn is_kept(&self, lifetime: &syn::Lifetime) -> bool {
        lifetime.ident == "static" || self.kept.contains(&lifetime.ident.to_string())
    }
}

impl VisitMut for ElideLifetimes<'_> {
    fn visit_path_arguments_mut(&mut self, arguments: &mut PathArguments) {
        if let PathArguments::AngleBracketed(angled) = arguments {
            let all = std::mem::take(&mut angled.args).into_iter();
            angled.args = all
                .filter(|argument| match argument {
                    GenericArgument::Lifetime(lifetime) => self.is_kept(lifetime),
                    _ => true,
                })
                .collect();
            if angled.args.is_empty() {
                *arguments = PathArguments::None;
            }
        }
        syn::visit_mut::visit_path_arguments_mut(self, arguments);
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        let is_kept = reference
            .lifetime
            .as_ref()
            .is_some_and(|name| self.is_kept(name));
        if !is_kept {
            reference.lifetime = None;
        }
        syn::visit_mut::visit_type_reference_mut(self, reference);
    }
}
