//! Decodes the escapes of JSON, programming languages, URLs and HTML, and retains the range of each
//! character in the source.

/// The maximum number of units of an incomplete escape: `&#x0000000000000068`.
const INCOMPLETE_AT_MOST: usize = 20;

/// Names of HTML for characters that can be part of another escape or of a secret. All other names
/// stand for characters beyond ASCII.
const NAMED: [(&str, char); 20] = [
    ("amp", '&'),
    ("apos", '\''),
    ("ast", '*'),
    ("bsol", '\\'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dollar", '$'),
    ("equals", '='),
    ("excl", '!'),
    ("gt", '>'),
    ("lowbar", '_'),
    ("lt", '<'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quot", '"'),
    ("semi", ';'),
    ("sol", '/'),
];

/// The longest name of HTML that is decoded, in characters.
const NAME_AT_MOST: usize = 8;

/// The maximum number of digits of an escape, including leading zeros.
const DIGITS_AT_MOST: usize = 16;

/// A character, and its range of bytes in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) character: char,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The characters of a text as they are.
pub(crate) fn units(text: &str) -> Vec<Unit> {
    let unit = |(start, character): (usize, char)| Unit {
        character,
        start,
        end: start + character.len_utf8(),
    };
    text.char_indices().map(unit).collect()
}

/// A kind of escapes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Escapes {
    /// Escapes of JSON, Rust, Python and C: `\u0041`, `\x41`, `\101`.
    Backslash,
    /// Escapes of URLs: `%41`, `%u0041`.
    Percent,
    /// Escapes of HTML: `&#65;`.
    Html,
    /// Escapes of emails: `=41`. Because a `=` is often not an escape, they are only decoded in the
    /// text itself and in its JSON.
    QuotedPrintable,
}

impl Escapes {
    /// The kinds that may be nested.
    pub(crate) const NESTED: [Self; 3] = [Self::Backslash, Self::Percent, Self::Html];

    /// Decodes one level of these escapes. Returns `None` if there are none.
    pub(crate) fn decode(self, units: &[Unit]) -> Option<Vec<Unit>> {
        let mut decoded = Vec::with_capacity(units.len());
        let mut has_escapes = false;
        let mut rest = units;
        while let Some((first, behind)) = rest.split_first() {
            let escape = self.escape(first.character, behind);
            has_escapes |= escape.is_some();
            let (character, length) = escape.unwrap_or((first.character, 0));
            let (escaped, after) = behind.split_at_checked(length).unwrap_or((behind, &[]));
            decoded.push(Unit {
                character,
                start: first.start,
                end: escaped.last().unwrap_or(first).end,
            });
            rest = after;
        }
        has_escapes.then_some(decoded)
    }

    /// The character of an escape, and the number of units after its first one.
    fn escape(self, first: char, behind: &[Unit]) -> Option<(char, usize)> {
        match (self, first) {
            (Self::Backslash, '\\') => backslash(behind),
            (Self::Percent, '%') if starts_with(behind, &['u']) => {
                let escape = utf16_escape(&['%', 'u'], behind.get(1..)?);
                escape.map(|(character, length)| (character, length + 1))
            }
            (Self::Percent, '%') => byte_escape(&['%'], HEX, behind),
            (Self::QuotedPrintable, '=') => byte_escape(&['='], HEX, behind),
            (Self::Html, '&') => html(behind),
            _ => None,
        }
    }
}

/// The number of units before incomplete escapes at the end.
pub(crate) fn complete(units: &[Unit]) -> usize {
    let mut end = units.len();
    loop {
        let earliest = end.saturating_sub(INCOMPLETE_AT_MOST);
        let is_incomplete = |start: &usize| {
            let rest = units.get(*start..end).and_then(<[Unit]>::split_first);
            rest.is_some_and(|(first, behind)| begins_escape(first.character, behind))
        };
        match (earliest..end).find(is_incomplete) {
            Some(start) => end = start,
            None => return end,
        }
    }
}

/// The radix and the number of the digits of a byte.
type Digits = (u32, usize);

const HEX: Digits = (16, 2);
const OCTAL: Digits = (8, 3);

/// An escape of JSON, Rust, Python or C.
fn backslash(behind: &[Unit]) -> Option<(char, usize)> {
    let (first, digits) = behind.split_first()?;
    match first.character {
        character @ ('"' | '\'' | '\\' | '/') => Some((character, 1)),
        '0'..='3' if number(behind.get(..3).unwrap_or_default(), 8).is_some() => {
            byte_escape(&['\\'], OCTAL, behind)
        }
        'b' | 'f' | 'n' | 'r' | 't' | '0' => Some((' ', 1)),
        'x' => byte_escape(&['\\', 'x'], HEX, digits)
            .map(|(character, length)| (character, length + 1)),
        'u' if starts_with(digits, &['{']) => {
            let digits = digits.get(1..)?;
            let length = leading(digits, char::is_ascii_hexdigit);
            let is_closed = digits.get(length)?.character == '}' && length <= 6;
            let code = is_closed.then(|| number(digits.get(..length)?, 16))??;
            Some((character(code), length + 3))
        }
        'u' => {
            utf16_escape(&['\\', 'u'], digits).map(|(character, length)| (character, length + 1))
        }
        'U' => Some((character(number(digits.get(..8)?, 16)?), 9)),
        _ => None,
    }
}

/// Four digits after a prefix, followed by the other half of a surrogate pair if necessary.
fn utf16_escape(prefix: &[char], digits: &[Unit]) -> Option<(char, usize)> {
    let code = number(digits.get(..4)?, 16)?;
    let low = digits.get(4..).filter(|rest| starts_with(rest, prefix));
    let low = low.and_then(|rest| number(rest.get(2..6)?, 16));
    match low {
        Some(low @ 0xdc00..=0xdfff) if (0xd800..0xdc00).contains(&code) => {
            let code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
            Some((character(code), 10))
        }
        _ => Some((character(code), 4)),
    }
}

/// A byte as digits after a prefix, followed by the other bytes of the same character. A byte that is
/// not UTF-8 is decoded as Latin-1.
fn byte_escape(prefix: &[char], (radix, count): Digits, behind: &[Unit]) -> Option<(char, usize)> {
    let byte = |digits: Option<&[Unit]>| u8::try_from(number(digits?, radix)?).ok();
    let first = byte(behind.get(..count))?;
    let mut bytes = vec![first];
    let mut rest = behind.get(count..).unwrap_or_default();
    while bytes.len() < utf8_length(first) && starts_with(rest, prefix) {
        let digits = rest.get(prefix.len()..prefix.len() + count);
        let Some(next) = byte(digits) else { break };
        bytes.push(next);
        rest = rest.get(prefix.len() + count..).unwrap_or_default();
    }
    let decoded = str::from_utf8(&bytes).ok();
    match decoded.and_then(|text| text.chars().next()) {
        Some(character) => Some((character, behind.len() - rest.len())),
        None => Some((char::from(first), count)),
    }
}

fn utf8_length(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    }
}

