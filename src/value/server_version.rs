//! Versions of the server.

use std::{error::Error, fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::value::{names::Operation, text_check};

/// The version of an Open WebUI server, such as 0.12.4.
///
/// Parses the texts that servers report at `/api/version`, including those of custom builds. Up to
/// three numbers at the beginning are used: `0.12` is 0.12.0, and `0.12.4.1` is 0.12.4. The rest is
/// ignored: `0.12.0-acme` is 0.12.0. Only `dev`, `alpha`, `beta` and `rc` mark a pre-release:
/// `0.12.0-rc1` is less than 0.12.0.
///
/// Serializes as text.
///
/// ```
/// use owui_groups::ServerVersion;
///
/// let version: ServerVersion = "0.12.4.1".parse()?;
/// assert_eq!(version, ServerVersion::new(0, 12, 4));
/// assert!("0.12.0-rc1".parse::<ServerVersion>()? < ServerVersion::new(0, 12, 0));
/// # Ok::<(), owui_groups::ParseServerVersionError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerVersion {
    numbers: [u64; 3],
    stage: Stage,
}

/// The release stage of a version, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Stage {
    Dev(u64),
    Alpha(u64),
    Beta(u64),
    ReleaseCandidate(u64),
    Release,
}

impl ServerVersion {
    /// The oldest version that this crate is tested with.
    pub const OLDEST_SUPPORTED: Self = Self::new(0, 6, 43);

    /// The first version whose groups have parents. This version also merges `data` instead of
    /// replacing it, adds members in one transaction, deletes the memberships of a deleted group,
    /// and rejects the deletion of a group that does not exist.
    pub(crate) const HIERARCHY: Self = Self::new(0, 12, 0);

    /// A version that exports groups without members. 0.6.43 responds with status 500.
    pub(crate) const EXPORTS_EMPTY_GROUPS: Self = Self::new(0, 9, 6);

    /// Creates the version with these numbers.
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self {
            numbers: [major, minor, patch],
            stage: Stage::Release,
        }
    }

    /// Returns the first number: 0 of 0.12.4.
    pub const fn major(self) -> u64 {
        self.numbers[0]
    }

    /// Returns the second number: 12 of 0.12.4.
    pub const fn minor(self) -> u64 {
        self.numbers[1]
    }

    /// Returns the third number: 4 of 0.12.4.
    pub const fn patch(self) -> u64 {
        self.numbers[2]
    }

    /// Whether this is a pre-release, such as 0.12.0-rc1.
    pub fn is_prerelease(self) -> bool {
        self.stage != Stage::Release
    }

    /// Whether groups have parents. `None` for a pre-release of 0.12.0, and for an unsupported
    /// version, which may be that of a different program.
    pub(crate) fn has_hierarchy(self) -> Option<bool> {
        let is_early = self < Self::HIERARCHY && self.numbers == Self::HIERARCHY.numbers;
        let is_known = !is_early && self >= Self::OLDEST_SUPPORTED;
        is_known.then_some(self >= Self::HIERARCHY)
    }

    /// Returns whether a server of this version has the operation.
    ///
    /// ```
    /// use owui_groups::{Operation, ServerVersion};
    ///
    /// assert!(!ServerVersion::new(0, 11, 4).supports(Operation::ListGroupMembers));
    /// assert!(ServerVersion::new(0, 12, 4).supports(Operation::ListGroupMembers));
    /// ```
    pub fn supports(&self, operation: Operation) -> bool {
        *self >= operation.since()
    }
}

impl FromStr for ServerVersion {
    type Err = ParseServerVersionError;

    /// # Errors
    ///
    /// Returns an error if the text does not begin with a number, after an optional `v`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let mut rest = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let mut numbers = Vec::new();
        loop {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, behind) = rest.split_at(digits);
            let Ok(number) = number.parse() else { break };
            numbers.push(number);
            rest = behind;
            match behind.strip_prefix('.') {
                Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
                _ => break,
            }
        }
        let mut all = numbers.into_iter();
        let major = all.next().ok_or_else(|| ParseServerVersionError {
            text: text_check::shown(text),
        })?;
        let mut number = || all.next().unwrap_or_default();
        let mut version = Self::new(major, number(), number());
        // A pre-release of 0.12.0.1 comes after 0.12.0.
        if all.all(|number: u64| number == 0) {
            version.stage = Stage::of(rest);
        }
        Ok(version)
    }
}

