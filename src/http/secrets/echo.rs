//! Generates texts in which a server repeats a secret, for tests.

use std::ops::Range;

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::{collection::vec, option, prelude::*};
use serde_json::json;

/// The number of consecutive significant characters of a secret that must not be shown.
const PART: usize = 12;

/// The words around an echo.
pub(crate) const BEFORE: &str = "слово ";
pub(crate) const BEHIND: &str = " конец";

/// A header, and the part of it that a server repeats.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    repeated: String,
}

/// A secret as a server repeats it.
#[derive(Clone, Debug)]
pub(crate) struct Echo {
    pub(crate) secret: Secret,
    /// Whether the echo begins as the secret does, with a letter or a digit.
    pub(crate) begins_with_secret: bool,
    /// Each character in escaped form, and whether it is significant.
    pieces: Vec<(String, bool)>,
}

impl Echo {
    /// The echo between two words.
    pub(crate) fn text(&self) -> String {
        self.halves().concat()
    }

    /// The text in two parts, split between two characters of the echo.
    pub(crate) fn halves(&self) -> [String; 2] {
        let (first, second) = self.pieces.split_at(self.pieces.len() / 2);
        [
            format!("{BEFORE}{}", concat(first)),
            format!("{}{BEHIND}", concat(second)),
        ]
    }

    /// Whether a text consists only of separators and punctuation, escaped as in the echo. It may
    /// begin or end inside one of them.
    pub(crate) fn is_insignificant(&self, mut text: &str) -> bool {
        let insignificant = self
            .pieces
            .iter()
            .filter(|(_, is_significant)| !is_significant);
        for (piece, _) in insignificant {
            let piece = piece.trim_start();
            text = text.trim_start();
            if piece.contains(text) {
                return true;
            }
            let mut ends = piece
                .char_indices()
                .filter_map(|(index, _)| piece.get(index..));
            if let Some(rest) = ends.find_map(|end| text.strip_prefix(end)) {
                text = rest;
            }
        }
        text.trim_start().is_empty()
    }

    /// The parts of the secret that must not be shown, escaped as in the echo.
    pub(crate) fn parts(&self) -> impl Iterator<Item = String> {
        let is_significant = |index: &usize| self.pieces[*index].1;
        let significant: Vec<_> = (0..self.pieces.len()).filter(is_significant).collect();
        let part = |indexes: &[usize]| concat(&self.pieces[indexes[0]..=indexes[PART - 1]]);
        let parts: Vec<_> = significant.windows(PART).map(part).collect();
        parts.into_iter()
    }
}

fn concat(pieces: &[(String, bool)]) -> String {
    pieces.iter().map(|(piece, _)| piece.as_str()).collect()
}

/// Generates echoes of a secret or a part of it, with separators inside, in up to three levels of
/// escapes.
pub(crate) fn echo() -> impl Strategy<Value = Echo> {
    let part = option::weighted(0.3, (any::<prop::sample::Index>(), 0..20_usize));
    let separators = vec((any::<prop::sample::Index>(), 0..SEPARATORS.len()), 0..4);
    let levels = vec((0..3_usize, any::<u64>()), 0..=3);
    (secret(), part, separators, levels).prop_map(|(secret, part, separators, levels)| {
        let repeated: Vec<char> = secret.repeated.chars().collect();
        let range = match part {
            Some((start, more)) => part_of(&repeated, start.index(repeated.len()), more),
            None => 0..repeated.len(),
        };
        let begins_with_secret = range.start == 0 && repeated[0].is_alphanumeric();
        let mut pieces: Vec<_> = repeated[range]
            .iter()
            .map(|character| (character.to_string(), character.is_alphanumeric()))
            .collect();
        // A separator inside the secret's own escapes would change the secret.
        if !repeated.iter().any(|character| "\\%&".contains(*character)) {
            for (place, separator) in separators {
                let place = place.index(pieces.len() - 1) + 1;
                pieces.insert(place, (SEPARATORS[separator].to_owned(), false));
            }
        }
        let is_quoted = levels.len() == 1;
        for (kind, seed) in levels {
            escape_all(&mut pieces, [backslash, percent, html][kind], seed);
            if is_quoted && kind != 0 && seed % 2 == 0 {
                escape_all(&mut pieces, quoted_printable, seed);
            }
        }
        Echo {
            secret,
            begins_with_secret,
            pieces,
        }
    })
}

const SEPARATORS: [&str; 7] = ["\0", " ", "\r\n", ".", "\",\"", "\u{200b}", "-"];

