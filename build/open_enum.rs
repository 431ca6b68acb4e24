//! Generates extensible enums of strings.

use heck::ToPascalCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// Generates an enum of strings that retains unknown values.
pub(crate) fn open_enum(name: &str, docs: &str, values: &[(String, String)]) -> TokenStream {
    let ident = format_ident!("{name}");
    let variant_docs: Vec<_> = values.iter().map(|(docs, _)| docs).collect();
    let texts: Vec<_> = values.iter().map(|(_, value)| value).collect();
    let variants: Vec<_> = values
        .iter()
        .map(|(_, value)| format_ident!("{}", value.to_pascal_case()))
        .collect();
    quote! {
        #[doc = #docs]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #ident {
            #(#[doc = #variant_docs] #variants,)*
            /// A value that this crate does not know. Created by the conversions from text, and never
            /// contains a known value.
            Unknown(UnknownValue),
        }

        impl #ident {
            /// All known values.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// Returns the value as the server writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #texts,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }

            /// Returns the known value with this text.
            pub(crate) fn known(text: &str) -> Option<Self> {
                match text {
                    #(#texts => Some(Self::#variants),)*
                    _ => None,
                }
            }

            /// Returns whether the value is known.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl From<&Self> for #ident {
            fn from(value: &Self) -> Self {
                value.clone()
            }
        }

        impl ::std::fmt::Display for #ident {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for #ident {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(#name)
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string" })
            }
        }
    }
}

/// Generates conversions from text, for an extensible enum that accepts any text.
pub(crate) fn conversions_from_any_text(name: &str) -> TokenStream {
    let ident = format_ident!("{name}");
    quote! {
        impl From<&str> for #ident {
            fn from(value: &str) -> Self {
                Self::known(value).unwrap_or_else(|| Self::Unknown(UnknownValue::new(value)))
            }
        }

        impl ::std::str::FromStr for #ident {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl From<String> for #ident {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from(&*value))
            }
        }
    }
}
