//! The generated code, independent of the features that this test is built with.

use quote::ToTokens;
use syn::{Attribute, File, Meta, Path, parse_quote, visit_mut::VisitMut};

use crate::{attributes, sources::Sources};

/// Adds the files that the build script writes.
///
/// # Errors
///
/// Returns an error if the generated code does not parse.
pub(crate) fn add(sources: &mut Sources) -> syn::Result<()> {
    let client = include_str!(concat!(env!("OUT_DIR"), "/client.rs"));
    let client = with_conditions(client, cfg!(feature = "schemars"))?;
    let names = include_str!(concat!(env!("OUT_DIR"), "/names.rs"));
    sources.insert("OUT_DIR/client.rs".to_owned(), client);
    sources.insert("OUT_DIR/names.rs".to_owned(), names.to_owned());
    Ok(())
}

/// The build script derives `JsonSchema` for every type with the feature `schemars`, and for none
/// without it. The result has the same condition for both.
fn with_conditions(code: &str, has_schemas: bool) -> syn::Result<String> {
    let mut file: File = syn::parse_str(code)?;
    DeriveByFeature { has_schemas }.visit_file_mut(&mut file);
    Ok(file.into_token_stream().to_string())
}

struct DeriveByFeature {
    has_schemas: bool,
}

impl VisitMut for DeriveByFeature {
    fn visit_attributes_mut(&mut self, all: &mut Vec<Attribute>) {
        let of_derive = all.iter().filter(|a| a.path().is_ident("derive"));
        let derived: Vec<Path> = of_derive
            .flat_map(attributes::arguments)
            .map(|meta: Meta| meta.path().clone())
            .collect();
        let is =
            |path: &Path, name: &str| path.segments.last().is_some_and(|last| last.ident == name);
        // Each type that is read from JSON has a schema.
        let sign = if self.has_schemas {
            "JsonSchema"
        } else {
            "Deserialize"
        };
        if derived.iter().any(|path| is(path, sign)) {
            let others = derived.iter().filter(|path| !is(path, "JsonSchema"));
            all.retain(|attribute| !attribute.path().is_ident("derive"));
            all.push(parse_quote!(#[derive(#(#others),*)]));
            all.push(parse_quote!(
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
            ));
        }
    }
}

#[test]
fn the_feature_schemars_makes_no_difference() -> syn::Result<()> {
    let with = "#[derive(Clone, ::serde::Deserialize, ::schemars::JsonSchema)] pub struct Row;";
    let without = "#[derive(Clone, ::serde::Deserialize)] pub struct Row;";
    assert_eq!(
        with_conditions(with, true)?,
        with_conditions(without, false)?
    );
    Ok(())
}
