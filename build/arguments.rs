//! Reads the arguments of the generated operations.

use std::collections::BTreeSet;

use quote::format_ident;
use syn::{File, FnArg, Ident, ImplItem, Item, Pat, PatType, Type};

/// The name and the type of an argument. Returns `None` for `self`.
pub(crate) fn named(argument: &FnArg) -> Option<(&Ident, &Type)> {
    match argument {
        FnArg::Typed(PatType { pat, ty, .. }) => match &**pat {
            Pat::Ident(name) => Some((&name.ident, ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// This name, or a similar one if it is taken.
pub(crate) fn free_name(name: &str, is_taken: impl Fn(&Ident) -> bool) -> Ident {
    let mut name = format_ident!("{name}");
    while is_taken(&name) {
        name = format_ident!("{name}_");
    }
    name
}

/// Checks that the arguments of each operation have different names. The generator may convert two
/// parameter names to the same Rust name, and names the body of a request `body`.
///
/// # Errors
///
/// Returns an error with the operation and the argument if two names are the same.
pub(crate) fn check_distinct(file: &File) -> Result<(), String> {
    let impls = file.items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => Some(&item.items),
        _ => None,
    });
    for item in impls.flatten() {
        let ImplItem::Fn(method) = item else { continue };
        let mut known = BTreeSet::new();
        for (name, _) in method.sig.inputs.iter().filter_map(named) {
            if !known.insert(name) {
                return Err(format!(
                    "`{}` would have two arguments named `{name}`, for two parameters or for a \
                     parameter and the request body",
                    method.sig.ident
                ));
            }
        }
    }
    Ok(())
}
