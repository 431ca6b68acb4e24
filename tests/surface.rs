//! The public surface of the generated code, as snapshots that a refresh changes in view.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Fields, File, ImplItem, Item, ItemImpl, Meta, Path, PathArguments, ReceiverKind,
    Token, Type, UseTree, Visibility,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

const HOW_TO_ACCEPT: &str = "The public surface of the generated code. When it changes, read what \
    changed, and accept it with: INSTA_UPDATE=always cargo test --test surface";

#[test]
fn the_generated_client_is_as_reviewed() -> syn::Result<()> {
    let code = include_str!(concat!(env!("OUT_DIR"), "/client.rs"));
    assert_reviewed("generated_client", &surface(code)?);
    Ok(())
}

#[test]
fn the_generated_names_are_as_reviewed() -> syn::Result<()> {
    let code = include_str!(concat!(env!("OUT_DIR"), "/names.rs"));
    assert_reviewed("generated_names", &surface(code)?);
    Ok(())
}

#[test]
fn every_public_item_has_a_line() -> syn::Result<()> {
    let code = r#"
        pub use other::{Thing, part::Piece as Bit};
        pub const LIMIT: usize = 3;
        pub mod inner {
            #[non_exhaustive]
            #[derive(Clone, ::schemars::JsonSchema)]
            pub struct Row {
                /// Documentation is no part of it.
                #[serde(rename = "type", default)]
                pub kind: ::std::option::Option<::std::vec::Vec<crate::Kind>>,
                hidden: u8,
            }
            impl ::std::fmt::Display for Row {}
            #[cfg(feature = "schemars")]
            impl ::schemars::JsonSchema for Row {}
        }
        pub enum Choice { Two(i64, bool), One }
        impl Choice {
            pub const ALL: &'static [Self] = &[];
            pub async fn take<'a>(&'a self, text: &'a str) -> Result<(), [u8; 2]> { loop {} }
            fn private(&self) {}
        }
        struct Hidden;
    "#;
    let lines = [
        "const LIMIT: usize",
        "enum Choice",
        "    Two(i64, bool)",
        "    One",
        "    async fn take(&self, text: &str) -> Result<(), [u8; 2]>",
        "    const ALL: &'static [Self]",
        "struct inner::Row (non-exhaustive)",
        "    kind: Option<Vec<crate::Kind>> (default, rename = \"type\")",
        "    is Clone, Display",
        "use other::Thing",
        "use other::part::Piece as Bit",
        "",
    ];
    assert_eq!(surface(code)?, lines.join("\n"));
    Ok(())
}

#[test]
fn formatting_makes_no_difference() -> syn::Result<()> {
    let wide = "pub struct Row { pub cells: Map<String, Vec<i64>>, }";
    let long = "pub struct Row\n{\n pub cells:\n Map<\n String,\n Vec<i64>,\n >\n}";
    assert_eq!(surface(wide)?, surface(long)?);
    Ok(())
}

fn assert_reviewed(name: &str, surface: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(HOW_TO_ACCEPT);
    settings.bind(|| insta::assert_snapshot!(name, surface));
}

/// One line for each public item, field, variant, method and trait.
///
/// # Errors
///
/// The code does not parse.
fn surface(code: &str) -> syn::Result<String> {
    let mut file: File = syn::parse_str(code)?;
    Shorten.visit_file_mut(&mut file);
    let mut surface = Surface::default();
    surface.read("", &file.items);
    Ok(surface.print())
}

#[derive(Default)]
struct Surface {
    /// Types by their path, with what belongs to them.
    types: BTreeMap<String, Entry>,
    /// Everything else that is public.
    others: BTreeSet<String>,
}

#[derive(Default)]
struct Entry {
    /// What it is; empty for a type that is not public.
    heading: String,
    /// Fields or variants, in their order.
    parts: Vec<String>,
    associated: BTreeSet<String>,
    traits: BTreeSet<String>,
}

