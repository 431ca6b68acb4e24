//! Generates the names and the defaults of permissions.

use heck::ToPascalCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::{
    lookup::{object, referred, text},
    open_enum::open_enum,
};

/// Generates the enum `Permission`.
///
/// # Errors
///
/// Returns an error with the permission that lacks a required key.
pub(crate) fn generate(document: &Value) -> Result<TokenStream, String> {
    let mut found = Vec::new();
    name_permissions(document, "UserPermissions", "", &mut Vec::new(), &mut found)?;
    let values: Vec<_> = found
        .iter()
        .map(|permission| (permission.docs(), permission.name.clone()))
        .collect();
    let names = open_enum(
        "Permission",
        "The name of a permission, as a category and a name: `chat.file_upload`.\n\n\
         Source: the schema `UserPermissions` of the server's document, and the defaults of newly \
         installed servers. An administrator may have changed them.",
        &values,
    );
    let variants: Vec<_> = found
        .iter()
        .map(|permission| format_ident!("{}", permission.name.to_pascal_case()))
        .collect();
    let defaults = found
        .iter()
        .zip(&variants)
        .filter_map(|(permission, variant)| {
            let default = permission.default()?;
            Some(quote! { (Self::#variant, #default) })
        });
    let since = found.iter().map(|permission| permission.since);
    let changes = found.iter().map(|permission| {
        let changes = permission.defaults.iter().map(|(since, default)| {
            let default = match default {
                Some(default) => quote! { Some(#default) },
                None => quote! { None },
            };
            quote! { (#since, #default) }
        });
        quote! { &[#(#changes),*] }
    });
    let mut categories: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut paths = Vec::new();
    for Permission { name, .. } in &found {
        let (category, name) = name
            .split_once('.')
            .filter(|(_, name)| !name.contains('.'))
            .ok_or_else(|| format!("the permission {name} is not in a category of the root"))?;
        match categories.last_mut() {
            Some((last, names)) if *last == category => names.push(name),
            _ => categories.push((category, vec![name])),
        }
        paths.push(quote! { [#category, #name] });
    }
    let mut first = 0_usize;
    let mut places = Vec::new();
    let mut ranges = Vec::new();
    for (category, names) in &categories {
        let numbers = first..first + names.len();
        let (start, end) = (numbers.start, numbers.end);
        first = end;
        ranges.push(quote! { (#category, #start..#end) });
        places
            .push(quote! { #category => match name { #(#names => #numbers,)* _ => return None }, });
    }
    let numbers = 0..found.len();
    Ok(quote! {
        #names

        impl Permission {
            /// Returns the category and the name, which are the keys of the object on the server.
            pub fn path(&self) -> [&str; 2] {
                match self {
                    #(Self::#variants => #paths,)*
                    Self::Unknown(value) => {
                        let text = value.as_str();
                        let (category, name) = text.split_once('.').unwrap_or((text, ""));
                        [category, name]
                    }
                }
            }

            /// Returns the index in [`KNOWN`](Self::KNOWN) of a known permission.
            pub(crate) fn place(&self) -> Option<usize> {
                match self {
                    #(Self::#variants => Some(#numbers),)*
                    Self::Unknown(_) => None,
                }
            }

            /// Returns the index in [`KNOWN`](Self::KNOWN) of the permission with this path.
            pub(crate) fn place_of(category: &str, name: &str) -> Option<usize> {
                Some(match category {
                    #(#places)*
                    _ => return None,
                })
            }

            /// The categories, and the indexes in [`KNOWN`](Self::KNOWN) of their permissions.
            pub(crate) const CATEGORIES: &'static [(&'static str, ::std::ops::Range<usize>)] =
                &[#(#ranges),*];

            /// Returns the first server version with the permission, from `x-since`.
            pub(crate) const fn since_text(&self) -> Option<&'static str> {
                match self {
                    #(Self::#variants => Some(#since),)*
                    Self::Unknown(_) => None,
                }
            }

            /// Returns the versions that changed the default, the oldest first, and their defaults,
            /// from `x-defaults`.
            pub(crate) const fn default_changes(
                &self,
            ) -> &'static [(&'static str, Option<bool>)] {
                match self {
                    #(Self::#variants => #changes,)*
                    Self::Unknown(_) => &[],
                }
            }

            /// The default permissions of all users on a newly installed server.
            ///
            /// They are those of the newest version that this crate was built for. For other
            /// versions, use [`default_on`](Self::default_on).
            pub const DEFAULTS: &'static [(Self, bool)] = &[#(#defaults),*];
        }
    })
}

/// A permission of the document.
struct Permission<'a> {
    /// The category and the name, joined by a dot.
    name: String,
    since: &'a str,
    /// Each version that changed the default, and its default.
    defaults: Vec<(&'a str, Option<bool>)>,
}

impl<'a> Permission<'a> {
    fn new(name: String, property: &'a Value) -> Result<Self, String> {
        let since = text(property, "x-since", &format!("the permission {name}"))?;
        let default = |value: &Value| value.get("default").and_then(Value::as_bool);
        let defaults = match property.get("x-defaults").and_then(Value::as_array) {
            None => Vec::from_iter(default(property).map(|default| (since, Some(default)))),
            Some(changes) => changes
                .iter()
                .map(|change| {
                    let since = text(change, "since", &format!("a default of {name}"))?;
                    Ok((since, default(change)))
                })
                .collect::<Result<_, String>>()?,
        };
        Ok(Self {
            name,
            since,
            defaults,
        })
    }

    /// The default on the newest version.
    fn default(&self) -> Option<bool> {
        self.defaults.last()?.1
    }

    fn docs(&self) -> String {
        let Self { name, since, .. } = self;
        let mut docs = format!("`{name}`, since Open WebUI {since}.");
        let value = |default| if default { "on" } else { "off" };
        if let Some(default) = self.default() {
            docs.push_str(if default { " On" } else { " Off" });
            docs.push_str(" by default");
            for pair in self.defaults.windows(2).rev() {
                if let [(_, Some(old)), (since, _)] = pair {
                    docs.push_str(&format!(", {} before {since}", value(*old)));
                }
            }
            docs.push('.');
        }
        docs
    }
}

/// Collects the permissions of a schema, and recursively those of the schemas that it refers to.
fn name_permissions<'a>(
    document: &'a Value,
    schema: &'a str,
    prefix: &str,
    above: &mut Vec<&'a str>,
    found: &mut Vec<Permission<'a>>,
) -> Result<(), String> {
    if above.contains(&schema) {
        return Err(format!("the permission schema {schema} contains itself"));
    }
    above.push(schema);
    let pointer = format!("/components/schemas/{schema}/properties");
    for (name, property) in object(document, &pointer)? {
        let value = format!("{prefix}{name}");
        if let Some(inner) = referred(property) {
            name_permissions(document, inner, &format!("{value}."), above, found)?;
        } else if property.get("type").is_some_and(|kind| kind == "boolean") {
            found.push(Permission::new(value, property)?);
        } else {
            return Err(format!(
                "the permission {value} is neither a boolean nor a category"
            ));
        }
    }
    above.pop();
    Ok(())
}
