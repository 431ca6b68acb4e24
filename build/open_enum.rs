//! Enums of strings that may grow.

use heck::ToPascalCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// An enum of strings that keeps a value it does not know.
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
            /// A value that the document does not know. Made by the conversions from text, which
            /// never put a known value here.
            Unknown(UnknownValue),
        }

        impl #ident {
            /// Every value that the document knows.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as the server writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #texts,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }

            /// The value that the document knows by this text.
            pub(crate) fn known(text: &str) -> Option<Self> {
                match text {
                    #(#texts => Some(Self::#variants),)*
                    _ => None,
                }
            }

            /// Whether the document knows the value.
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

/// Conversions from text, for an open enum of which every text is a value.
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