fn secret() -> impl Strategy<Value = Secret> {
    let token = ("[A-Za-z0-9][A-Za-z0-9._~+/-]{19,40}={0,2}", any::<bool>());
    let token = token.prop_map(|(token, is_whole)| {
        let value = format!("Bearer {token}");
        let repeated = if is_whole { value.clone() } else { token };
        ("authorization", value, repeated)
    });
    let login = (
        "[a-z]{2,8}",
        "[!-~]{4}[A-Za-z0-9]{10}[!-~]{0,9}",
        0..4_usize,
        0..4_usize,
    );
    let login = login.prop_map(|(user, password, which, kind)| {
        let login = format!("{user}:{password}");
        let encoded = STANDARD.encode(&login);
        let value = match kind {
            0 => format!("Basic {encoded}"),
            1 => format!("ApiKey {encoded}"),
            2 => format!("Basic YTpi, Basic {encoded}"),
            _ => encoded.clone(),
        };
        let repeated = [value.clone(), encoded, login, password][which].clone();
        ("x-proxy-login", value, repeated)
    });
    let password = (
        "[a-z]{2,8}",
        "[A-Za-z0-9._-]{4}[a-z]{9}[0-9][A-Za-z0-9._-]{0,9}",
        0..4_usize,
    );
    let password = password.prop_map(|(user, password, kind)| {
        let value = match kind {
            0 => format!("{user}:{password}"),
            1 => format!("https://{user}:{password}@proxy.example.com/"),
            2 => json!({"user": user, "password": password}).to_string(),
            _ => format!("{user}|{password}"),
        };
        ("x-proxy-login", value, password)
    });
    let value = "[A-Za-z0-9._-]{2}[A-Za-z0-9]{12,20}[A-Za-z0-9._-]{0,9}";
    let cookies = ("[a-z]{2,6}", value, value, 0..3_usize);
    let cookies = cookies.prop_map(|(name, one, two, which)| {
        let pair = format!("{name}={two}");
        let cookies = format!("first={one}; {pair}");
        let repeated = [cookies.clone(), pair, two][which].clone();
        ("cookie", cookies, repeated)
    });
    let list = (value, value, any::<bool>()).prop_map(|(one, two, is_first)| {
        let list = format!("{one}, k={two};v=1");
        ("x-keys", list, if is_first { one } else { two })
    });
    // With a digit, because a secret of letters alone is only redacted as a whole word.
    let beyond_ascii = (
        "[a-zäöüéßñ0-9-]{1,9}[a-z0-9]{13}[0-9][äöü]{0,3}",
        0..5_usize,
    );
    let beyond_ascii = beyond_ascii.prop_map(|(value, which)| {
        let lossy = |mark: &str| {
            let shown = |character: char| match character.is_ascii() {
                true => character.to_string(),
                false => mark.to_owned(),
            };
            value.chars().map(shown).collect()
        };
        let latin = value.bytes().map(char::from).collect();
        let readings = [
            value.clone(),
            latin,
            lossy("?"),
            lossy("\u{fffd}"),
            lossy(""),
        ];
        let [utf8, ..] = &readings;
        ("x-login", utf8.clone(), readings[which].clone())
    });
    prop_oneof![token, login, password, cookies, list, beyond_ascii].prop_map(
        |(name, value, repeated)| Secret {
            name,
            value,
            repeated,
        },
    )
}

/// A range of characters from this one on, at least as long as a part that must not be shown.
fn part_of(repeated: &[char], start: usize, more: usize) -> Range<usize> {
    let mut significant = 0;
    let end = (start..repeated.len()).find(|index| {
        significant += usize::from(repeated[*index].is_alphanumeric());
        significant == PART
    });
    match end {
        Some(end) => start..(end + 1 + more).min(repeated.len()),
        None => 0..repeated.len(),
    }
}

/// Escapes some characters, and those that must be escaped.
fn escape_all(pieces: &mut [(String, bool)], escape: fn(char, u64) -> String, seed: u64) {
    let mut state = seed;
    for (piece, _) in pieces {
        let escaped = piece.chars().map(|character| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            escape(character, state >> 60)
        });
        *piece = escaped.collect();
    }
}

fn backslash(character: char, choice: u64) -> String {
    match (character, choice % 4) {
        (_, 2) => {
            let bytes = character.to_string().into_bytes();
            bytes.iter().map(|byte| format!("\\{byte:03o}")).collect()
        }
        ('"' | '\\' | '/', 0) => format!("\\{character}"),
        ('"' | '\\' | '\0'..='\x1f', _) | (_, 1) => {
            let units = character.encode_utf16(&mut [0; 2]).to_vec();
            let escape = |unit: &u16| match choice % 2 {
                0 => format!("\\u{unit:04x}"),
                _ => format!("\\u{unit:04X}"),
            };
            units.iter().map(escape).collect()
        }
        _ => character.to_string(),
    }
}

fn percent(character: char, choice: u64) -> String {
    match (character, choice % 3) {
        (' ', 0) => "+".to_owned(),
        ('!'..='~', 2) => format!("%u{:04x}", u32::from(character)),
        ('%' | '+', _) | (_, 1) => {
            let bytes = character.to_string().into_bytes();
            let escape = |byte: &u8| match choice % 2 {
                0 => format!("%{byte:02x}"),
                _ => format!("%{byte:02X}"),
            };
            bytes.iter().map(escape).collect()
        }
        _ => character.to_string(),
    }
}

fn html(character: char, choice: u64) -> String {
    match (character, choice % 3) {
        ('&', 0) => "&amp;".to_owned(),
        ('"', 0) => "&quot;".to_owned(),
        ('+', 0) => "&plus;".to_owned(),
        ('&' | '<' | '>' | '"', _) | (_, 1) => match choice % 2 {
            0 => format!("&#{:05};", u32::from(character)),
            _ => format!("&#x{:x};", u32::from(character)),
        },
        _ => character.to_string(),
    }
}

fn quoted_printable(character: char, choice: u64) -> String {
    match (character, choice % 3) {
        ('=', _) | (_, 1) => {
            let bytes = character.to_string().into_bytes();
            bytes.iter().map(|byte| format!("={byte:02X}")).collect()
        }
        _ => character.to_string(),
    }
}
