//! The server versions that the mock emulates, and their differences.

use std::fmt;

use owui_groups::{Operation, ServerVersion};

use crate::error::MockError;

/// A server version that the mock emulates. The responses of each were compared with those of the
/// real server.
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
    /// Open WebUI 0.6.43: has nine operations, and fails to export a group without members.
    V0_6_43,
    /// Open WebUI 0.9.6: adds `info`, `preview` and sharing among members.
    V0_9_6,
    /// Open WebUI 0.11.4: the last version that loses members, replaces `data` as a whole and has
    /// no parents of groups.
    V0_11_4,
    /// Open WebUI 0.12.4: adds parents of groups and `members`, and returns 404 for missing groups.
    #[default]
    V0_12_4,
}

impl EmulatedVersion {
    /// All versions, oldest first.
    pub const ALL: &'static [Self] = &[Self::V0_6_43, Self::V0_9_6, Self::V0_11_4, Self::V0_12_4];

    /// Returns the version as the server writes it, for example `0.12.4`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V0_6_43 => "0.6.43",
            Self::V0_9_6 => "0.9.6",
            Self::V0_11_4 => "0.11.4",
            Self::V0_12_4 => "0.12.4",
        }
    }

    /// Returns the version as a [`ServerVersion`], to compare it with others.
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

    // Each difference has its own method, even if several began with the same version.

    // Groups

    /// Groups have parents.
    pub(crate) fn has_hierarchy(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Reading or changing a missing group returns 404. Before, it returned 401 or 400.
    pub(crate) fn reports_missing_groups(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Deleting a missing group returns 404. Before, it succeeded.
    pub(crate) fn reports_missing_groups_on_delete(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Deleting a group also deletes its memberships. Before, they were still listed.
    pub(crate) fn deletes_members_with_group(self) -> bool {
        self >= Self::V0_12_4
    }

    /// An update merges `data` into that of the group. Before, it replaced it.
    pub(crate) fn merges_data(self) -> bool {
        self >= Self::V0_12_4
    }

    /// `data.config` is validated. Before, any value was accepted.
    pub(crate) fn validates_config(self) -> bool {
        self >= Self::V0_12_4
    }

    /// A new group has `data.config.share`, even if the request does not set it.
    pub(crate) fn sets_default_share(self) -> bool {
        self >= Self::V0_9_6
    }

    /// An administrator needs no permission for an API key.
    pub(crate) fn gives_every_admin_an_api_key(self) -> bool {
        self >= Self::V0_9_6
    }

    /// The `share` filter of the list supports "members". Before, it was a boolean, which also
    /// filtered the groups of an administrator.
    pub(crate) fn lists_shared_with_members(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A group without members can be exported. Before, this returned 500.
    pub(crate) fn exports_groups_without_members(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A preview contains default models, and inherited and effective permissions.
    pub(crate) fn previews_inheritance(self) -> bool {
        self >= Self::V0_12_4
    }

    // Members

    /// Members are added in one transaction. Before, they were added one by one, and an ID that was
    /// already a member discarded those before it.
    pub(crate) fn adds_members_in_one_transaction(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Removing an empty list of users sets the group's `updated_at`, like any other removal.
    pub(crate) fn empty_removal_updates_group(self) -> bool {
        self >= Self::V0_12_4
    }

    // Users

    /// Users have `bio`, `groups` and `is_active`.
    pub(crate) fn returns_user_profiles(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A search ignores the case of all letters; before, on SQLite, that of ASCII alone.
    pub(crate) fn folds_case_beyond_ascii(self) -> bool {
        self >= Self::V0_11_4
    }

    /// A list of users with an order that the server does not know has the order of one without;
    /// before, it has none.
    pub(crate) fn ignores_unknown_orders(self) -> bool {
        self >= Self::V0_9_6
    }

    /// The session user is for the tokens of sessions; before, for API keys too.
    pub(crate) fn requires_session_for_session_user(self) -> bool {
        self >= Self::V0_12_4
    }

    /// Users have `last_active_at` and `timezone`.
    pub(crate) fn returns_user_activity(self) -> bool {
        self >= Self::V0_12_4
    }

    // Settings

    /// A sign-in through LDAP may change groups.
    pub(crate) fn manages_groups_of_ldap(self) -> bool {
        self >= Self::V0_11_4
    }

    // Authentication

    /// `Authorization` accepts any scheme, not only `Bearer`.
    pub(crate) fn accepts_any_scheme(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A token is accepted in `x-api-key`.
    pub(crate) fn accepts_api_key_header(self) -> bool {
        self >= Self::V0_9_6
    }

    /// An `Authorization` that does not consist of two words returns 500 on every path.
    pub(crate) fn fails_on_malformed_authorization(self) -> bool {
        self <= Self::V0_6_43
    }

    /// The token of a removed user is invalid. Before, it was reported as expired.
    pub(crate) fn reports_removed_users(self) -> bool {
        self >= Self::V0_12_4
    }

    // HTTP

    /// A body without a content type is read as JSON.
    pub(crate) fn reads_untyped_json(self) -> bool {
        self <= Self::V0_6_43
    }

    /// An exception in a handler returns a 400 with its text as the detail. Error responses are
    /// exceptions too, so their detail is wrapped once more.
    pub(crate) fn returns_exception_texts(self) -> bool {
        self <= Self::V0_9_6
    }

    /// A path of the web app with a null byte returns 500.
    pub(crate) fn fails_on_null_bytes(self) -> bool {
        self <= Self::V0_6_43
    }

    /// The CORS headers of a response name the origin of the request, and `Vary` lists it even
    /// without an origin. Before, they allowed `*` unless the request had cookies.
    pub(crate) fn mirrors_every_origin(self) -> bool {
        self >= Self::V0_9_6
    }

    /// CORS allows the method `QUERY`.
    pub(crate) fn has_query_method(self) -> bool {
        self >= Self::V0_9_6
    }

    /// A preflight request for a private network is rejected. Before, such requests were not
    /// treated differently.
    pub(crate) fn rejects_private_networks(self) -> bool {
        self >= Self::V0_9_6
    }

    /// `GET /api/version` returns a `deployment_id`.
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
