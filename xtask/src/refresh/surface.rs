//! What callers of the generated code rely on, as lines of text.
//!
//! The code is generated and read, so that the lines show what the generator makes of a document,
//! which nothing here repeats. Methods, paths and places of parameters are the document's own.

pub(crate) mod client;
pub(crate) mod line;
mod names;
mod operations;
mod reach;
mod replaced;
mod text;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Error, Result};
use quote::ToTokens;
use serde_json::Value;
use syn::{Attribute, File, ImplItem, Item as Code, Visibility};

use crate::{
    generator,
    refresh::surface::{
        client::Client,
        line::{Item, Line, Place},
        reach::Reach,
        types::Uses,
    },
};

/// The lines of one document.
#[derive(Default)]
pub(crate) struct Surface {
    pub(crate) lines: BTreeMap<Place, Line>,
    /// The whole code of each item, without documentation.
    pub(crate) code: BTreeMap<Item, String>,
    /// The schemas with hand-written types, by the name of the type, without documentation.
    pub(crate) replaced: BTreeMap<String, String>,
}

impl Surface {
    /// Generates the code of a document and reads it.
    ///
    /// # Errors
    ///
    /// When the generator rejects the document: names the operation and the cause.
    pub(crate) fn of(document: &Value) -> Result<Self> {
        let code = generator::generate(&document.to_string())?;
        let parse = |code: &str| syn::parse_file(code).context("the generated code does not parse");
        let (client, names) = (parse(&code.client)?, parse(&code.names)?);
        Self::read(document, client, &names).map_err(Error::msg)
    }

    /// The operations alone, for a document that the generator rejects.
    pub(crate) fn of_operations(document: &Value) -> Self {
        Self {
            lines: operations::headings(document).into_iter().collect(),
            ..Self::default()
        }
    }

    fn read(document: &Value, mut file: File, names: &File) -> Result<Self, String> {
        file.items.iter_mut().for_each(remove_docs);
        let client = Client::read(&file);
        let items = file.items.iter().find_map(|item| match item {
            Code::Mod(module) if module.ident == "types" => Some(&module.content.as_ref()?.1),
            _ => None,
        });
        let items = items.ok_or("the generated code has no module `types`")?;

        let mut code = BTreeMap::new();
        for (name, part) in items.iter().filter_map(public_part) {
            let of: &mut String = code.entry(Item::Type(name)).or_default();
            of.push_str(&part);
        }
        let reach = Reach::of(items);
        let mut uses = Uses {
            sent: BTreeSet::new(),
            received: BTreeSet::new(),
        };
        for operation in generator::operations(document) {
            let id = operations::id(&operation);
            if let Some(method) = client.method(&id) {
                uses.sent.extend(reach.from(method.sent()));
                uses.received.extend(reach.from(method.received()));
                code.insert(Item::Operation(id), method.code);
            }
        }
        let mut lines = BTreeMap::new();
        lines.extend(operations::lines(document, &client)?);
        lines.extend(names::lines(names));
        lines.extend(types::lines(items, &uses)?);
        let has_type = |name: &str| code.contains_key(&Item::Type(name.to_owned()));
        let replaced = replaced::schemas(document, has_type);
        Ok(Self {
            lines,
            code,
            replaced,
        })
    }
}

/// The type that an item defines or implements something for, and the code that callers use.
fn public_part(item: &Code) -> Option<(String, String)> {
    let name = match item {
        Code::Struct(item) => item.ident.to_string(),
        Code::Enum(item) => item.ident.to_string(),
        Code::Type(item) => item.ident.to_string(),
        Code::Impl(item) => text::text(&item.self_ty),
        _ => return None,
    };
    let code = match item {
        Code::Impl(item) if item.trait_.is_none() => {
            let functions = item.items.iter().filter(|item| match item {
                ImplItem::Fn(function) => matches!(function.vis, Visibility::Public(_)),
                _ => true,
            });
            functions
                .map(|item| item.to_token_stream().to_string())
                .collect()
        }
        item => item.to_token_stream().to_string(),
    };
    Some((name, code))
}

/// Removes the documentation of an item and of its parts.
fn remove_docs(item: &mut Code) {
    let without_docs =
        |attributes: &mut Vec<Attribute>| attributes.retain(|one| !one.path().is_ident("doc"));
    match item {
        Code::Struct(item) => {
            without_docs(&mut item.attrs);
            item.fields
                .iter_mut()
                .for_each(|field| without_docs(&mut field.attrs));
        }
        Code::Enum(item) => {
            without_docs(&mut item.attrs);
            for variant in &mut item.variants {
                without_docs(&mut variant.attrs);
                variant
                    .fields
                    .iter_mut()
                    .for_each(|field| without_docs(&mut field.attrs));
            }
        }
        Code::Type(item) => without_docs(&mut item.attrs),
        Code::Impl(item) => {
            without_docs(&mut item.attrs);
            for part in &mut item.items {
                if let ImplItem::Fn(function) = part {
                    without_docs(&mut function.attrs);
                }
            }
        }
        Code::Mod(module) => {
            let items = module.content.iter_mut().flat_map(|(_, items)| items);
            items.for_each(remove_docs);
        }
        _ => {}
    }
}
