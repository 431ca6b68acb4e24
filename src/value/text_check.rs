//! White space and invisible characters in IDs and names, which callers do not mean.
//!
//! They come from files with other line ends, from spreadsheets and from web pages. Servers compare
//! IDs byte by byte, so such an ID is another one.

use std::fmt;

use crate::value::invalid_value::InvalidValue;

/// The number of characters of a text that an error shows.
const SHOWN: usize = 40;

/// Checks an ID, which an error names by `what`: `user ID 3`.
///
/// # Errors
///
/// Rejects an empty ID and an [invisible](is_invisible) character anywhere.
pub(crate) fn id(what: impl fmt::Display, id: &str) -> Result<(), InvalidValue> {
    if id.is_empty() {
        return Err(InvalidValue(format!("{what} is empty")));
    }
    match id.chars().find(|character| is_invisible(*character)) {
        None => Ok(()),
        Some(character) => Err(InvalidValue(format!(
            "{what}, `{}`, contains {}; remove it",
            shown(id),
            Invisible(character)
        ))),
    }
}

/// Checks a name, which an error names by `what`: `the name`.
///
/// # Errors
///
/// Rejects what [`flaw`] finds.
pub(crate) fn name(what: impl fmt::Display, name: &str) -> Result<(), InvalidValue> {
    match flaw(name) {
        None => Ok(()),
        Some(flaw) => Err(InvalidValue(format!(
            "{what}, `{}`, {flaw}; remove it",
            shown(name)
        ))),
    }
}

/// What is wrong with a name: a control character anywhere, or an invisible character at an end.
///
/// White space inside of a name is not a flaw, and neither are the characters by which scripts and
/// emoji are composed.
pub(crate) fn flaw(name: &str) -> Option<String> {
    let is_control =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    if let Some(control) = name.chars().find(|character| is_control(*character)) {
        return Some(format!("contains a control character ({})", Code(control)));
    }
    let first = name.chars().next();
    let last = name.trim_end_matches(modifies_another).chars().next_back();
    let is_flaw = |character: &char| is_invisible(*character);
    if let Some(first) = first.filter(is_flaw) {
        return Some(format!("begins with {}", Invisible(first)));
    }
    let last = last.filter(is_flaw)?;
    Some(format!("ends with {}", Invisible(last)))
}

/// The beginning of a text, with escapes in place of what cannot be seen.
pub(crate) fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let mut shown = String::new();
    for character in characters.by_ref().take(SHOWN) {
        match character {
            ' ' | '"' | '\'' => shown.push(character),
            '\0' | '\t' | '\n' | '\r' => shown.extend(character.escape_debug()),
            _ if is_invisible(character) => shown.extend(character.escape_unicode()),
            _ => shown.extend(character.escape_debug()),
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a reader cannot see the character: white space, a control character, a format character
/// (zero-width, bidirectional, a byte order mark), or one that fonts leave out.
///
/// Source: `Default_Ignorable_Code_Point` and the general category `Cf` of Unicode 17.
pub(crate) fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_graphic();
    }
    // A byte order mark that is read in the wrong order is one of those that are no characters.
    let is_no_character = u32::from(character) & 0xfffe == 0xfffe;
    is_no_character
        || character.is_whitespace()
        || character.is_control()
        || modifies_another(character)
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'..='\u{891}'
                | '\u{8e2}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                // Braille without a dot.
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{110bd}'
                | '\u{110cd}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether the character only changes how the one before it looks: variation selectors, and the
/// tags of flags. Many emoji end with one.
fn modifies_another(character: char) -> bool {
    matches!(
        character,
        '\u{180b}'..='\u{180d}'
            | '\u{180f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0020}'..='\u{e007f}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// A character that cannot be shown.
struct Invisible(char);

impl fmt::Display for Invisible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(character) = self;
        let code = Code(*character);
        write!(formatter, "white space or an invisible character ({code})")
    }
}

/// A character by its number, as Unicode writes it: `U+200B`.
pub(crate) struct Code(pub(crate) char);

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "U+{:04X}", u32::from(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_text_and_the_character() {
        let why = |outcome: Result<(), InvalidValue>| outcome.unwrap_err().0;
        assert_eq!(
            why(id("user ID 2", "B\r")),
            "user ID 2, `B\\r`, contains white space or an invisible character (U+000D); remove it"
        );
        assert_eq!(why(id("the parent", "")), "the parent is empty");
        assert_eq!(
            why(name("the name", "\u{feff}team")),
            "the name, `\\u{feff}team`, begins with white space or an invisible character \
             (U+FEFF); remove it"
        );
        assert_eq!(
            why(name("the name", "a\0b")),
            "the name, `a\\0b`, contains a control character (U+0000); remove it"
        );
    }

    #[test]
    fn modifiers_belong_to_a_character_that_can_be_seen() {
        assert_eq!(flaw("\u{2764}\u{fe0f}"), None);
        for name in ["\u{fe0f}", "a \u{fe0f}", "\u{fe0f}a"] {
            assert!(flaw(name).is_some(), "{name:?}");
        }
    }

    #[test]
    fn what_can_be_seen_is_not_invisible() {
        let visible = "aZ09-_.~!\"'`\\/äßÅçñžłøêαωЖяאبकก漢字かなカナ한글\u{301}👩🏽€…“„«–—·・。、";
        for character in visible.chars() {
            assert!(!is_invisible(character), "{}", Code(character));
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_is_short_and_can_be_seen(text in ".*") {
            let shown = shown(&text);
            proptest::prop_assert!(shown.chars().count() <= SHOWN * 10 + 1);
            let hidden = |character: char| character != ' ' && is_invisible(character);
            proptest::prop_assert!(!shown.contains(hidden), "{:?}", shown);
        }
    }
}