impl Stage {
    /// The stage in the text after the numbers: `.dev1`, `-rc.2`.
    fn of(suffix: &str) -> Self {
        let suffix = suffix.trim_start_matches(['.', '-', '_']);
        let letters = suffix.len()
            - suffix
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let (name, behind) = suffix.split_at(letters);
        let behind = behind.trim_start_matches(['.', '-', '_']);
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        let number = digits.parse().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "dev" => Self::Dev(number),
            "alpha" => Self::Alpha(number),
            "beta" => Self::Beta(number),
            "rc" => Self::ReleaseCandidate(number),
            _ => Self::Release,
        }
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(formatter, "{major}.{minor}.{patch}")?;
        match self.stage {
            Stage::Dev(number) => write!(formatter, "-dev.{number}"),
            Stage::Alpha(number) => write!(formatter, "-alpha.{number}"),
            Stage::Beta(number) => write!(formatter, "-beta.{number}"),
            Stage::ReleaseCandidate(number) => write!(formatter, "-rc.{number}"),
            Stage::Release => Ok(()),
        }
    }
}

impl Serialize for ServerVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The error of parsing a text that is not a server version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseServerVersionError {
    text: String,
}

impl fmt::Display for ParseServerVersionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` is not a server version; write one like 0.12.4",
            self.text
        )
    }
}

impl Error for ParseServerVersionError {}

impl Operation {
    /// Returns the first server version that has the operation.
    ///
    /// Source: `openapi/history.json`, which is derived from real servers of every release since
    /// 0.6.43. That is the first version of all operations that are as old or older.
    pub fn since(self) -> ServerVersion {
        // A test parses all of them, so the fallback is never used.
        self.since_text()
            .parse()
            .unwrap_or(ServerVersion::OLDEST_SUPPORTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_says_which_version_has_it_first() {
        for operation in Operation::ALL {
            let parsed: Result<ServerVersion, _> = operation.since_text().parse();
            assert!(parsed.is_ok(), "{operation}: {}", operation.since_text());
        }
    }

    fn version(text: &str) -> ServerVersion {
        text.parse().unwrap()
    }

    #[test]
    fn versions_compare_by_their_numbers() {
        assert!(version("0.9.6") < version("0.10.2"));
        assert_eq!(version(" v0.12.4\n"), ServerVersion::new(0, 12, 4));
    }

    #[test]
    fn the_leading_numbers_of_a_self_built_version_count() {
        for (text, expected) in [
            ("0.12.4.1", (0, 12, 4)),
            ("0.12", (0, 12, 0)),
            ("1", (1, 0, 0)),
            ("0.12.0-acme", (0, 12, 0)),
            ("0.12.4+build.7", (0, 12, 4)),
            ("0.12.4+dev", (0, 12, 4)),
            ("0.12.4-deviant", (0, 12, 4)),
            ("0.12.0.1-rc1", (0, 12, 0)),
            ("0.12.", (0, 12, 0)),
        ] {
            let (major, minor, patch) = expected;
            let expected = ServerVersion::new(major, minor, patch);
            assert_eq!(version(text), expected, "{text}");
        }
        for text in [
            "latest",
            "dev",
            "acme-0.12.4",
            "",
            ".1",
            "99999999999999999999",
        ] {
            assert!(text.parse::<ServerVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_before_the_release_is_less() {
        let release = ServerVersion::new(0, 13, 0);
        let order = [
            "0.12.9",
            "0.13.0.dev1",
            "0.13.0-dev2",
            "0.13.0-alpha",
            "0.13.0beta2",
            "0.13.0-RC.1",
            "0.13.0rc2",
        ];
        for pair in order.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert!(version("0.13.0rc2") < release);
    }

    #[test]
    fn a_version_is_parsed_as_it_is_shown() {
        for text in ["0.12.4", "0.12.0-rc.1", "0.13.0-dev.2", "1.2.3-alpha.0"] {
            assert_eq!(version(text).to_string(), text);
        }
    }
}
