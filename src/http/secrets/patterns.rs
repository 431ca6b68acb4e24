//! Finds secrets in texts by their significant characters.

use std::ops::Range;

use crate::http::secrets::unescape::Unit;

/// The minimum number of significant characters of a secret. Redacting shorter ones would make texts
/// unreadable.
const WHOLE_AT_LEAST: usize = 4;

/// The number of significant characters of a part that is a secret on its own.
const PART: usize = 12;

/// The minimum number of characters of a secret of letters alone that is redacted inside words.
const LONG_WORD: usize = 16;

/// The maximum number of characters of a text in which a short secret is searched for character by
/// character.
const LITERAL_AT_MOST: usize = 64;

/// Which characters of a text are significant.
#[derive(Clone, Copy)]
pub(crate) enum Alphabet {
    /// ASCII letters and digits, for secrets that also have other letters. Only these are the same in
    /// every encoding.
    Lossy,
    /// Letters and digits.
    Text,
    /// All characters, for secrets with few letters and digits.
    All,
}

/// A significant character in lower case, and the number of its unit.
type Significant = (char, usize);

impl Alphabet {
    fn significant(self, (index, unit): (usize, &Unit)) -> Option<Significant> {
        let is_significant = match self {
            Self::Lossy => unit.character.is_ascii_alphanumeric(),
            Self::Text => unit.character.is_alphanumeric(),
            Self::All => true,
        };
        let lower = unit.character.to_lowercase().next()?;
        is_significant.then_some((lower, index))
    }

    fn skeleton(self, units: &[Unit]) -> Vec<Significant> {
        let significant = |unit| self.significant(unit);
        units.iter().enumerate().filter_map(significant).collect()
    }

    /// The last significant characters, up to the maximum length of the beginning of a secret.
    fn last(self, units: &[Unit]) -> Vec<Significant> {
        let significant = |unit| self.significant(unit);
        let last = units.iter().enumerate().rev().filter_map(significant);
        let mut last: Vec<_> = last.take(LONG_WORD - 1).collect();
        last.reverse();
        last
    }
}

/// Hashes of texts, by the number of their characters.
#[derive(Clone, Default)]
struct Hashes([Vec<u64>; LONG_WORD]);

impl Hashes {
    fn add(&mut self, length: usize, hash: u64) {
        if let Some(hashes) = self.0.get_mut(length) {
            hashes.push(hash);
        }
    }

    fn contains(&self, length: usize, hash: u64) -> bool {
        let hashes = self.0.get(length);
        hashes.is_some_and(|hashes| hashes.binary_search(&hash).is_ok())
    }

    /// Must be called after all hashes are added.
    fn sort(&mut self) {
        for hashes in &mut self.0 {
            hashes.sort_unstable();
            hashes.dedup();
            hashes.shrink_to_fit();
        }
    }
}

/// The punctuation at one end of secrets, of any length.
#[derive(Clone, Default)]
pub(crate) struct Ends {
    hashes: Vec<u64>,
    longest: usize,
}

impl Ends {
    pub(crate) fn add(&mut self, punctuation: impl Iterator<Item = char>) {
        let mut length = 0;
        let hash = hash(punctuation.inspect(|_| length += 1));
        if length > 0 {
            self.hashes.push(hash);
            self.longest = self.longest.max(length);
        }
    }

    /// The last unit of the longest punctuation that these units begin with.
    pub(crate) fn longest<'a>(&self, units: impl Iterator<Item = &'a Unit>) -> Option<&'a Unit> {
        let mut hash = OFFSET;
        let mut longest = None;
        let punctuation = units.take_while(|unit| !unit.character.is_alphanumeric());
        for unit in punctuation.take(self.longest) {
            hash = extended(hash, unit.character);
            if self.hashes.binary_search(&hash).is_ok() {
                longest = Some(unit);
            }
        }
        longest
    }

    /// Must be called after all are added.
    pub(crate) fn sort(&mut self) {
        self.hashes.sort_unstable();
        self.hashes.dedup();
    }
}

/// The secrets by their significant characters in one alphabet.
#[derive(Clone)]
pub(crate) struct Patterns {
    alphabet: Alphabet,
    /// Short secrets, and each part of 12 characters of the others.
    secrets: Hashes,
    /// Secrets of letters alone. They are not redacted inside a longer word.
    words: Hashes,
    /// The beginnings of secrets.
    beginnings: Hashes,
    /// Short secrets, including the insignificant characters inside.
    literals: Vec<u64>,
}

