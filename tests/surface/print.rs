//! Formats tokens as text.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// The tokens with the spaces that rustfmt puts between them.
pub(crate) fn text(part: &(impl ToTokens + ?Sized)) -> String {
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
                if line.ends_with(|end| is_word(end) || matches!(end, '>' | ')' | ']')) {
                    line.push(' ');
                }
                line.push_str(&word.to_string());
            }
        }
    }
}

/// A trailing comma is only formatting.
fn drop_last_comma(line: &mut String) {
    if line.ends_with(", ") {
        line.truncate(line.len() - 2);
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '"')
}
