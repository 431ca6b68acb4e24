//! The lines of the definition of an item.

use syn::{Fields, Generics, Item, Signature, TraitItem, visit_mut::VisitMut};

use crate::{
    attributes::{self, Conditions, notes},
    block::{Block, Kind},
    package::is_public,
    print::text,
    rewrite::Rewriter,
};

/// The lines of an item.
///
/// # Errors
///
/// Returns an error if the item or a part of it is of an unknown kind.
pub(crate) fn block(
    names: &mut Rewriter<'_>,
    item: &Item,
    path: &str,
    notes: &str,
) -> Result<Block, String> {
    let mut block = Block::default();
    block.heading = match item {
        Item::Struct(item) => {
            names.add(&item.generics);
            let form = add_fields(names, &item.fields, &mut block.parts);
            let (parameters, clause) = generics(names, &item.generics);
            format!("struct {path}{parameters}{form}{clause}")
        }
        Item::Enum(item) => {
            names.add(&item.generics);
            for variant in &item.variants {
                if !attributes::is_hidden(&variant.attrs) {
                    block.parts.push(variant_line(names, variant));
                }
            }
            let (parameters, clause) = generics(names, &item.generics);
            format!("enum {path}{parameters}{clause}")
        }
        Item::Trait(item) => {
            names.add(&item.generics);
            for part in &item.items {
                add_trait_item(names, part, &mut block)?;
            }
            trait_heading(names, item, path)
        }
        Item::Type(item) => {
            names.add(&item.generics);
            let of = names.text(&*item.ty, VisitMut::visit_type_mut);
            let (parameters, clause) = generics(names, &item.generics);
            format!("type {path}{parameters} = {of}{clause}")
        }
        Item::Const(item) => {
            let of = names.text(&*item.ty, VisitMut::visit_type_mut);
            format!("const {path}: {of}")
        }
        Item::Static(item) => {
            let of = names.text(&*item.ty, VisitMut::visit_type_mut);
            format!("static {path}: {of}")
        }
        Item::Fn(item) => {
            let line = signature(names, &item.sig);
            let name = format!("fn {}", item.sig.ident);
            line.replacen(&name, &format!("fn {path}"), 1)
        }
        _ => return Err("an item of an unknown kind".to_owned()),
    };
    block.heading.push_str(notes);
    Ok(block)
}

/// The parameters, which are at the start of a line, and the `where` clause, which is at its end.
pub(crate) fn generics(names: &mut Rewriter<'_>, generics: &Generics) -> (String, String) {
    let parameters = names.text(generics, VisitMut::visit_generics_mut);
    let clause = generics.where_clause.as_ref().map(|clause| {
        let clause = names.text(clause, VisitMut::visit_where_clause_mut);
        format!(" {}", clause.trim_end_matches(", "))
    });
    (parameters, clause.unwrap_or_default())
}

/// Adds the public fields as lines, and returns the end of the heading.
fn add_fields(names: &mut Rewriter<'_>, fields: &Fields, lines: &mut Vec<String>) -> String {
    let is_shown =
        |field: &&syn::Field| is_public(&field.vis) && !attributes::is_hidden(&field.attrs);
    let shown = fields.iter().filter(is_shown).count();
    let all = fields.len();
    match fields {
        Fields::Unit => ";".to_owned(),
        _ if shown == 0 && all > 0 => " { .. }".to_owned(),
        Fields::Named(_) => {
            for field in fields.iter().filter(is_shown) {
                lines.push(field_line(names, field));
            }
            if shown < all { " { .. }" } else { "" }.to_owned()
        }
        Fields::Unnamed(_) => {
            let fields = fields.iter().map(|field| match is_shown(&field) {
                true => field_line(names, field),
                false => "_".to_owned(),
            });
            format!("({})", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

fn field_line(names: &mut Rewriter<'_>, field: &syn::Field) -> String {
    let name = field.ident.iter().map(|name| format!("{name}: "));
    let of = names.text(&field.ty, VisitMut::visit_type_mut);
    let notes = notes(&field.attrs, &Conditions::default());
    name.chain([of + &notes]).collect()
}

fn variant_line(names: &mut Rewriter<'_>, variant: &syn::Variant) -> String {
    let fields = variant.fields.iter().map(|field| field_line(names, field));
    let fields = fields.collect::<Vec<_>>().join(", ");
    let fields = match &variant.fields {
        Fields::Unit => String::new(),
        Fields::Named(_) => format!(" {{ {fields} }}"),
        Fields::Unnamed(_) => format!("({fields})"),
    };
    let number = variant.discriminant.as_ref();
    let number = number.map(|(_, number)| format!(" = {}", text(number)));
    let notes = notes(&variant.attrs, &Conditions::default());
    format!(
        "{}{fields}{}{notes}",
        variant.ident,
        number.unwrap_or_default()
    )
}

/// A trait with supertraits that are not public is sealed.
fn trait_heading(names: &mut Rewriter<'_>, item: &syn::ItemTrait, full: &str) -> String {
    let mut supertraits = Vec::new();
    let mut is_sealed = false;
    for supertrait in &item.supertraits {
        let before = names.named.private.len();
        let shown = names.text(supertrait, VisitMut::visit_type_param_bound_mut);
        if names.named.private.len() > before {
            names.named.private.truncate(before);
            is_sealed = true;
        } else {
            supertraits.push(shown);
        }
    }
    let (parameters, clause) = generics(names, &item.generics);
    let supertraits = after_colon(&supertraits);
    let sealed = if is_sealed { " [sealed]" } else { "" };
    format!("trait {full}{parameters}{supertraits}{clause}{sealed}")
}

fn add_trait_item(
    names: &mut Rewriter<'_>,
    item: &TraitItem,
    block: &mut Block,
) -> Result<(), String> {
    let provided = |is: bool| if is { " [provided]" } else { "" };
    let (kind, name, line, attributes) = match item {
        TraitItem::Fn(item) => {
            let line = signature(names, &item.sig) + provided(item.default.is_some());
            (Kind::Function, &item.sig.ident, line, &item.attrs)
        }
        TraitItem::Const(item) => {
            let of = names.text(&item.ty, VisitMut::visit_type_mut);
            let provided = provided(item.default.is_some());
            let line = format!("const {}: {of}{provided}", item.ident);
            (Kind::Constant, &item.ident, line, &item.attrs)
        }
        TraitItem::Type(item) => {
            let bounds = item.bounds.iter();
            let bounds =
                bounds.map(|bound| names.text(bound, VisitMut::visit_type_param_bound_mut));
            let bounds = after_colon(&Vec::from_iter(bounds));
            let (parameters, clause) = generics(names, &item.generics);
            let line = format!("type {}{parameters}{bounds}{clause}", item.ident);
            (Kind::Type, &item.ident, line, &item.attrs)
        }
        other => return Err(format!("`{}` is of an unknown kind", text(other))),
    };
    if !attributes::is_hidden(attributes) {
        let line = line + &notes(attributes, &Conditions::default());
        block.associated.insert((kind, name.to_string(), line));
    }
    Ok(())
}

fn after_colon(bounds: &[String]) -> String {
    match bounds {
        [] => String::new(),
        bounds => format!(": {}", bounds.join(" + ")),
    }
}

pub(crate) fn signature(names: &mut Rewriter<'_>, signature: &Signature) -> String {
    names.add(&signature.generics);
    let line = names.text(signature, VisitMut::visit_signature_mut);
    line.trim_end_matches(", ").to_owned()
}
