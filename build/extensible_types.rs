//! Prepares the generated types for new fields and values in the document.
//!
//! Hand-written code creates structs with constructors, whose parameters are the required fields. A
//! new optional field does not change calls. A new required field is a new parameter, so calls
//! without it do not compile.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, Expr, ExprPath, Field, Fields, File, FnArg, Ident, ImplItem, Item, ItemStruct,
    LitStr, Meta, Path, Token, Type, Visibility, parse_quote, punctuated::Punctuated,
};

use super::arguments::free_name;

/// Conversions from the first type to the second, which has most of the fields of the first.
const CONVERSIONS: [(&str, &str); 2] = [("User", "Member"), ("Group", "GroupExport")];

/// Makes the types `#[non_exhaustive]`, removes their order, and adds constructors of structs.
///
/// # Errors
///
/// Returns an error with the type if its attributes cannot be parsed.
pub(crate) fn extend(file: &mut File) -> Result<(), String> {
    let mut sent = BTreeSet::new();
    for argument in arguments(file) {
        collect_names(argument.to_token_stream(), &mut sent);
    }
    let items = file.items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_mut(),
        _ => None,
    });
    let (_, items) = items.ok_or("the generated code has no module `types`")?;
    // An enum that is sent needs no conversions from text. Their error type would not be public.
    let enums = enums_and_wrappers(items);
    items.retain(|item| !is_conversion_from_text(item, &enums));
    for item in items.iter_mut() {
        let (visibility, name, attributes) = match item {
            Item::Struct(item) => (&item.vis, &item.ident, &mut item.attrs),
            Item::Enum(item) => (&item.vis, &item.ident, &mut item.attrs),
            _ => continue,
        };
        if matches!(visibility, Visibility::Public(_)) {
            attributes.push(parse_quote!(#[non_exhaustive]));
            let removed = attributes.iter_mut().try_for_each(remove_order);
            removed.map_err(|error| format!("the generated type {name}: {error}"))?;
        }
    }
    let structs = items.iter().filter_map(Struct::read);
    let structs = structs.collect::<Result<Vec<_>, _>>()?;
    add_inner_types(&structs, &mut sent);
    for item in &structs {
        items.push(item.constructor(sent.contains(&item.name.to_string())));
    }
    let fields = items.iter_mut().filter_map(|item| match item {
        Item::Struct(item) => Some(&mut item.fields),
        _ => None,
    });
    for field in fields.flatten() {
        let allowed = allow_absent(&mut field.attrs);
        allowed.map_err(|error| format!("a generated field: {error}"))?;
        read_negative_count_as_zero(field);
    }
    let find = |name: &str| structs.iter().find(|item| item.name == name);
    for (from, to) in CONVERSIONS {
        if let (Some(from), Some(to)) = (find(from), find(to)) {
            items.push(to.conversion(from));
        }
    }
    Ok(())
}

/// The enums, and the types that wrap an enum and whose conversions call those of the enum.
fn enums_and_wrappers(items: &[Item]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut before = None;
    while before != Some(names.len()) {
        before = Some(names.len());
        for item in items {
            match item {
                Item::Enum(item) => _ = names.insert(item.ident.to_string()),
                Item::Struct(item) if wraps_one(item, &names) => {
                    names.insert(item.ident.to_string());
                }
                _ => {}
            }
        }
    }
    names
}

fn wraps_one(item: &ItemStruct, names: &BTreeSet<String>) -> bool {
    let Fields::Unnamed(fields) = &item.fields else {
        return false;
    };
    fields.unnamed.iter().any(|field| match &field.ty {
        Type::Path(inner) => {
            let name = inner.path.segments.last();
            name.is_some_and(|name| names.contains(&name.ident.to_string()))
        }
        _ => false,
    })
}

/// Whether an item implements `FromStr`, or `TryFrom` a text, for one of the types with these names.
fn is_conversion_from_text(item: &Item, names: &BTreeSet<String>) -> bool {
    let Item::Impl(item) = item else { return false };
    let (Type::Path(of), Some((conversion, _))) = (&*item.self_ty, &item.trait_) else {
        return false;
    };
    let mut words = BTreeSet::new();
    collect_names(conversion.to_token_stream(), &mut words);
    let has = |word: &str| words.contains(word);
    let is_from_text = has("FromStr") || has("TryFrom") && (has("str") || has("String"));
    let name = of.path.get_ident();
    is_from_text && name.is_some_and(|name| names.contains(&name.to_string()))
}

/// The arguments of the operations.
fn arguments(file: &File) -> impl Iterator<Item = &FnArg> {
    let items = file.items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => Some(&item.items),
        _ => None,
    });
    items.flatten().flat_map(|item| match item {
        ImplItem::Fn(method) => Vec::from_iter(&method.sig.inputs),
        _ => Vec::new(),
    })
}

