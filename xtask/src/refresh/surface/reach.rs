//! Which types a request or a response contains.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Item;

/// The generated types that each generated type mentions.
pub(crate) struct Reach(BTreeMap<String, BTreeSet<String>>);

impl Reach {
    /// Reads the items of the module `types`.
    pub(crate) fn of(items: &[Item]) -> Self {
        let definitions = items.iter().filter_map(|item| match item {
            Item::Struct(item) => Some((item.ident.to_string(), item.fields.to_token_stream())),
            Item::Enum(item) => Some((item.ident.to_string(), item.variants.to_token_stream())),
            Item::Type(item) => Some((item.ident.to_string(), item.ty.to_token_stream())),
            _ => None,
        });
        Self(definitions.map(|(name, of)| (name, names(of))).collect())
    }

    /// The types that the tokens mention, and those that these contain.
    pub(crate) fn from(&self, tokens: TokenStream) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open = Vec::from_iter(names(tokens));
        while let Some(name) = open.pop() {
            if let Some(mentioned) = self.0.get(&name)
                && reached.insert(name)
            {
                open.extend(mentioned.iter().cloned());
            }
        }
        reached
    }
}

fn names(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for token in tokens {
        match token {
            TokenTree::Ident(name) => _ = found.insert(name.to_string()),
            TokenTree::Group(group) => found.extend(names(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}
