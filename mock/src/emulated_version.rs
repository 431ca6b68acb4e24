//! The server versions that the mock emulates, and where they differ.

use std::fmt;

use owui_groups::{Operation, ServerVersion};

use crate::error::MockError;

/// A server version that the mock emulates. Each was compared with the real
/// server, response by response.
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

    pub(crate) fn supports(self, operation: Operation) -> bool {
        self.version().supports(operation)
    }

    // Differences between versions, each by itself. Those that began with the
    // same version are still separate facts.

    // Groups

    /// Groups have parents.
    pub(crate) fn has_hierarchy(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Reading or changing a missing group is a 404; before, a 401 or a 400.
    pub(crate) fn reports_missing_groups(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Deleting a missing group is a 404; before, a success.
    pub(crate) fn reports_missing_groups_on_delete(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Deleting a group deletes its memberships too; before, they are still listed.
    pub(crate) fn deletes_members_with_group(self) -> bool {
        self >= Self::V0_12_4
    }

    /// An update merges `data` into what the group has; before, it replaces it.
    pub(crate) fn merges_data(self) -> bool {
        self >= Self::V0_12_4
    }

    /// `data.config` has rules; before, it may be anything.
    pub(crate) fn validates_config(self) -> bool {
        self >= Self::V0_12_4
    }

    /// A new group gets `data.config.share`, unless the request sets it.
    pub(crate) fn sets_default_share(self) -> bool {
        self >= Self::V0_9_6
    }

    /// An administrator needs no permission for an API key.
    pub(crate) fn gives_every_admin_an_api_key(self) -> bool {
        self >= Self::V0_9_6
    }

    /// The `share` of a list knows "members"; before, it is a flag, which
    /// narrows the groups of an administrator too.
    pub(crate) fn lists_shared_with_members(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A group without members can be exported; before, that is a 500.
    pub(crate) fn exports_groups_without_members(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A preview has default models, and inherited and effective permissions.
    pub(crate) fn previews_inheritance(self) -> bool {
        self >= Self::V0_12_4
    }

    // Members

    /// Members are added in one transaction; before, one by one, and an ID
    /// that is a member already undoes those before it.
    pub(crate) fn adds_members_in_one_transaction(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Removing no users sets the group's `updated_at`, like any other removal.
    pub(crate) fn empty_removal_updates_group(self) -> bool {
        self >= Self::V0_12_4
    }

    // Users

    /// Users have `bio`, `groups` and `is_active`.
    pub(crate) fn returns_user_profiles(self) -> bool {
        self >= Self::V0_9_6
    }

    /// Users have `last_active_at` and `timezone`.
    pub(crate) fn returns_user_activity(self) -> bool {
        self >= Self::V0_12_4
    }

    // Authentication

    /// `Authorization` may have any scheme, not only `Bearer`.
    pub(crate) fn accepts_any_scheme(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A token may come in `x-api-key`.
    pub(crate) fn accepts_api_key_header(self) -> bool {
        self >= Self::V0_9_6
    }

    /// An `Authorization` that is not two words is a 500, on every path.
    pub(crate) fn fails_on_malformed_authorization(self) -> bool {
        self <= Self::V0_6_43
    }

    /// The token of a removed user is invalid; before, it is reported as expired.
    pub(crate) fn reports_removed_users(self) -> bool {
        self >= Self::V0_12_4
    }

    // HTTP

    /// A body without a content type is read as JSON.
    pub(crate) fn reads_untyped_json(self) -> bool {
        self <= Self::V0_6_43
    }

    /// The text of an exception in a handler is the detail of a 400; that of an
    /// error response as well, so that its detail is wrapped once more.
    pub(crate) fn returns_exception_texts(self) -> bool {
        self <= Self::V0_9_6
    }

    /// A path of the web app with a null byte is a 500.
    pub(crate) fn fails_on_null_bytes(self) -> bool {
        self <= Self::V0_6_43
    }

    /// A response names the origin of the request, and varies by it even without one;
    /// before, it allows `*`, unless the request has cookies.
    pub(crate) fn mirrors_every_origin(self) -> bool {
        self >= Self::V0_9_6
    }

    /// Browsers may send `QUERY`.
    pub(crate) fn has_query_method(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A preflight request for a private network is rejected; before, nothing asks for one.
    pub(crate) fn rejects_private_networks(self) -> bool {
        self >= Self::V0_9_6
    }

    /// `GET /api/version` has a `deployment_id`.
    pub(crate) fn returns_deployment_id(self) -> bool {
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
                "the mock does not emulate Open WebUI `{text}`; it emulates {}",
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
