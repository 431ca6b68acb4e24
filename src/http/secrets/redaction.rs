//! Finds and replaces secrets in texts, in any form that a server repeats them.
//!
//! Texts and secrets are compared by their significant characters: letters and digits, in lower
//! case, with and without escapes. Separators, line breaks and escapes inside a secret therefore do
//! not hide it. Each significant character has a range in the source, which is replaced.

use std::ops::Range;

use http::{HeaderName, HeaderValue};

use crate::http::{
    secrets::forms::SecretForms,
    secrets::patterns::{Alphabet, Ends, Patterns},
    secrets::unescape::{Escapes, Unit, complete, units},
};

/// The maximum number of views of a text that are searched. Three levels of escapes of three kinds
/// are 40 views. The body that contains an echo and an error that quotes the body may each add a
/// level. The escapes of emails double the number.
const VIEWS: usize = 80;

/// The maximum number of bytes of several texts that are searched together, to limit the time.
const TOGETHER: usize = 16 << 10;

/// Words that are not redacted even if a header has one as its value, because they are part of the
/// URLs in messages: the schemes, and the segments of the API's paths.
const PUBLIC: [&str; 17] = [
    "add", "api", "create", "delete", "export", "group", "groups", "http", "https", "id", "info",
    "members", "remove", "update", "users", "v1", "version",
];

const REDACTED: &str = "[redacted]";

/// The secrets of a client, prepared for the search in texts.
#[derive(Clone)]
pub(crate) struct Redaction {
    patterns: [Patterns; 3],
    /// The punctuation that secrets begin with, backwards, and that they end with.
    before: Ends,
    behind: Ends,
}

impl Redaction {
    /// Prepares the value of each header.
    pub(crate) fn new<'a>(
        headers: impl IntoIterator<Item = (&'a HeaderName, &'a HeaderValue)>,
    ) -> Self {
        let alphabets = [Alphabet::Lossy, Alphabet::Text, Alphabet::All];
        let mut redaction = Self {
            patterns: alphabets.map(Patterns::new),
            before: Ends::default(),
            behind: Ends::default(),
        };
        for (name, value) in headers {
            let forms = SecretForms::of(name, value);
            for whole in &forms.wholes {
                redaction.add(whole, true);
            }
            for part in &forms.parts {
                redaction.add(part, false);
            }
        }
        redaction.patterns.iter_mut().for_each(Patterns::sort);
        redaction.before.sort();
        redaction.behind.sort();
        redaction
    }

    /// Adds a secret as it is and unescaped. A secret that is part of another one has no parts of its
    /// own, because they are also parts of the other one.
    fn add(&mut self, secret: &str, has_parts: bool) {
        if PUBLIC.iter().any(|word| secret.eq_ignore_ascii_case(word)) {
            return;
        }
        let is_punctuation = |character: &char| !character.is_alphanumeric();
        let before: String = secret.chars().take_while(is_punctuation).collect();
        self.before.add(before.chars().rev());
        let behind = secret.chars().rev().take_while(is_punctuation).count();
        let behind = secret.chars().skip(secret.chars().count() - behind);
        self.behind.add(behind);
        for units in views(secret, false) {
            let [lossy, text, all] = &mut self.patterns;
            let mut is_added = text.add(&units, has_parts);
            if !units.iter().all(|unit| unit.character.is_ascii()) {
                is_added |= lossy.add(&units, has_parts);
            }
            if !is_added {
                all.add(&units, has_parts);
            }
        }
    }

    /// Replaces the secrets in a text. With `is_cut`, the text is the beginning of a longer one, and
    /// its end may be the beginning of a secret.
    pub(crate) fn redact(&self, text: &str, is_cut: bool) -> String {
        let (found, end) = self.find(text, is_cut);
        replace(text, 0..end, &found)
    }

    /// Replaces the secrets in these texts, including secrets that are split over several of them.
    /// If the texts are too long, those that are not searched are replaced by an ellipsis.
    pub(crate) fn redact_together(&self, mut texts: Vec<String>) -> Vec<String> {
        const SEPARATOR: &str = "\0";
        let mut length = 0;
        for text in &mut texts {
            length += text.len() + SEPARATOR.len();
            if length > TOGETHER {
                "…".clone_into(text);
            }
        }
        let all = texts.join(SEPARATOR);
        let (found, _) = self.find(&all, false);
        let mut start = 0;
        let redacted = texts.iter().map(|text| {
            let place = start..start + text.len();
            start = place.end + SEPARATOR.len();
            replace(&all, place, &found)
        });
        redacted.collect()
    }

    /// The ranges of secrets in a text, sorted, and the end of the part that may be shown.
    fn find(&self, text: &str, is_cut: bool) -> (Vec<Range<usize>>, usize) {
        let mut end = text.len();
        let mut found = Vec::new();
        for units in views(text, is_cut) {
            for patterns in self.patterns.iter().filter(|patterns| !patterns.is_empty()) {
                for range in patterns.find(&units) {
                    found.extend(self.source(&units, range));
                }
            }
            if is_cut {
                end = end.min(self.end_without_beginning(&units));
            }
        }
        found.sort_unstable_by_key(|range: &Range<usize>| range.start);
        (found, end)
    }

    /// The range of these units in the source, including punctuation of secrets around them.
    fn source(&self, units: &[Unit], range: Range<usize>) -> Option<Range<usize>> {
        let matched = units.get(range.clone())?;
        let before = self.before.longest(units.get(..range.start)?.iter().rev());
        let behind = self.behind.longest(units.get(range.end..)?.iter());
        let first = before.or(matched.first())?;
        let last = behind.or(matched.last())?;
        Some(first.start..last.end)
    }

    /// Finds the longest beginning of a secret at the end, and returns its position in the source.
    /// Returns the end if there is none.
    fn end_without_beginning(&self, units: &[Unit]) -> usize {
        let beginnings = self.patterns.iter().filter_map(|patterns| {
            let start = patterns.beginning_at_end(units)?;
            self.source(units, start..units.len())
        });
        let ends = beginnings.map(|range| range.start);
        let end = units.last().map_or(0, |unit| unit.end);
        ends.fold(end, usize::min)
    }
}

