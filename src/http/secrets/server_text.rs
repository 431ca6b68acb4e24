//! Prepares texts of the server for errors and messages.

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

use crate::{http::secrets::headers::SecretHeaders, value::text_check};

/// The maximum number of characters that are shown.
const SHOWN: usize = 500;

/// The maximum number of bytes that are processed. They are sufficient for the characters that are
/// shown, even if these are escaped and follow a secret.
const PROCESSED: usize = 4 << 10;

/// A text of the server, or one that quotes the server.
///
/// `Display` redacts the client's secrets, shortens the text to 500 characters and escapes invisible
/// characters, in this order. An ordinary text is shown unchanged.
pub(crate) struct ServerText<'a> {
    beginning: Cow<'a, str>,
    is_cut: bool,
    secrets: &'a SecretHeaders,
}

impl<'a> ServerText<'a> {
    /// Creates the text of a body, or of the beginning of a body with `is_cut`.
    pub(crate) fn of_body(body: &'a [u8], is_cut: bool, secrets: &'a SecretHeaders) -> Self {
        let (beginning, is_cut) = match body.get(..PROCESSED) {
            Some(beginning) => (beginning, is_cut || beginning.len() < body.len()),
            None => (body, is_cut),
        };
        let mut beginning = String::from_utf8_lossy(beginning);
        if is_cut {
            // The body may be cut inside a character.
            let complete = beginning
                .trim_end_matches(char::REPLACEMENT_CHARACTER)
                .len();
            match &mut beginning {
                Cow::Borrowed(_) => {}
                Cow::Owned(beginning) => beginning.truncate(complete),
            }
        }
        Self {
            beginning,
            is_cut,
            secrets,
        }
    }

    /// Creates the text of a value that may quote the server. The value is formatted only as far as
    /// necessary.
    pub(crate) fn of_display(text: impl fmt::Display, secrets: &'a SecretHeaders) -> Self {
        let mut beginning = Beginning::default();
        let is_cut = write!(beginning, "{text}").is_err();
        Self {
            beginning: beginning.0.into(),
            is_cut,
            secrets,
        }
    }

    /// Whether the whole text is shown unchanged.
    pub(crate) fn is_shown_unchanged(&self) -> bool {
        !self.is_cut && self.to_string() == self.beginning
    }
}

impl fmt::Display for ServerText<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let redacted = self
            .secrets
            .redaction()
            .redact(&self.beginning, self.is_cut);
        let mut characters = redacted.trim().chars();
        for character in characters.by_ref().take(SHOWN) {
            match character {
                ' ' | '\n' | '\r' | '\t' => formatter.write_char(' ')?,
                _ if text_check::is_invisible(character) => {
                    write!(formatter, "{}", character.escape_unicode())?;
                }
                _ => formatter.write_char(character)?,
            }
        }
        match characters.next() {
            Some(_) => formatter.write_char('…'),
            None => Ok(()),
        }
    }
}

/// Accepts text up to a limit, and then returns an error.
#[derive(Default)]
struct Beginning(String);

impl Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = PROCESSED.saturating_sub(self.0.len()).min(text.len());
        let part = (0..=room).rev().find_map(|end| text.get(..end));
        let part = part.unwrap_or_default();
        self.0.push_str(part);
        if part.len() == text.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use http::HeaderName;

    use super::*;

    fn secrets(value: &str) -> SecretHeaders {
        let mut secrets = SecretHeaders::default();
        secrets
            .set(HeaderName::from_static("x-login"), value)
            .unwrap();
        secrets
    }

    fn shown(text: &str) -> String {
        ServerText::of_display(text, &SecretHeaders::default()).to_string()
    }

    #[test]
    fn an_ordinary_text_is_shown_as_it_is() {
        for text in [
            "5be5e52a-cc60-4307-a9a5-33af4518f1c1",
            "Group not found.",
            "Équipe 開発チーム צוות 🙂",
            r#"{"message":"a \"quoted\" C:\\path"}"#,
        ] {
            assert_eq!(shown(text), text);
            let secrets = SecretHeaders::default();
            assert!(ServerText::of_body(text.as_bytes(), false, &secrets).is_shown_unchanged());
        }
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        for (text, expected) in [
            (" a\tb\r\nc\n", "a b  c"),
            ("a\u{202e}b\u{200b}c", r"a\u{202e}b\u{200b}c"),
            ("\u{1b}[31mred\0", r"\u{1b}[31mred\u{0}"),
            ("a\u{2028}b\u{85}c", r"a\u{2028}b\u{85}c"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn a_text_is_redacted_and_then_shortened_and_then_escaped() {
        let secrets = secrets("sk-0123456789");
        let text = format!("sk-01234\u{200b}56789 {}", "\u{200b}".repeat(1_000));
        let shown = ServerText::of_display(text, &secrets).to_string();
        let expected = format!("[redacted] {}…", r"\u{200b}".repeat(SHOWN - 11));
        assert_eq!(shown, expected);
    }

    /// Leading white space is not shown, so all that could be shown is a part of the secret.
    #[test]
    fn a_secret_at_the_end_of_what_is_processed_is_not_shown_in_part() {
        for secret in ["sk-0123456789".to_owned(), "pa\"ss\\w\u{f6}rd".repeat(30)] {
            let secrets = secrets(&secret);
            let escape = |unit| format!("\\u{unit:04x}");
            let once: String = secret.encode_utf16().map(escape).collect();
            let twice = once.replace('\\', "\\\\");
            for text in [secret, once, twice] {
                let starts = PROCESSED.saturating_sub(text.len() + 20)..=PROCESSED;
                for start in starts.step_by(3) {
                    let body = format!("{}{text}{}", " ".repeat(start), " ".repeat(PROCESSED));
                    let cut = body.as_bytes().get(..PROCESSED).unwrap();
                    for text in [
                        ServerText::of_body(body.as_bytes(), false, &secrets),
                        ServerText::of_body(cut, true, &secrets),
                        ServerText::of_display(&body, &secrets),
                    ] {
                        let shown = text.to_string();
                        let shown = shown.trim_end_matches(|c: char| !c.is_alphanumeric());
                        assert!(["", "[redacted"].contains(&shown), "{shown} at {start}");
                    }
                }
            }
        }
    }

    #[test]
    fn only_the_beginning_of_a_value_is_produced() {
        struct Endless<'a>(&'a Cell<usize>);

        impl fmt::Display for Endless<'_> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    formatter.write_str("ü")?;
                    self.0.set(self.0.get() + 1);
                }
            }
        }
        let produced = Cell::new(0);
        let secrets = SecretHeaders::default();
        let text = ServerText::of_display(Endless(&produced), &secrets);
        assert!(!text.is_shown_unchanged());
        assert_eq!(text.to_string(), format!("{}…", "ü".repeat(SHOWN)));
        assert_eq!(produced.get(), PROCESSED / 2);
    }

    #[test]
    fn a_body_that_is_cut_inside_of_a_character_is_shown_without_it() {
        let secrets = SecretHeaders::default();
        let body = "aü".as_bytes().get(..2).unwrap();
        assert_eq!(ServerText::of_body(body, true, &secrets).to_string(), "a");
    }
}
