//! The server versions that the mock plays, and where they differ.

use std::fmt;

use owui_groups::{Operation, ServerVersion};

use crate::error::MockError;

/// A server version that the mock plays. Each was compared with the real
/// server, answer by answer.
///
/// ```
/// use owui_groups_mock::EmulatedVersion;
///
/// # fn main() -> Result<(), owui_groups_mock::MockError> {
/// let version: EmulatedVersion = "0.11.4".parse()?;
/// assert_eq!(version, EmulatedVersion::V0_11_4);
/// assert!("0.5.0".parse::<EmulatedVersion>().is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EmulatedVersion {
    /// 0.6.43: ten operations; an export of a group without members fails.
    V0_6_43,
    /// 0.9.6: brings `preview` and sharing among members.
    V0_9_6,
    /// 0.11.4: the last one that loses members, replaces `data` whole and has
    /// no groups below others.
    V0_11_4,
    /// 0.12.4: groups below others, `members`, and 404 for what is not there.
    #[default]
    V0_12_4,
}

impl EmulatedVersion {
    /// All of them, the oldest first.
    pub const ALL: &'static [Self] = &[Self::V0_6_43, Self::V0_9_6, Self::V0_11_4, Self::V0_12_4];

    /// As the server writes it, `0.12.4` for example.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V0_6_43 => "0.6.43",
            Self::V0_9_6 => "0.9.6",
            Self::V0_11_4 => "0.11.4",
            Self::V0_12_4 => "0.12.4",
        }
    }

    /// The version, to compare with others.
    pub const fn version(self) -> ServerVersion {
        match self {
            Self::V0_6_43 => ServerVersion::new(0, 6, 43),
            Self::V0_9_6 => ServerVersion::new(0, 9, 6),
            Self::V0_11_4 => ServerVersion::new(0, 11, 4),
            Self::V0_12_4 => ServerVersion::new(0, 12, 4),
        }
    }

    pub(crate) fn has(self, operation: Operation) -> bool {
        self.version().has(operation)
    }

    /// Groups below others, and all that came with them: honest statuses,
    /// checked default models, merged data, adding that loses nobody.
    pub(crate) fn has_hierarchy(self) -> bool {
        self >= Self::V0_12_4
    }

    /// A new group says whom it may be shared with, and lists know "members".
    pub(crate) fn shares_among_members(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A refusal that is raised inside of a handler is wrapped once more.
    pub(crate) fn wraps_refusals(self) -> bool {
        self <= Self::V0_9_6
    }

    /// A body without a content type is read as JSON.
    pub(crate) fn takes_untyped_json(self) -> bool {
        self <= Self::V0_6_43
    }

    /// What stands in `Authorization` has to be two words; else every request fails.
    pub(crate) fn stumbles_over_authorization(self) -> bool {
        self <= Self::V0_6_43
    }

    /// A token may come with any scheme, or in `x-api-key`.
    pub(crate) fn takes_any_scheme(self) -> bool {
        self >= Self::V0_9_6
    }
}

impl std::str::FromStr for EmulatedVersion {
    type Err = MockError;

    fn from_str(text: &str) -> Result<Self, MockError> {
        let known = Self::ALL.iter().find(|version| version.as_str() == text);
        known.copied().ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|version| version.as_str()).collect();
            MockError::new(format!(
                "the mock does not play Open WebUI {text:?}; it plays {}",
                known.join(", ")
            ))
        })
    }
}

impl fmt::Display for EmulatedVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