/// Returns this part of a text with a mark in place of the ranges, which must be sorted.
fn replace(text: &str, part: Range<usize>, ranges: &[Range<usize>]) -> String {
    let mut shown = String::new();
    let mut copied = part.start;
    let mut is_marked = false;
    for range in ranges {
        if range.end <= part.start || range.start >= part.end {
            continue;
        }
        // Ranges that overlap or touch get one mark.
        if range.start > copied || !is_marked {
            shown.push_str(text.get(copied..range.start).unwrap_or_default());
            shown.push_str(REDACTED);
            is_marked = true;
        }
        copied = copied.max(range.end);
    }
    shown.push_str(text.get(copied..part.end).unwrap_or_default());
    shown
}

/// Returns a text as it is, and with its escapes decoded in each order of their kinds. The outermost
/// kind is unknown, and decoding two kinds at once may produce another escape. With `is_cut`,
/// incomplete escapes at the end are removed.
fn views(text: &str, is_cut: bool) -> Vec<Vec<Unit>> {
    let shorten = |mut view: Vec<Unit>| {
        if is_cut {
            view.truncate(complete(&view));
        }
        view
    };
    let as_it_is = shorten(units(text));
    // An email may be quoted in JSON.
    let json = Escapes::Backslash.decode(&as_it_is).map(shorten);
    let sources = [Some(&as_it_is), json.as_ref()].into_iter().flatten();
    let quoted: Vec<_> = sources
        .filter_map(|view| Escapes::QuotedPrintable.decode(view))
        .map(shorten)
        .collect();
    let mut views = vec![as_it_is];
    views.extend(quoted);
    let mut next = 0;
    while let Some(view) = views.get(next) {
        let decode = |escapes: Escapes| escapes.decode(view).map(shorten);
        for decoded in Escapes::NESTED.map(decode).into_iter().flatten() {
            if views.len() < VIEWS && !views.contains(&decoded) {
                views.push(decoded);
            }
        }
        next += 1;
    }
    views
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;
    use crate::http::secrets::echo::{BEFORE, BEHIND, Echo, echo};

    fn redaction(headers: &[(&'static str, &str)]) -> Redaction {
        let header = |(name, value): &(&'static str, &str)| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        };
        Redaction::new(&headers.iter().map(header).collect::<HeaderMap>())
    }

    fn of(echo: &Echo) -> Redaction {
        redaction(&[(echo.secret.name, &echo.secret.value)])
    }

    #[test]
    fn values_and_logins_are_redacted() {
        let token = ("authorization", "Bearer sk-secret");
        let redaction = redaction(&[token, ("x-login", "me:pass"), ("x-odd", "--!--")]);
        for (text, expected) in [
            (
                "you sent Bearer sk-secret, SK-SECRET, me:pass and --!--.",
                "you sent [redacted], [redacted], [redacted] and [redacted].",
            ),
            ("sk-sec\0ret", "[redacted]"),
            ("a task-secrets page", "a ta[redacted]s page"),
            ("ask secret", "ask secret"),
        ] {
            assert_eq!(redaction.redact(text, false), expected);
        }
    }

    #[test]
    fn a_secret_is_redacted_in_each_form() {
        let redaction = redaction(&[
            ("authorization", "Bearer sk-0123456789abcdef+/=="),
            ("x-login", "Basic bWU6cMOkc3N3b3JkIQ=="),
            ("cookie", "theme=dark; session=abc.def"),
        ]);
        for echo in [
            "Bearer%20sk-0123456789abcdef%2B%2f%3D%3D",
            "Bearer+sk-0123456789abcdef%252B/==",
            "sk-0123456789abcdef&#43;&#x2f;==",
            "sk-0123456789abcdef&amp;plus;/==",
            r"sk-0123456789abcdef\u002b\/==",
            r"sk-0123456789abcdef\\u002b\\/\u003d=",
            "sk-0123\",\"456789.abcdef",
            "s\0k\0-\x000\x001\x002\x003\x004\x005\x006\x007\x008\x009",
            "3456789ABCDEF",
            "bWU6cMOkc3N3b3JkIQ==",
            "me:pässword!",
            "p%C3%A4ssword!",
            "p%E4ssword!",
            "pÃ¤ssword!",
            "p?ssword!",
            "session=abc.def",
            "abc.def",
            "dark",
        ] {
            let text = format!("({echo})");
            assert_eq!(redaction.redact(&text, false), "([redacted])", "{echo}");
        }
    }

    #[test]
    fn a_secret_that_is_a_part_of_another_does_not_leave_the_rest() {
        let redaction = redaction(&[("x-a", "pass"), ("x-b", "password-2"), ("x-c", "2-abcdef")]);
        assert_eq!(redaction.redact("password-2", false), "[redacted]");
        assert_eq!(redaction.redact("password-2-abcdef", false), "[redacted]");
    }

    #[test]
    fn punctuation_at_the_ends_of_a_secret_is_redacted_with_it() {
        let quoted = redaction(&[("x-a", "\"abcd\"")]);
        let shown = quoted.redact(r#"["\"abcd\"", "efgh"]"#, false);
        assert_eq!(shown, r#"["[redacted]", "efgh"]"#);
        let long = "ab12!@#$%^&*()_+{}|~<>?";
        let shown = redaction(&[("x-a", long)]).redact(&format!("({long})"), false);
        assert_eq!(shown, "([redacted])");
        let reversed: String = long.chars().rev().collect();
        let shown = redaction(&[("x-a", &reversed)]).redact(&format!("({reversed})"), false);
        assert_eq!(shown, "([redacted])");
        let padded = redaction(&[("x-a", "0123456789abcd==")]);
        let shown = padded.redact("0123456789abcd== (== is an operator)", false);
        assert_eq!(shown, "[redacted] (== is an operator)");
    }

    #[test]
    fn a_text_without_secrets_is_as_it_was() {
        let redaction = redaction(&[("authorization", "Bearer sk-secret")]);
        for text in [
            r"C:\new\table",
            r#"{"a":"b\"c\u00e4\n"}"#,
            r"a\u12 \ud83d\u \ud83d\ude00 50 % %41 &amp; \",
            "",
        ] {
            assert_eq!(redaction.redact(text, false), text);
        }
    }

    #[test]
    fn ordinary_words_that_have_a_short_secret_across_them_stay() {
        let redaction = redaction(&[("x-scope", "tour"), ("x-tenant", "and-sons")]);
        let text = "not our server; friends and Sonsbeck";
        assert_eq!(redaction.redact(text, false), text);
    }

    #[test]
    fn a_secret_of_letters_is_redacted_as_a_whole_word() {
        let redaction = redaction(&[
            ("x-user", "admin"),
            ("x-role", "user"),
            ("x-title", "Administrator"),
        ]);
        for (text, expected) in [
            ("contact your administrators", None),
            ("superusers; user_ids; a newAdmin", None),
            (
                "user admin: \\u0061dmin",
                Some("[redacted] [redacted]: [redacted]"),
            ),
            (
                "ad-min, ADMINISTRATOR%20",
                Some("[redacted], [redacted]%20"),
            ),
            ("no administrator", Some("no [redacted]")),
        ] {
            assert_eq!(redaction.redact(text, false), expected.unwrap_or(text));
        }
        assert_eq!(redaction.redact("not by administrat", true), "not by ");
    }

    #[test]
    fn schemes_and_parts_of_the_apis_paths_stay() {
        let redaction = redaction(&[("x-scheme", "https"), ("x-tenant", "groups")]);
        let text = "https://ai.example.com/api/v1/groups/id/x";
        assert_eq!(redaction.redact(text, false), text);
    }

    #[test]
    fn the_work_on_a_text_is_bounded() {
        let long = "0123456789abcdef".repeat(512);
        let part = |number| format!("p-{number:03}a;k=v-{number:04}b,");
        let parts: String = (0..400).map(part).collect();
        let names: Vec<_> = (0..100).map(|number| format!("x-{number}")).collect();
        let header = |(number, name): (usize, &String)| {
            let value = format!("{number}{}", if number % 2 == 0 { &long } else { &parts });
            let name = HeaderName::try_from(name).unwrap();
            (name, HeaderValue::try_from(value).unwrap())
        };
        let headers: HeaderMap = names.iter().enumerate().map(header).collect();
        let started = Instant::now();
        let redaction = Redaction::new(&headers);
        let prepared = started.elapsed();
        let pieces = [
            "\\",
            "%25",
            "&amp;",
            "&amp;amp;",
            "%5C",
            "a",
            "!",
            "0123456789abcdef",
            "p-000a!",
        ];
        for piece in pieces {
            let text = piece.repeat((8 << 10) / piece.len());
            let _ = redaction.redact(&text, true);
        }
        let total = started.elapsed();
        // It takes about 3 s without optimization.
        assert!(total < Duration::from_secs(20), "{prepared:?}, {total:?}");
    }

    proptest! {
        // Each echo is in two texts, so that 20,000 are searched.
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn no_part_of_a_secret_is_shown(echo in echo(), cut: prop::sample::Index) {
            let redaction = of(&echo);
            let text = echo.text();
            let shown = redaction.redact(&text, false);
            prop_assert!(!echo.parts().any(|part| shown.contains(&part)), "{:?} for {:?}", shown, text);
            // A blank beside it may be taken for one of the secret.
            let is_around = shown.starts_with(BEFORE.trim()) && shown.ends_with(BEHIND.trim());
            prop_assert!(is_around && shown.contains(REDACTED), "{:?} for {:?}", shown, text);

            let ends: Vec<_> = text.char_indices().map(|(index, _)| index).collect();
            let ends = &ends[BEFORE.chars().count()..=ends.len() - BEHIND.chars().count()];
            let text = &text[..ends[cut.index(ends.len())]];
            let shown = redaction.redact(text, true);
            prop_assert!(!echo.parts().any(|part| shown.contains(&part)), "{:?} for {:?}", shown, text);
            let behind = shown.strip_prefix(BEFORE.trim()).unwrap_or("none").trim_start();
            let rest = behind.strip_prefix(REDACTED).unwrap_or(behind);
            let is_whole = !echo.begins_with_secret || echo.is_insignificant(rest);
            prop_assert!(is_whole, "{:?} for {:?}", shown, text);
        }
    }
}
