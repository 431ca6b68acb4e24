//! Generated code as short text.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// Paths that begin with one of these are shortened to their last segment.
const SHORTENED: [&str; 3] = ["std", "crate", "types"];

/// The code on one line, without lifetimes and with short paths.
pub(crate) fn text(part: &impl ToTokens) -> String {
    let mut line = String::new();
    print(part.to_token_stream(), &mut line);
    drop_last_comma(&mut line);
    shorten_paths(line.trim())
}

fn print(tokens: TokenStream, line: &mut String) {
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) => match punct.as_char() {
                '\'' => _ = tokens.next(),
                '>' if line.ends_with('-') => line.push_str("> "),
                // Generics of a lifetime alone.
                '>' if line.ends_with('<') => _ = line.pop(),
                '>' => {
                    drop_last_comma(line);
                    line.push('>');
                }
                ':' if ["impl", "dyn"].iter().any(|word| line.ends_with(word)) => {
                    line.push_str(" :");
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
                if line.ends_with(|end: char| is_word(end) || matches!(end, '>' | ')' | ']' | '"'))
                {
                    line.push(' ');
                }
                line.push_str(&word.to_string());
            }
        }
    }
}

/// A comma after the last of a list depends on the formatting.
fn drop_last_comma(line: &mut String) {
    if line.ends_with(", ") {
        line.truncate(line.len() - 2);
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn shorten_paths(line: &str) -> String {
    let is_part = |character: char| is_word(character) || character == ':';
    let mut short = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(|character| !is_part(character));
        let (path, after) = rest.split_at(end.unwrap_or(rest.len()));
        short.push_str(shorten_path(path));
        let end = after.find(is_part).unwrap_or(after.len());
        let (between, after) = after.split_at(end);
        short.push_str(between);
        rest = after;
    }
    short
}

fn shorten_path(path: &str) -> &str {
    let path = path.strip_prefix("::").unwrap_or(path);
    match path.split_once("::") {
        Some((first, _)) if SHORTENED.contains(&first) => path.rsplit("::").next().unwrap_or(path),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_as_in_documentation() {
        let short = |code: &str| text(&syn::parse_str::<syn::Type>(code).unwrap());
        for (code, expected) in [
            (
                "::std::option::Option<::std::string::String>",
                "Option<String>",
            ),
            ("::std::vec::Vec<types::Group,>", "Vec<Group>"),
            ("crate::value::permissions::Permissions", "Permissions"),
            (
                "::serde_json::Map<::std::string::String, ::serde_json::Value>",
                "serde_json::Map<String, serde_json::Value>",
            ),
            ("&'a str", "&str"),
            ("impl ::std::convert::Into<String>", "impl Into<String>"),
            ("::serde::Deserialize<'de>", "serde::Deserialize"),
            ("(i64, [u8; 2])", "(i64, [u8; 2])"),
        ] {
            assert_eq!(short(code), expected);
        }
    }
}