/// A character reference of HTML. Browsers accept a number without the `;`.
fn html(behind: &[Unit]) -> Option<(char, usize)> {
    let (prefix, radix) = match (character_at(behind, 0)?, character_at(behind, 1)) {
        ('#', Some('x' | 'X')) => (2, 16),
        ('#', _) => (1, 10),
        _ => return named(behind),
    };
    let digits = behind.get(prefix..)?;
    let length = leading(digits, |character| character.is_digit(radix));
    let code = number(digits.get(..length)?, radix)?;
    let has_end = character_at(digits, length) == Some(';');
    Some((character(code), prefix + length + usize::from(has_end)))
}

fn named(behind: &[Unit]) -> Option<(char, usize)> {
    let length = leading(behind, char::is_ascii_alphanumeric);
    let is_name = (2..=NAME_AT_MOST).contains(&length);
    if !is_name || character_at(behind, length) != Some(';') {
        return None;
    }
    let name: String = behind
        .iter()
        .take(length)
        .map(|unit| unit.character)
        .collect();
    let found = NAMED
        .iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known));
    let character = found.map_or(char::REPLACEMENT_CHARACTER, |(_, character)| *character);
    Some((character, length + 1))
}

/// Whether these units, which are the last ones, can be the beginning of an escape.
fn begins_escape(first: char, behind: &[Unit]) -> bool {
    let are_digits = |units: Option<&[Unit]>| {
        let is_digit = |unit: &Unit| unit.character.is_ascii_hexdigit();
        units.is_some_and(|units| units.iter().all(is_digit))
    };
    match first {
        '%' if starts_with(behind, &['u']) => behind.len() < 5 && are_digits(behind.get(1..)),
        '%' => begins_byte_escape(&['%'], HEX, behind),
        '=' => begins_byte_escape(&['='], HEX, behind),
        '&' => {
            let (at_most, prefix) = match starts_with(behind, &['#']) {
                true => (DIGITS_AT_MOST + 1, 1),
                false => (NAME_AT_MOST, 0),
            };
            let name = behind.get(prefix..).unwrap_or_default();
            name.len() <= at_most && leading(name, char::is_ascii_alphanumeric) == name.len()
        }
        '\\' => match character_at(behind, 0) {
            None => true,
            Some('x') => begins_byte_escape(&['\\', 'x'], HEX, behind.get(1..).unwrap_or_default()),
            Some('0'..='3') => begins_byte_escape(&['\\'], OCTAL, behind),
            Some('U') => behind.len() < 9 && are_digits(behind.get(1..)),
            Some('u') if character_at(behind, 1) == Some('{') => are_digits(behind.get(2..)),
            Some('u') => behind.len() < 5 && are_digits(behind.get(1..)),
            _ => false,
        },
        _ => false,
    }
}

