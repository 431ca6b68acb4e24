//! Checks for characters in IDs, names and descriptions that callers do not intend.
//!
//! Such characters come from files with different line endings, from spreadsheets, from JSON and
//! from web pages. Servers compare IDs byte by byte, so an ID with such a character is a different
//! ID.

use std::fmt;

use crate::value::invalid_value::InvalidValue;

/// The maximum number of characters of a text that an error shows.
const SHOWN: usize = 40;

/// Checks an ID. `what` names it in the error, for example `user ID 3`.
///
/// # Errors
///
/// Rejects an empty ID. Rejects an ID that contains an [invisible](is_invisible) character, a
/// format character, a quotation mark, a bracket, `,`, `;`, a dash other than `-`, or the
/// replacement character.
pub(crate) fn id(what: impl fmt::Display, id: &str) -> Result<(), InvalidValue> {
    if id.is_empty() {
        return Err(InvalidValue(format!("{what} is empty")));
    }
    if is_plain(id) {
        return Ok(());
    }
    let is_hidden = |character: char| is_invisible(character) || is_visible_format(character);
    if let Some(hidden) = id.chars().find(|character| is_hidden(*character)) {
        return Err(InvalidValue(format!(
            "{what}, `{}`, contains {}; remove it",
            shown(id),
            Invisible(hidden)
        )));
    }
    match id.chars().find(|character| is_never_in_id(*character)) {
        None => Ok(()),
        Some(character) => Err(InvalidValue(format!(
            "{what}, `{}`, contains `{character}` ({}), which is not allowed in an ID; \
             copy each ID alone, without quotation marks",
            shown(id),
            Code(character)
        ))),
    }
}

/// Whether an ID has only the characters of UUIDs. This is fast, because there may be many IDs, and
/// most are UUIDs.
pub(crate) fn is_plain(id: &str) -> bool {
    // The fold has no branch for each byte, which is faster.
    id.bytes().fold(true, |plain, byte| {
        plain & (byte.is_ascii_alphanumeric() | (byte == b'-'))
    })
}

/// IDs are UUIDs. These characters come from quoted texts, lists and word processors.
fn is_never_in_id(character: char) -> bool {
    is_quotation_mark(character)
        || "<>()[]{},;\u{fffd}".contains(character)
        || matches!(character, '\u{2010}'..='\u{2015}')
}

pub(crate) fn is_quotation_mark(character: char) -> bool {
    matches!(character, '"' | '\'' | '`' | '«' | '»' | '‹' | '›')
        || matches!(character, '\u{2018}'..='\u{201f}')
}

/// Checks a name. `what` describes it in the error, for example `the name`.
///
/// # Errors
///
/// Rejects the problems that [`flaw`] finds, except for direction marks and joiners at an end that
/// can affect the letters of the name.
pub(crate) fn name(what: impl fmt::Display, name: &str) -> Result<(), InvalidValue> {
    reject_flaw(what, name, flaw(without_shaping(name)))
}

/// Checks the ID of a model, which servers compare byte by byte.
///
/// # Errors
///
/// Rejects the problems that [`flaw`] finds.
pub(crate) fn model(what: impl fmt::Display, model: &str) -> Result<(), InvalidValue> {
    reject_flaw(what, model, flaw(model))
}

fn reject_flaw(
    what: impl fmt::Display,
    text: &str,
    flaw: Option<String>,
) -> Result<(), InvalidValue> {
    match flaw {
        None => Ok(()),
        Some(flaw) => Err(InvalidValue(format!(
            "{what}, `{}`, {flaw}; remove it",
            shown(text)
        ))),
    }
}

/// Checks a description.
///
/// # Errors
///
/// Rejects a control character other than a line ending or a tab.
pub(crate) fn description(description: &str) -> Result<(), InvalidValue> {
    let is_odd = |character: &char| {
        character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{85}')
    };
    match description.chars().find(is_odd) {
        None => Ok(()),
        Some(control) => Err(InvalidValue(format!(
            "the description contains a control character ({}); remove it",
            Code(control)
        ))),
    }
}

/// Removes direction marks and a joiner at the ends of a name, if its letters need them.
///
/// Editors add direction marks to names with right-to-left letters, to display brackets and digits
/// in order. A joiner shapes the letter before it.
fn without_shaping(name: &str) -> &str {
    let mut text = name;
    if name.chars().any(is_right_to_left) {
        let is_mark = |character| matches!(character, '\u{200e}' | '\u{200f}' | '\u{61c}');
        let isolates = has_balanced_isolates(name);
        text = text
            .trim_start_matches(|character| {
                is_mark(character) || isolates && opens_isolate(character)
            })
            .trim_end_matches(|character| {
                is_mark(character) || isolates && character == CLOSES_ISOLATE
            });
    }
    let before = text.strip_suffix(['\u{200c}', '\u{200d}']);
    match before.and_then(|before| before.chars().next_back()) {
        Some(shaped) if is_shaped_by_joiner(shaped) => before.unwrap_or(text),
        _ => text,
    }
}