impl Surface {
    fn read(&mut self, module: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Impl(item) => self.read_impl(module, item),
                Item::Struct(item) if is_public(&item.vis) => {
                    let path = format!("{module}{}", item.ident);
                    let heading = format!("struct {path}{}", text(&item.generics));
                    let entry = self.define(path, heading, &item.attrs);
                    entry.parts.extend(public_fields(&item.fields));
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    let path = format!("{module}{}", item.ident);
                    let heading = format!("enum {path}{}", text(&item.generics));
                    let entry = self.define(path, heading, &item.attrs);
                    entry.parts.extend(item.variants.iter().map(|variant| {
                        let fields = text(&variant.fields);
                        format!("{}{fields}{}", variant.ident, serde_notes(&variant.attrs))
                    }));
                }
                Item::Mod(item) if is_public(&item.vis) => {
                    let module = format!("{module}{}::", item.ident);
                    let items = item.content.as_ref().map(|(_, items)| items.as_slice());
                    self.read(&module, items.unwrap_or_default());
                }
                Item::Use(item) if is_public(&item.vis) => {
                    let place = match module.trim_end_matches(':') {
                        "" => String::new(),
                        module => format!(" in {module}"),
                    };
                    self.others
                        .extend(uses(&item.tree).map(|path| format!("use {path}{place}")));
                }
                Item::Const(item) if is_public(&item.vis) => {
                    let of = text(&item.ty);
                    self.others
                        .insert(format!("const {module}{}: {of}", item.ident));
                }
                Item::Fn(item) if is_public(&item.vis) => {
                    self.others.insert(format!("{module}{}", text(&item.sig)));
                }
                other => self.others.extend(unknown(other)),
            }
        }
    }

    fn define(
        &mut self,
        path: String,
        mut heading: String,
        attributes: &[Attribute],
    ) -> &mut Entry {
        if attributes
            .iter()
            .any(|attribute| attribute.path().is_ident("non_exhaustive"))
        {
            heading.push_str(" (non-exhaustive)");
        }
        let entry = self.types.entry(path).or_default();
        entry.heading = heading;
        entry.traits.extend(derives(attributes));
        entry
    }

    fn read_impl(&mut self, module: &str, item: &ItemImpl) {
        let (reference, of) = match &*item.self_ty {
            Type::Reference(reference) => (" by reference", text(&reference.elem)),
            other => ("", text(other)),
        };
        let entry = self.types.entry(format!("{module}{of}")).or_default();
        if let Some((path, _)) = &item.trait_ {
            entry
                .traits
                .extend(trait_name(path).map(|name| name + reference));
            return;
        }
        entry
            .associated
            .extend(item.items.iter().filter_map(|item| match item {
                ImplItem::Fn(item) if is_public(&item.vis) => Some(text(&item.sig)),
                ImplItem::Const(item) if is_public(&item.vis) => {
                    Some(format!("const {}: {}", item.ident, text(&item.ty)))
                }
                _ => None,
            }));
    }

    fn print(self) -> String {
        let mut lines = self.others;
        for entry in self.types.into_values() {
            if entry.heading.is_empty() {
                continue;
            }
            let traits = Vec::from_iter(entry.traits).join(", ");
            let traits = (!traits.is_empty()).then(|| format!("is {traits}"));
            let inner = entry
                .parts
                .into_iter()
                .chain(entry.associated)
                .chain(traits);
            lines.insert(inner.fold(entry.heading, |lines, line| lines + "\n    " + &line));
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Public items of a kind that nothing above reads: better in full than not at all.
fn unknown(item: &Item) -> Option<String> {
    let visibility = match item {
        Item::ExternCrate(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::TraitAlias(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Union(item) => &item.vis,
        _ => return None,
    };
    is_public(visibility).then(|| text(item))
}

fn public_fields(fields: &Fields) -> impl Iterator<Item = String> {
    let public = fields.iter().filter(|field| is_public(&field.vis));
    public.map(|field| {
        let name = field.ident.iter().map(|name| format!("{name}: "));
        let of = text(&field.ty) + &serde_notes(&field.attrs);
        name.chain([of]).collect()
    })
}

/// What decides about a name and its presence on the wire.
fn serde_notes(attributes: &[Attribute]) -> String {
    let notes: BTreeSet<_> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .flat_map(arguments)
        .filter(|note| !note.path().is_ident("skip_serializing_if"))
        .map(|note| text(&note))
        .collect();
    if notes.is_empty() {
        return String::new();
    }
    format!(" ({})", Vec::from_iter(notes).join(", "))
}

fn derives(attributes: &[Attribute]) -> impl Iterator<Item = String> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .flat_map(arguments)
        .filter_map(|derive| trait_name(derive.path()))
}

fn arguments(attribute: &Attribute) -> impl Iterator<Item = Meta> {
    let parsed = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    parsed.into_iter().flatten()
}

/// A trait without its module. `JsonSchema` is there with one feature only, and left out.
fn trait_name(path: &Path) -> Option<String> {
    let name = path.segments.last()?;
    (name.ident != "JsonSchema").then(|| text(name))
}

fn uses(tree: &UseTree) -> Box<dyn Iterator<Item = String> + '_> {
    match tree {
        UseTree::Path(path) => {
            Box::new(uses(&path.tree).map(|rest| format!("{}::{rest}", path.ident)))
        }
        UseTree::Group(group) => Box::new(group.items.iter().flat_map(uses)),
        UseTree::Rename(rename) => {
            Box::new([format!("{} as {}", rename.ident, rename.rename)].into_iter())
        }
        other => Box::new([text(other)].into_iter()),
    }
}

/// Takes the modules from the standard library's names, and lifetimes that
/// say nothing to a caller.
struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut Path) {
        let standard = ["std", "core", "alloc"];
        let first = path.segments.first().map(|first| first.ident.to_string());
        if first.is_some_and(|first| standard.contains(&first.as_str())) {
            let last = path.segments.pop();
            path.segments = last.into_iter().collect();
        }
        path.leading_colon = None;
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_path_arguments_mut(&mut self, arguments: &mut PathArguments) {
        if let PathArguments::AngleBracketed(angled) = arguments {
            let kept = std::mem::take(&mut angled.args).into_iter();
            angled.args = kept
                .filter(|argument| !matches!(argument, syn::GenericArgument::Lifetime(_)))
                .collect();
            if angled.args.is_empty() {
                *arguments = PathArguments::None;
            }
        }
        visit_mut::visit_path_arguments_mut(self, arguments);
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference
            .lifetime
            .take_if(|lifetime| lifetime.ident != "static");
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_receiver_mut(&mut self, receiver: &mut syn::Receiver) {
        if let ReceiverKind::Reference(_, lifetime, _) = &mut receiver.kind {
            *lifetime = None;
        }
        visit_mut::visit_receiver_mut(self, receiver);
    }

    fn visit_generics_mut(&mut self, generics: &mut syn::Generics) {
        let kept = std::mem::take(&mut generics.params).into_iter();
        generics.params = kept
            .filter(|parameter| !matches!(parameter, syn::GenericParam::Lifetime(_)))
            .collect();
        visit_mut::visit_generics_mut(self, generics);
    }
}

/// The tokens with the spaces that rustfmt puts between them.
fn text(part: &(impl ToTokens + ?Sized)) -> String {
    let mut line = String::new();
    print(quote!(#part), &mut line);
    line
}

fn print(tokens: TokenStream, line: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Punct(punct) => match punct.as_char() {
                '>' if line.ends_with('-') => line.push_str("> "),
                '>' => {
                    drop_last_comma(line);
                    line.push('>');
                }
                ':' if punct.spacing() == Spacing::Joint || line.ends_with(':') => line.push(':'),
                '-' => line.push_str(" -"),
                sign @ ('=' | '+') => line.extend([' ', sign, ' ']),
                sign @ (',' | ':' | ';') => line.extend([sign, ' ']),
                sign => line.push(sign),
            },
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::Bracket if line.ends_with(is_word) => (" [", "]"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::None => ("", ""),
                };
                line.push_str(open);
                print(group.stream(), line);
                drop_last_comma(line);
                line.push_str(close);
            }
            word => {
                if line.ends_with(is_word) {
                    line.push(' ');
                }
                line.push_str(&word.to_string());
            }
        }
    }
}

/// A comma after the last of a list is a matter of formatting.
fn drop_last_comma(line: &mut String) {
    if line.ends_with(", ") {
        line.truncate(line.len() - 2);
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '"')
}
