//! The lines of the open enums: permissions, and strings that may grow.

use std::collections::BTreeMap;

use syn::{Expr, ExprLit, File, ImplItem, Item as Code, ItemImpl, Lit, Pat};

use crate::refresh::surface::{
    line::{Addition, Item, Line, Place},
    text::text,
};

/// The lines of all open enums.
pub(crate) fn lines(file: &File) -> Vec<(Place, Line)> {
    let impls = file.items.iter().filter_map(|item| match item {
        Code::Impl(item) if item.trait_.is_none() => Some(item),
        _ => None,
    });
    let mut values: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    let mut defaults = BTreeMap::new();
    for item in impls {
        if let Some(texts) = texts(item) {
            values.push((text(&item.self_ty), texts));
        }
        defaults.extend(default_switches(item));
    }
    let mut lines = Vec::new();
    for (name, values) in values {
        let item = Item::Names(name.clone());
        let line = |text| Line {
            text,
            addition: Addition::Additive,
        };
        lines.push((item.place(), line(format!("open enum {name}"))));
        for (variant, value) in values {
            // One variant is for the values that the document does not know.
            let default = match defaults.get(&variant).filter(|_| name == "Permission") {
                Some(true) => ", on by default",
                Some(false) => ", off by default",
                None => "",
            };
            let text = format!("{name}::{variant} for {value:?}{default}");
            lines.push((item.part(variant), line(text)));
        }
    }
    lines
}

/// The texts of the variants, from the function `as_str`.
fn texts(item: &ItemImpl) -> Option<BTreeMap<String, String>> {
    let function = item.items.iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "as_str" => Some(function),
        _ => None,
    })?;
    let matched = function
        .block
        .stmts
        .iter()
        .find_map(|statement| match statement {
            syn::Stmt::Expr(Expr::Match(matched), _) => Some(matched),
            _ => None,
        })?;
    let arms = matched
        .arms
        .iter()
        .filter_map(|arm| match (&arm.pat, &*arm.body) {
            (
                Pat::Path(variant),
                Expr::Lit(ExprLit {
                    lit: Lit::Str(value),
                    ..
                }),
            ) => Some((last(&variant.path)?, value.value())),
            _ => None,
        });
    Some(arms.collect())
}

/// The defaults of permissions, from the constant `DEFAULTS`.
fn default_switches(item: &ItemImpl) -> BTreeMap<String, bool> {
    let constant = item.items.iter().find_map(|item| match item {
        ImplItem::Const(constant) if constant.ident == "DEFAULTS" => Some(&constant.expr),
        _ => None,
    });
    let elements = match constant {
        Some(Expr::Reference(reference)) => match &*reference.expr {
            Expr::Array(array) => Some(&array.elems),
            _ => None,
        },
        _ => None,
    };
    let pairs = elements.into_iter().flatten().filter_map(|element| {
        let Expr::Tuple(pair) = element else {
            return None;
        };
        let mut parts = pair.elems.iter();
        match (parts.next()?, parts.next()?) {
            (
                Expr::Path(variant),
                Expr::Lit(ExprLit {
                    lit: Lit::Bool(is_on),
                    ..
                }),
            ) => Some((last(&variant.path)?, is_on.value)),
            _ => None,
        }
    });
    pairs.collect()
}

fn last(path: &syn::Path) -> Option<String> {
    Some(path.segments.last()?.ident.to_string())
}
