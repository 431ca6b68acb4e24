//! Matches the patterns of searches.

/// A pattern of SQL's `LIKE`, as the server uses it. `%` matches any text, and `_` matches any single
/// character. Case is ignored.
pub(crate) struct Pattern {
    characters: Vec<char>,
    /// Whether case is also ignored for letters beyond ASCII.
    folds_beyond_ascii: bool,
}

impl Pattern {
    /// Creates the pattern that matches texts which contain this one.
    pub(crate) fn within(search: &str, folds_beyond_ascii: bool) -> Self {
        let pattern = format!("%{search}%");
        Self {
            characters: folded(&pattern, folds_beyond_ascii).chars().collect(),
            folds_beyond_ascii,
        }
    }

    pub(crate) fn is_like(&self, text: &str) -> bool {
        let text = folded(text, self.folds_beyond_ascii);
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut place) = (0, 0);
        // Where to continue after a mismatch: after the last `%`, one character further in the text
        // than before.
        let mut retreat = None;
        while let Some(letter) = text.get(at) {
            match self.characters.get(place) {
                Some('%') => {
                    retreat = Some((at, place));
                    place += 1;
                }
                Some(wanted) if *wanted == '_' || wanted == letter => {
                    at += 1;
                    place += 1;
                }
                _ => {
                    let Some((from, wild)) = retreat else {
                        return false;
                    };
                    retreat = Some((from + 1, wild));
                    (at, place) = (from + 1, wild + 1);
                }
            }
        }
        self.characters.iter().skip(place).all(|rest| *rest == '%')
    }
}

fn folded(text: &str, beyond_ascii: bool) -> String {
    if beyond_ascii {
        text.to_lowercase()
    } else {
        text.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn like_is_that_of_the_server() {
        for (search, text, alike) in [
            ("ann", "Ann Example", true),
            ("a%e", "Ann Example", true),
            ("a%x%a%e", "Ann Example", true),
            ("x%nn", "Ann Example", false),
            ("_nn", "Ann", true),
            ("É", "é", true),
            ("m_ller", "ZOË MÜLLER", true),
            ("", "", true),
            ("_", "", false),
            ("x", "Ann", false),
            ("%", "Ann", true),
            ("aab", "aaaab", true),
        ] {
            assert_eq!(
                Pattern::within(search, true).is_like(text),
                alike,
                "{search} {text}"
            );
        }
    }

    #[test]
    fn old_servers_know_one_case_of_letters_beyond_ascii() {
        let old = |search| Pattern::within(search, false);
        assert!(old("ÄNN").is_like("Änn"));
        assert!(!old("ÄNN").is_like("änn"));
        assert!(old("_nn").is_like("änn"));
    }
}