/// Whether these units can be the beginning of the bytes of a character.
fn begins_byte_escape(prefix: &[char], (radix, count): Digits, behind: &[Unit]) -> bool {
    let first = behind.get(..count).and_then(|digits| number(digits, radix));
    let first = first.and_then(|first| u8::try_from(first).ok());
    let length = utf8_length(first.unwrap_or_default()) * (prefix.len() + count) - prefix.len();
    let is_in_place = |(index, unit): (usize, &Unit)| {
        let place = index % (prefix.len() + count);
        match place.checked_sub(count) {
            Some(place) => prefix.get(place) == Some(&unit.character),
            None => unit.character.is_digit(radix),
        }
    };
    behind.len() < length && behind.iter().enumerate().all(is_in_place)
}

fn character_at(units: &[Unit], index: usize) -> Option<char> {
    units.get(index).map(|unit| unit.character)
}

fn starts_with(units: &[Unit], prefix: &[char]) -> bool {
    let characters = units.iter().map(|unit| &unit.character);
    characters.take(prefix.len()).eq(prefix)
}

/// The number of leading units with such a character, up to one more than any escape has.
fn leading(units: &[Unit], is_part: impl Fn(&char) -> bool) -> usize {
    let bounded = units.iter().take(DIGITS_AT_MOST + 2);
    bounded.take_while(|unit| is_part(&unit.character)).count()
}

/// The number that the units represent. They must all be digits.
fn number(digits: &[Unit], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |number, unit| {
        let digit = unit.character.to_digit(radix)?;
        number.checked_mul(radix)?.checked_add(digit)
    })
}

fn character(code: u32) -> char {
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<String> {
        let quoted = [Escapes::QuotedPrintable];
        let mut all = Escapes::NESTED.into_iter().chain(quoted);
        let decoded = all.find_map(|escapes| escapes.decode(&units(text)))?;
        Some(decoded.iter().map(|unit| unit.character).collect())
    }

    #[test]
    fn each_kind_of_escape_is_decoded() {
        for (text, expected) in [
            (r#"a\"b\\c\/d"#, r#"a"b\c/d"#),
            (r"a\nb\u0000c", "a b\0c"),
            (r"\u00e4\ud83d\ude00", "ä😀"),
            (r"\u{e4}\u{1F600}\U0001F600", "ä😀😀"),
            (r"\xc3\xa4\xe4x", "ääx"),
            ("%C3%A4%E4x%41", "ääxA"),
            ("&amp;&#43;&#x2B;&PLUS;", "&+++"),
            ("&eacute;", "\u{fffd}"),
            ("&#104&#117&#x68 &#x00000000068;", "huh h"),
            (r"\150\303\244\0", "hä "),
            ("%u0068%ud83d%ude00", "h😀"),
            ("=68=C3=A4 =", "hä ="),
            ("%255C", "%5C"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_text_without_escapes_is_not_decoded() {
        for text in [
            "", "abc", "50 % of", "AT&T", r"C:\Data", r"\u12", "%4", "&#;", "a & b;", "a=b",
            r"\18", "%u12",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }

    #[test]
    fn each_character_has_its_place_in_the_source() {
        let text = r"ä\u0041\xc3\xb6x";
        let place = |unit: &Unit| &text[unit.start..unit.end];
        let decoded = Escapes::Backslash.decode(&units(text)).unwrap();
        let places: Vec<_> = decoded.iter().map(place).collect();
        assert_eq!(places, ["ä", r"\u0041", r"\xc3\xb6", "x"]);
    }

    #[test]
    fn an_escape_that_is_not_complete_is_found() {
        for end in [
            r"\",
            r"\u00%",
            r"\u",
            r"\u00",
            r"\u{1f",
            r"\x4",
            r"\U0001F60",
            "%",
            "%4",
            "%c3",
            r"\xe2\x82\x",
            "&",
            "&am",
            "&#",
            "&#x2",
            "&#x0000000000002",
            "=",
            "=4",
            "=c3=",
            "%u00",
            r"\1",
            r"\303\2",
        ] {
            let text = format!("abc {end}");
            assert_eq!(complete(&units(&text)), 4, "{end}");
        }
        for text in ["abc", r"a\u0041", "%41", "&amp;", r"\n"] {
            let units = units(text);
            assert_eq!(complete(&units), units.len(), "{text}");
        }
    }
}