/// Collects all identifiers, including those of types.
fn collect_names(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => _ = names.insert(name.to_string()),
            TokenTree::Group(group) => collect_names(group.stream(), names),
            _ => {}
        }
    }
}

/// Adds the types of the fields of these types, recursively.
fn add_inner_types(structs: &[Struct], names: &mut BTreeSet<String>) {
    let mut before = 0;
    while before < names.len() {
        before = names.len();
        for item in structs {
            if names.contains(&item.name.to_string()) {
                for field in &item.fields {
                    collect_names(field.of.to_token_stream(), names);
                }
            }
        }
    }
}

/// Removes `Ord` and `PartialOrd`. The order would be that of the document, which may change.
fn remove_order(attribute: &mut Attribute) -> syn::Result<()> {
    if attribute.path().is_ident("derive") {
        let all = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)?;
        let is_order = |path: &Path| path.is_ident("Ord") || path.is_ident("PartialOrd");
        let others = all.iter().filter(|path| !is_order(path));
        *attribute = parse_quote!(#[derive(#(#others),*)]);
    }
    Ok(())
}

/// A server may briefly send a negative count, in a response that is otherwise valid.
fn read_negative_count_as_zero(field: &mut Field) {
    let attribute = match field.ty.to_token_stream().to_string().as_str() {
        "u64" => parse_quote!(#[serde(deserialize_with = "crate::value::count::required")]),
        ":: std :: option :: Option < u64 >" => {
            parse_quote!(#[serde(default, deserialize_with = "crate::value::count::optional")])
        }
        _ => return,
    };
    field.attrs.push(attribute);
}

/// The generator requires the field if it can be null, but another version of the server may omit
/// it.
fn allow_absent(attributes: &mut Vec<Attribute>) -> syn::Result<()> {
    let mut kept = Vec::new();
    for attribute in attributes.drain(..) {
        if !attribute.path().is_ident("serde") {
            kept.push(attribute);
            continue;
        }
        let notes = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
        let others = notes
            .iter()
            .filter(|note| !note.path().is_ident("deserialize_with"));
        let others = Vec::from_iter(others);
        if !others.is_empty() {
            kept.push(parse_quote!(#[serde(#(#others),*)]));
        }
    }
    *attributes = kept;
    Ok(())
}

/// A struct with named fields.
struct Struct {
    name: Ident,
    fields: Vec<StructField>,
}

struct StructField {
    name: Ident,
    of: Type,
    /// The default for an absent field. `None` if the field is required.
    absent: Option<Expr>,
}

impl Struct {
    fn read(item: &Item) -> Option<Result<Self, String>> {
        let Item::Struct(ItemStruct {
            ident,
            fields: Fields::Named(fields),
            ..
        }) = item
        else {
            return None;
        };
        let fields = fields.named.iter().filter_map(StructField::read);
        let mut fields = match fields.collect::<syn::Result<Vec<_>>>() {
            Ok(fields) => fields,
            Err(error) => return Some(Err(format!("the generated type {ident}: {error}"))),
        };
        fields.sort_by(|one, other| one.name.cmp(&other.name));
        Some(Ok(Self {
            name: ident.clone(),
            fields,
        }))
    }

    /// The constructor, which is public if callers send the type. For other types, a new required
    /// field must not be a breaking change.
    fn constructor(&self, is_sent: bool) -> Item {
        let name = &self.name;
        let docs = format!(
            " Creates a `{name}` from its required fields, in alphabetical order. Optional fields \
             are absent, or have the default of the document."
        );
        let visibility = if is_sent {
            quote! { pub }
        } else {
            quote! { #[allow(dead_code)] pub(crate) }
        };
        let parameters = self.fields.iter().filter_map(StructField::parameter);
        let values = self.fields.iter().map(StructField::value);
        parse_quote! {
            impl #name {
                #[doc = #docs]
                #visibility fn new(#(#parameters),*) -> Self {
                    Self { #(#values),* }
                }
            }
        }
    }

    /// The constructor from a value of a type that has most of the fields.
    fn conversion(&self, from: &Self) -> Item {
        let (name, from_name) = (&self.name, &from.name);
        let from_case = from_name.to_string().to_snake_case();
        let method = format_ident!("from_{from_case}");
        let argument = free_name(&from_case, |name| {
            self.fields.iter().any(|field| field.name == *name)
        });
        let docs = format!(
            " Creates a `{name}` from a `{from_name}` and the required fields that only a `{name}` \
             has, in alphabetical order."
        );
        let (shared, own): (Vec<_>, Vec<_>) = self.fields.iter().partition(|field| from.has(field));
        let shared = shared.iter().map(|field| &field.name);
        let parameters = own.iter().filter_map(|field| field.parameter());
        let values = own.iter().map(|field| field.value());
        parse_quote! {
            impl #name {
                #[doc = #docs]
                #[allow(dead_code)]
                pub(crate) fn #method(#argument: #from_name, #(#parameters),*) -> Self {
                    Self { #(#shared: #argument.#shared,)* #(#values),* }
                }
            }
        }
    }

    fn has(&self, field: &StructField) -> bool {
        let is_same =
            |other: &StructField| other.name == field.name && other.kind() == field.kind();
        self.fields.iter().any(is_same)
    }
}

impl StructField {
    fn read(field: &Field) -> Option<syn::Result<Self>> {
        let name = field.ident.clone()?;
        Some(absent_value(&field.attrs).map(|absent| Self {
            name,
            of: field.ty.clone(),
            absent,
        }))
    }

    fn kind(&self) -> String {
        self.of.to_token_stream().to_string()
    }

    fn is_text(&self) -> bool {
        self.kind() == quote! { ::std::string::String }.to_string()
    }

    /// The parameter of a constructor, if the field is required.
    fn parameter(&self) -> Option<TokenStream> {
        let (name, of) = (&self.name, &self.of);
        self.absent.is_none().then(|| match self.is_text() {
            true => quote! { #name: impl ::std::convert::Into<#of> },
            false => quote! { #name: #of },
        })
    }

    /// The field of a struct literal in a constructor.
    fn value(&self) -> TokenStream {
        let name = &self.name;
        match &self.absent {
            Some(absent) => quote! { #name: #absent },
            None if self.is_text() => quote! { #name: #name.into() },
            None => quote! { #name },
        }
    }
}

/// The value of an absent field, from its serde attributes. Returns `None` if the field is required.
fn absent_value(attributes: &[Attribute]) -> syn::Result<Option<Expr>> {
    let mut absent = None;
    for attribute in attributes.iter().filter(|one| one.path().is_ident("serde")) {
        let notes = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
        for note in &notes {
            let path = note.path();
            if path.is_ident("default")
                && let Meta::NameValue(function) = note
            {
                let function: LitStr = syn::parse2(function.value.to_token_stream())?;
                let function: ExprPath = function.parse()?;
                return Ok(Some(parse_quote! { #function() }));
            }
            // The generator flattens open objects, which may be empty.
            let is_optional = ["default", "flatten", "skip_serializing_if"];
            if is_optional.iter().any(|name| path.is_ident(name)) {
                absent = Some(parse_quote! { ::std::default::Default::default() });
            }
        }
    }
    Ok(absent)
}
