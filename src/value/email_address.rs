//! Email addresses: which are the same, and how a server is asked for one.

use std::fmt;

use crate::value::{
    invalid_value::InvalidValue,
    pasted,
    text_check::{Code, is_invisible, shown},
};

/// The longest address of RFC 5321, in bytes: 64 before the `@`, and 255 after it.
const MAX_LENGTH: usize = 320;

/// An address in the form that is compared: in lower case, as servers store it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address, which an error names by `what`: `address 3`. What is around it and cannot
    /// be seen is not part of it.
    ///
    /// # Errors
    ///
    /// Rejects what is not an address: an empty text, one without `@` or with nothing before or
    /// after it, one with white space or another [invisible](is_invisible) character in it, and one
    /// of more than 320 bytes.
    pub(crate) fn parse(what: impl fmt::Display, text: &str) -> Result<Self, InvalidValue> {
        let address = pasted::trimmed(text);
        if address.is_empty() {
            return Err(InvalidValue(format!("{what} is empty")));
        }
        let reject = |why: &str| {
            let address = shown(address);
            Err(InvalidValue(format!("{what}, `{address}`, {why}")))
        };
        if let Some(hidden) = address.chars().find(|character| is_invisible(*character)) {
            let code = Code(hidden);
            return reject(&format!(
                "contains white space or an invisible character ({code}); remove it"
            ));
        }
        match address.rsplit_once('@') {
            None => return reject("has no `@`; pass the email address of a user"),
            Some(("", _) | (_, "")) => return reject("has no text before or after its `@`"),
            Some(_) => {}
        }
        if address.len() > MAX_LENGTH {
            return reject("is longer than 320 bytes, the maximum of an email address");
        }
        Ok(Self::of_user(address))
    }

    /// The address of a user, as a server returns it. White space around it is part of it.
    pub(crate) fn of_user(email: &str) -> Self {
        Self(email.to_lowercase())
    }

    /// A text to search for that finds every user with this address. It finds others too.
    ///
    /// Servers match it as a pattern, anywhere in an address, and `_` is any character. It stands
    /// for `%` and for `\`, which some databases take for an escape. It stands for each letter
    /// beyond ASCII as well: 0.6.43 and 0.9.6 on SQLite ignore the case of ASCII alone, and old
    /// accounts may have capitals.
    pub(crate) fn pattern(&self) -> String {
        // Two letters beyond ASCII have a lower case with a letter of ASCII: the dotted capital I,
        // which becomes two characters, and the Kelvin sign.
        let address = self.0.replace("i\u{307}", "\0");
        let characters = address.chars().map(|character| match character {
            '\0' => '%',
            'k' | '%' | '\\' => '_',
            _ if character.is_ascii() => character,
            _ => '_',
        });
        characters.collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> EmailAddress {
        EmailAddress::parse("address 1", text).unwrap()
    }

    /// SQL's `ILIKE '%…%'`, with a case of ASCII letters alone.
    fn finds(pattern: &str, email: &str) -> bool {
        fn is_like(pattern: &[char], text: &[char]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some(('%', rest)) => (0..=text.len()).any(|at| is_like(rest, &text[at..])),
                Some((wanted, rest)) => text.split_first().is_some_and(|(letter, text)| {
                    (*wanted == '_' || wanted.eq_ignore_ascii_case(letter)) && is_like(rest, text)
                }),
            }
        }
        let pattern: Vec<char> = format!("%{pattern}%").chars().collect();
        is_like(&pattern, &email.chars().collect::<Vec<_>>())
    }

    #[test]
    fn case_and_what_is_around_an_address_make_no_difference() {
        let ann = parse("ann@corp.example");
        for text in [
            "ann@corp.example",
            "ANN@Corp.Example",
            " \tann@corp.example\r\n",
            "\u{feff}ann@corp.example\u{a0}",
        ] {
            assert_eq!(parse(text), ann, "{text:?}");
        }
        assert_eq!(EmailAddress::of_user("Ann@Corp.example"), ann);
    }

    #[test]
    fn case_beyond_ascii_makes_no_difference() {
        for (capitals, address) in [
            ("ÄNN@BÜCHER.EXAMPLE", "änn@bücher.example"),
            ("ΟΔΟΣ@x.example", "οδος@x.example"),
            ("İST@x.example", "i̇st@x.example"),
        ] {
            assert_eq!(parse(capitals), parse(address), "{capitals}");
        }
    }

    #[test]
    fn addresses_that_are_alike_are_different() {
        let address = "a_b@corp.example";
        for other in [
            "axb@corp.example",
            "a%b@corp.example",
            "a_b@corp.example.net",
            "xa_b@corp.example",
            "a_b@corp",
            "a\u{308}nn@corp.example",
        ] {
            assert_ne!(parse(address), parse(other), "{other}");
        }
        assert_ne!(parse("a\u{308}@x"), parse("ä@x"), "no normalization");
    }

    #[test]
    fn white_space_around_the_address_of_a_user_is_part_of_it() {
        let user = EmailAddress::of_user(" ann@corp.example");
        assert_ne!(user, parse(" ann@corp.example"));
    }

    #[test]
    fn an_error_names_what_is_not_an_address() {
        let why = |text: &str| EmailAddress::parse("address 2", text).unwrap_err().0;
        assert_eq!(why(" \n"), "address 2 is empty");
        assert_eq!(
            why("Ann"),
            "address 2, `Ann`, has no `@`; pass the email address of a user"
        );
        for text in ["@corp.example", "ann@", "@"] {
            assert!(why(text).ends_with("has no text before or after its `@`"));
        }
        for (text, code) in [
            ("ann smith@corp.example", "U+0020"),
            ("ann@corp.example\nbo@corp.example", "U+000A"),
            ("ann\0@corp.example", "U+0000"),
            ("ann\u{200b}@corp.example", "U+200B"),
        ] {
            assert!(why(text).contains(code), "{text:?}");
        }
        assert!(why(&format!("{}@x", "a".repeat(319))).contains("longer than 320 bytes"));
    }

    #[test]
    fn a_pattern_has_no_wildcard_of_the_address_and_no_escape() {
        assert_eq!(parse("a_b@x").pattern(), "a_b@x");
        assert_eq!(parse("100%@x").pattern(), "100_@x");
        assert_eq!(parse("a\\b@x").pattern(), "a_b@x");
        assert_eq!(parse("a+b'c\"d@x").pattern(), "a+b'c\"d@x");
        assert_eq!(parse("ÄNN@x").pattern(), "_nn@x");
    }

    #[test]
    fn no_other_letter_beyond_ascii_has_a_lower_case_in_ascii() {
        let beyond = ('\u{80}'..=char::MAX).filter(|letter| {
            let mut lower = letter.to_lowercase();
            lower.any(|letter| letter.is_ascii())
        });
        assert_eq!(beyond.collect::<String>(), "\u{130}\u{212a}");
    }

    proptest! {
        #[test]
        fn a_search_finds_every_user_with_the_address(
            email in "[a-zA-Z0-9_%.+'\\\\\"äÄßİKΣσςжЖ漢-]{1,12}@[a-zA-ZüÜiIİkK]{1,6}",
        ) {
            let pattern = EmailAddress::of_user(&email).pattern();
            prop_assert!(finds(&pattern, &email), "{}", pattern);
            prop_assert!(finds(&pattern, &email.to_lowercase()), "{}", pattern);
        }

        #[test]
        fn the_same_address_is_found_in_any_case(email in "[^\\s\\p{C}@]{1,9}@[^\\s\\p{C}@]{1,9}") {
            if let Ok(address) = EmailAddress::parse("address 1", &email) {
                prop_assert_eq!(&EmailAddress::of_user(pasted::trimmed(&email)), &address);
                // Both ways, because upper case is not one to one: `ß` becomes `SS`.
                let again = address.0.to_lowercase();
                prop_assert_eq!(&EmailAddress::of_user(&again), &address);
            }
        }

        #[test]
        fn addresses_are_the_same_only_as_a_whole(
            one in "[a-cA-C_%@ ]{0,6}", other in "[a-cA-C_%@ ]{0,6}",
        ) {
            let same = EmailAddress::of_user(&one) == EmailAddress::of_user(&other);
            prop_assert_eq!(same, one.eq_ignore_ascii_case(&other));
        }
    }
}
