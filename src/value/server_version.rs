//! Versions of the server.

use std::{error::Error, fmt};

use crate::value::names::Operation;

/// The version of an Open WebUI server, such as 0.12.4.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerVersion(semver::Version);

impl ServerVersion {
    /// The oldest version that this crate is tested against.
    pub const OLDEST_SUPPORTED: Self = Self::new(0, 6, 43);

    /// The first version whose groups have parents.
    pub(crate) const HIERARCHY: Self = Self::new(0, 12, 0);

    /// The first version that adds members in one transaction, so that an id
    /// that is a member already costs nobody their membership.
    pub(crate) const ADDS_MEMBERS_IN_ONE_TRANSACTION: Self = Self::new(0, 12, 0);

    /// The first version that merges `data` instead of replacing it.
    pub(crate) const MERGES_DATA: Self = Self::new(0, 12, 0);

    /// The first version that refuses to delete a group that is not there.
    pub(crate) const REPORTS_MISSING_GROUPS_ON_DELETE: Self = Self::new(0, 12, 0);

    /// The first version that removes the members of a group when it deletes the group.
    pub(crate) const DELETES_MEMBERS_WITH_GROUP: Self = Self::new(0, 12, 0);

    /// The version with these numbers.
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// Whether a server of this version has the operation.
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

impl std::str::FromStr for ServerVersion {
    type Err = ParseServerVersionError;

    /// # Errors
    ///
    /// Names the text when it is not a version.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().trim_start_matches('v');
        // A build that is no release may have any suffix, `0.13.0.dev1` say.
        let end = text.find(|character: char| character != '.' && !character.is_ascii_digit());
        let numbers = end.and_then(|end| text.get(..end)).unwrap_or(text);
        semver::Version::parse(text)
            .or_else(|error| {
                semver::Version::parse(numbers.trim_end_matches('.')).map_err(|_| error)
            })
            .map(Self)
            .map_err(|cause| ParseServerVersionError {
                text: text.to_owned(),
                cause,
            })
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// A text is not the version of a server.
#[derive(Debug)]
pub struct ParseServerVersionError {
    text: String,
    cause: semver::Error,
}

impl ParseServerVersionError {
    pub(crate) fn into_cause(self) -> semver::Error {
        self.cause
    }
}

impl fmt::Display for ParseServerVersionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} is not a server version like 0.12.4",
            self.text
        )
    }
}

impl Error for ParseServerVersionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

impl Operation {
    /// The first server version that has the operation.
    ///
    /// Source: `x-since` in `openapi/overlay.json`.
    pub fn since(self) -> ServerVersion {
        // A test reads every one of them, so the fallback is never taken.
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

    #[test]
    fn versions_compare_by_their_numbers() {
        let version = |text: &str| text.parse::<ServerVersion>().unwrap();
        assert!(version("0.9.6") < version("0.10.2"));
        assert!(version("0.12.0-dev1") < version("0.12.0"));
        assert_eq!(version("0.13.0.dev1"), ServerVersion::new(0, 13, 0));
        assert!("latest".parse::<ServerVersion>().is_err());
    }
}