fn opens_isolate(character: char) -> bool {
    matches!(character, '\u{2066}'..='\u{2068}')
}

const CLOSES_ISOLATE: char = '\u{2069}';

fn has_balanced_isolates(text: &str) -> bool {
    let mut open = 0_usize;
    for character in text.chars() {
        if opens_isolate(character) {
            open += 1;
        } else if character == CLOSES_ISOLATE {
            match open.checked_sub(1) {
                Some(rest) => open = rest,
                None => return false,
            }
        }
    }
    open == 0
}

fn is_right_to_left(character: char) -> bool {
    let is_in_block = matches!(
        character,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefe}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    );
    is_in_block && character.is_alphabetic()
}

/// A letter outside ASCII, or a sign that joins two letters of an Indic script.
fn is_shaped_by_joiner(character: char) -> bool {
    let is_virama = matches!(
        character,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
    );
    is_virama || !character.is_ascii() && character.is_alphabetic()
}

/// Describes the problem of a text on one line: a control character anywhere, or an invisible
/// character at either end.
///
/// White space inside the text is valid, and so are characters that compose scripts and emoji.
pub(crate) fn flaw(text: &str) -> Option<String> {
    let is_control =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    if let Some(control) = text.chars().find(|character| is_control(*character)) {
        return Some(format!("contains a control character ({})", Code(control)));
    }
    let first = text.chars().next();
    let last = text.trim_end_matches(modifies_another).chars().next_back();
    let is_flaw = |character: &char| is_invisible(*character);
    if let Some(first) = first.filter(is_flaw) {
        return Some(format!("begins with {}", Invisible(first)));
    }
    let last = last.filter(is_flaw)?;
    Some(format!("ends with {}", Invisible(last)))
}

/// The beginning of a text, with invisible characters escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let mut shown = String::new();
    for character in characters.by_ref().take(SHOWN) {
        match character {
            ' ' | '"' | '\'' => shown.push(character),
            '\0' | '\t' | '\n' | '\r' => shown.extend(character.escape_debug()),
            _ if is_invisible(character) || is_visible_format(character) => {
                shown.extend(character.escape_unicode())
            }
            _ => shown.extend(character.escape_debug()),
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a reader cannot see the character: white space, a control character, a format character
/// (zero-width, bidirectional, a byte order mark), or one that fonts omit.
///
/// Source: `Default_Ignorable_Code_Point` and the general category `Cf` of Unicode 17, except for
/// [visible ones](is_visible_format).
pub(crate) fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_graphic();
    }
    // A byte order mark in the wrong byte order is a noncharacter.
    let is_no_character = u32::from(character) & 0xfffe == 0xfffe;
    is_no_character
        || character.is_whitespace()
        || character.is_control()
        || modifies_another(character)
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                // The Braille pattern without dots.
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether the character is a format character that fonts show, for example a number sign or the
/// end of a verse.
fn is_visible_format(character: char) -> bool {
    matches!(
        character,
        '\u{600}'..='\u{605}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{110bd}'
            | '\u{110cd}'
    )
}

/// Whether the character only changes the appearance of the one before it: variation selectors, and
/// the tags of flags. Many emoji end with one.
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

/// An invisible character, described for an error.
struct Invisible(char);

impl fmt::Display for Invisible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(character) = self;
        let code = Code(*character);
        write!(formatter, "white space or an invisible character ({code})")
    }
}

/// The code point of a character, in the notation `U+200B`.
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
    fn an_error_names_what_no_id_has() {
        let InvalidValue(why) = id("user ID 2", "A,B").unwrap_err();
        assert_eq!(
            why,
            "user ID 2, `A,B`, contains `,` (U+002C), which is not allowed in an ID; copy each ID alone, \
             without quotation marks"
        );
    }

    #[test]
    fn format_characters_that_can_be_seen_are_not_for_ids() {
        let signs = "\u{600}\u{605}\u{6dd}\u{70f}\u{890}\u{891}\u{8e2}\u{110bd}\u{110cd}";
        for sign in signs.chars() {
            assert_eq!(flaw(&sign.to_string()), None, "{}", Code(sign));
            assert!(id("the ID", &format!("a{sign}")).is_err(), "{}", Code(sign));
        }
    }

    #[test]
    fn model_ids_have_no_direction_marks_at_their_ends() {
        assert_eq!(name("the name", "צוות\u{200f}"), Ok(()));
        assert!(model("default model 1", "צוות\u{200f}").is_err());
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
