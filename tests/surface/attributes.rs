//! Attributes that affect the users of an item.

use std::collections::BTreeSet;

use syn::{Attribute, Item, Meta, Token, parse::Parser, punctuated::Punctuated};

use crate::print::text;

/// Attributes of items that define no other items, except derived traits.
const HARMLESS: [&str; 14] = [
    "allow",
    "cfg",
    "cfg_attr",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "inline",
    "macro_export",
    "must_use",
    "non_exhaustive",
    "path",
    "repr",
    "serde",
];

/// The conditions under which an item exists, such as `feature "rustls"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conditions(BTreeSet<String>);

impl Conditions {
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let mut conditions = Self::default();
        conditions.add(attributes);
        conditions
    }

    /// Adds those of `#[cfg(…)]`.
    pub(crate) fn add(&mut self, attributes: &[Attribute]) {
        let of_cfg = attributes.iter().filter(|a| a.path().is_ident("cfg"));
        self.0
            .extend(of_cfg.flat_map(arguments).map(|meta| condition(&meta)));
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }
}

fn condition(meta: &Meta) -> String {
    match meta {
        Meta::NameValue(pair) => format!("{} {}", text(&pair.path), text(&pair.value)),
        Meta::List(list) => {
            let inner = list_arguments(list);
            let inner: Vec<_> = inner.iter().map(condition).collect();
            match text(&list.path).as_str() {
                "any" => inner.join(" or "),
                "all" => inner.join(" and "),
                other => format!("{other} {}", inner.join(", ")),
            }
        }
        Meta::Path(path) => text(path),
    }
}

/// The attributes that affect callers, and the conditions, as the end of a line.
pub(crate) fn notes(attributes: &[Attribute], conditions: &Conditions) -> String {
    let noticed = ["non_exhaustive", "must_use", "deprecated", "repr"];
    let mut notes: Vec<String> = noticed
        .iter()
        .filter_map(|name| attributes.iter().find(|a| a.path().is_ident(name)))
        .map(|attribute| match &attribute.meta {
            Meta::List(list) if attribute.path().is_ident("repr") => text(list),
            other => text(other.path()),
        })
        .collect();
    notes.extend(serde_note(attributes));
    notes.extend(Conditions::of(attributes).and(conditions).0);
    bracket(&notes)
}

pub(crate) fn bracket(notes: &[String]) -> String {
    match notes {
        [] => String::new(),
        notes => format!(" [{}]", notes.join(", ")),
    }
}

/// The attributes that define the name of a field in JSON, and whether it is present.
fn serde_note(attributes: &[Attribute]) -> Option<String> {
    let notes: BTreeSet<_> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .flat_map(arguments)
        .filter(|note| !note.path().is_ident("skip_serializing_if"))
        .map(|note| {
            // The functions behind these are private.
            let functions = ["default", "deserialize_with", "serialize_with", "with"];
            match functions.iter().any(|name| note.path().is_ident(name)) {
                true => text(note.path()),
                false => text(&note),
            }
        })
        .collect();
    (!notes.is_empty()).then(|| format!("serde({})", Vec::from_iter(notes).join(", ")))
}

/// The derived traits, with the conditions of those in `#[cfg_attr(…)]`.
pub(crate) fn derives(attributes: &[Attribute]) -> Vec<(syn::Path, Conditions)> {
    let mut derives = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident("derive") {
            derives.extend(
                arguments(attribute).map(|meta| (meta.path().clone(), Conditions::default())),
            );
        }
        if attribute.path().is_ident("cfg_attr") {
            let mut inner = arguments(attribute);
            let Some(only_if) = inner.next() else {
                continue;
            };
            let conditions = Conditions(BTreeSet::from([condition(&only_if)]));
            for meta in inner {
                if let Meta::List(list) = &meta
                    && list.path.is_ident("derive")
                {
                    let paths = list_arguments(list);
                    let paths = paths.iter().map(|meta| meta.path().clone());
                    derives.extend(paths.map(|path| (path, conditions.clone())));
                }
            }
        }
    }
    derives
}

/// The first attribute that may be a macro.
pub(crate) fn unknown(attributes: &[Attribute]) -> Option<String> {
    let names = attributes.iter().map(|attribute| text(attribute.path()));
    names
        .into_iter()
        .find(|name| !HARMLESS.contains(&name.as_str()))
}

pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    let of_doc = attributes.iter().filter(|a| a.path().is_ident("doc"));
    of_doc
        .flat_map(arguments)
        .any(|meta| meta.path().is_ident("hidden"))
}

pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    let of_cfg = attributes.iter().filter(|a| a.path().is_ident("cfg"));
    of_cfg.flat_map(arguments).any(|meta| {
        ["test", "doctest"]
            .iter()
            .any(|name| meta.path().is_ident(name))
    })
}

/// The list in an attribute; empty for one without a list.
pub(crate) fn arguments(attribute: &Attribute) -> impl Iterator<Item = Meta> + use<> {
    let list = match &attribute.meta {
        Meta::List(list) => list_arguments(list),
        _ => Vec::new(),
    };
    list.into_iter()
}

fn list_arguments(list: &syn::MetaList) -> Vec<Meta> {
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    let parsed = parser.parse2(list.tokens.clone());
    parsed.into_iter().flatten().collect()
}

pub(crate) fn of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