impl Patterns {
    pub(crate) fn new(alphabet: Alphabet) -> Self {
        Self {
            alphabet,
            secrets: Hashes::default(),
            words: Hashes::default(),
            beginnings: Hashes::default(),
            literals: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.beginnings.0.iter().all(Vec::is_empty)
    }

    /// Adds a secret if it is long enough, and returns whether it is.
    pub(crate) fn add(&mut self, secret: &[Unit], has_parts: bool) -> bool {
        let skeleton = self.alphabet.skeleton(secret);
        if skeleton.len() < WHOLE_AT_LEAST {
            return false;
        }
        let is_word =
            skeleton.len() < LONG_WORD && secret.iter().all(|unit| unit.character.is_alphabetic());
        if is_word {
            for (length, hash) in beginnings(&skeleton) {
                self.beginnings.add(length, hash);
                if length == skeleton.len() {
                    self.words.add(length, hash);
                }
            }
            return true;
        }
        for (length, hash) in beginnings(&skeleton).filter(|(length, _)| *length < PART) {
            self.beginnings.add(length, hash);
            if length == skeleton.len() {
                self.secrets.add(length, hash);
                self.literals.extend(literal(secret, &skeleton));
            }
        }
        if has_parts {
            for part in skeleton.windows(PART) {
                self.secrets
                    .add(PART, hash(part.iter().map(|(character, _)| *character)));
            }
        }
        true
    }

    /// Must be called after all are added.
    pub(crate) fn sort(&mut self) {
        self.secrets.sort();
        self.words.sort();
        self.beginnings.sort();
        self.literals.sort_unstable();
        self.literals.dedup();
    }

    /// The units of each secret in a text.
    pub(crate) fn find(&self, units: &[Unit]) -> Vec<Range<usize>> {
        let skeleton = self.alphabet.skeleton(units);
        let mut found = Vec::new();
        for start in 0..skeleton.len() {
            let behind = skeleton.get(start..).unwrap_or_default();
            for (length, hash) in beginnings(behind) {
                let matched = behind.get(..length).unwrap_or_default();
                if self.secrets.contains(length, hash) {
                    found.extend(self.accepted(units, matched));
                }
                if self.words.contains(length, hash) {
                    found.extend(accepted_word(units, matched));
                }
            }
        }
        found
    }

    /// The units of a secret, unless it consists of the ends of two ordinary words.
    fn accepted(&self, units: &[Unit], matched: &[Significant]) -> Option<Range<usize>> {
        let (_, first) = *matched.first()?;
        let (_, last) = *matched.last()?;
        let is_accepted = matched.len() >= PART
            || !is_in_word(units, matched, char::is_alphanumeric)
            || literal(units, matched)
                .is_some_and(|literal| self.literals.binary_search(&literal).is_ok());
        is_accepted.then_some(first..last + 1)
    }

    /// Finds the longest beginning of a secret at the end of a text, and returns its first unit.
    pub(crate) fn beginning_at_end(&self, units: &[Unit]) -> Option<usize> {
        let last = self.alphabet.last(units);
        let ends = (0..last.len()).filter_map(|start| last.get(start..));
        let mut beginnings = ends.filter(|end| {
            let hash = hash(end.iter().map(|(character, _)| *character));
            self.beginnings.contains(end.len(), hash)
        });
        beginnings.next()?.first().map(|(_, index)| *index)
    }
}

/// The units of a secret of letters alone, unless it is part of a longer word or of an identifier.
fn accepted_word(units: &[Unit], matched: &[Significant]) -> Option<Range<usize>> {
    let (_, first) = *matched.first()?;
    let (_, last) = *matched.last()?;
    let is_in_word = is_in_word(units, matched, |character| {
        character.is_alphanumeric() || character == '_'
    });
    (!is_in_word).then_some(first..last + 1)
}

/// Whether such a character is directly before or after these.
fn is_in_word(units: &[Unit], matched: &[Significant], is_part: fn(char) -> bool) -> bool {
    let first = matched.first().and_then(|(_, first)| first.checked_sub(1));
    let last = matched.last().and_then(|(_, last)| last.checked_add(1));
    let around = [first, last].into_iter().flatten();
    let mut around = around.filter_map(|index| units.get(index));
    around.any(|unit| is_part(unit.character))
}

/// The hash of all units from the first to the last of these, unless there are too many.
fn literal(units: &[Unit], matched: &[Significant]) -> Option<u64> {
    let (_, first) = *matched.first()?;
    let (_, last) = *matched.last()?;
    let literal = units.get(first..=last)?;
    let lower = |unit: &Unit| unit.character.to_lowercase().next();
    (literal.len() <= LITERAL_AT_MOST).then(|| hash(literal.iter().filter_map(lower)))
}

/// The length and the hash of each beginning, up to [`LONG_WORD`].
fn beginnings(skeleton: &[Significant]) -> impl Iterator<Item = (usize, u64)> {
    let mut hash = OFFSET;
    let characters = skeleton.iter().take(LONG_WORD - 1).enumerate();
    characters.map(move |(index, (character, _))| {
        hash = extended(hash, *character);
        (index + 1, hash)
    })
}

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn hash(characters: impl Iterator<Item = char>) -> u64 {
    characters.fold(OFFSET, extended)
}

/// FNV-1a. A collision only redacts a few additional characters.
fn extended(hash: u64, character: char) -> u64 {
    (hash ^ u64::from(character)).wrapping_mul(0x100_0000_01b3)
}
