//! The names that the generator makes of names in the document.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};
use syn::Ident;

/// Names of types that hide one that the generated code uses.
const RESERVED: [&str; 14] = [
    "Client",
    "Default",
    "Err",
    "From",
    "None",
    "Ok",
    "Operation",
    "Option",
    "Permission",
    "Result",
    "Self",
    "Some",
    "String",
    "UnknownValue",
];

/// The name of a type. `None` if the generator's choice cannot be predicted.
pub(crate) fn type_name(text: &str) -> Option<String> {
    identifier(text, |text| text.to_pascal_case())
}

/// The name of a field or an argument. `None` if the generator's choice cannot be predicted.
pub(crate) fn field_name(text: &str) -> Option<String> {
    identifier(text, |text| text.to_snake_case())
}

/// Whether a field or an argument is written as its name in Rust, apart from an underscore after a
/// keyword.
pub(crate) fn is_as_in_rust(text: &str) -> bool {
    text.to_snake_case() == text
}

/// Whether the values can be variants of one enum.
pub(crate) fn are_distinct_variants(values: &[String]) -> bool {
    let mut known = BTreeSet::from(["Unknown".to_owned(), "Self".to_owned()]);
    // The build uses the plain case of the text, and the generator cleans it first.
    values.iter().all(|value| {
        let plain = value.to_pascal_case();
        type_name(value).is_some_and(|name| name == plain && known.insert(name))
    })
}

fn identifier(text: &str, case: impl Fn(&str) -> String) -> Option<String> {
    let is_predictable =
        |sign: char| sign.is_ascii() || sign.is_alphabetic() && sign.is_alphanumeric();
    if !text.chars().all(is_predictable) || ["+1", "-1"].contains(&text) {
        return None;
    }
    let is_kept = |sign: char| sign == '_' || sign.is_alphanumeric();
    let mut name = case(&text.replace('\'', "").replace(|sign| !is_kept(sign), "-"));
    if !name.starts_with(char::is_alphabetic) {
        name.insert_str(0, &case("x"));
    }
    // `gen` is a keyword that `syn` does not know.
    if name == "gen" || syn::parse_str::<Ident>(&name).is_err() {
        name.push('_');
    }
    syn::parse_str::<Ident>(&name).is_ok().then_some(name)
}

/// The names of types that are in use.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypeNames(BTreeSet<String>);

impl TypeNames {
    /// Takes this name, if it is free.
    pub(crate) fn take(&mut self, name: &str) -> bool {
        !RESERVED.contains(&name) && self.0.insert(name.to_owned())
    }

    /// Takes this name, or the first free one with a number at its end.
    pub(crate) fn take_similar(&mut self, name: &str) -> String {
        if self.take(name) {
            return name.to_owned();
        }
        let mut number = 2_usize;
        loop {
            let numbered = format!("{name}{number}");
            if self.take(&numbered) {
                return numbered;
            }
            number += 1;
        }
    }
}
