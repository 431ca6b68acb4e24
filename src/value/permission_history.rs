//! Which versions have a permission, and its default there.

use crate::value::{names::Permission, server_version::ServerVersion};

impl Permission {
    /// The first server version that has the permission, or `None` if this crate does not know it.
    ///
    /// Source: `openapi/history.json`, which is derived from real servers of every release since
    /// 0.6.43. That is the first version of all permissions that are as old or older.
    ///
    /// ```
    /// use owui_groups::{Permission, ServerVersion};
    ///
    /// assert_eq!(Permission::ChatDelete.since(), Some(ServerVersion::new(0, 6, 43)));
    /// assert_eq!(
    ///     Permission::WorkspaceModelsHidden.since(),
    ///     Some(ServerVersion::new(0, 12, 4)),
    /// );
    /// ```
    pub fn since(&self) -> Option<ServerVersion> {
        self.since_text().map(parsed)
    }

    /// Whether a newly installed server of this version gives the permission to every user.
    ///
    /// Returns `None` if the version does not have the permission, or this crate does not know it.
    /// A version newer than this crate has the default of the newest version that it knows. An
    /// administrator may have changed the defaults of a server.
    ///
    /// Source: as of [`since`](Self::since).
    ///
    /// ```
    /// use owui_groups::{Permission, ServerVersion};
    ///
    /// let permission = Permission::WorkspaceModelsHidden;
    /// assert_eq!(permission.default_on(ServerVersion::new(0, 12, 3)), None);
    /// assert_eq!(permission.default_on(ServerVersion::new(0, 12, 4)), Some(false));
    /// ```
    pub fn default_on(&self, version: ServerVersion) -> Option<bool> {
        let mut changes = self.default_changes().iter().rev();
        let (_, default) = changes.find(|(since, _)| parsed(since) <= version)?;
        *default
    }
}

/// A test reads all of them, so the fallback is never taken.
fn parsed(text: &str) -> ServerVersion {
    text.parse().unwrap_or(ServerVersion::OLDEST_SUPPORTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_of_a_permission_is_one() {
        for permission in Permission::KNOWN {
            let changes = permission.default_changes().iter().map(|(since, _)| since);
            for text in changes.chain(&permission.since_text()) {
                assert!(
                    text.parse::<ServerVersion>().is_ok(),
                    "{permission}: {text}"
                );
            }
        }
    }

    #[test]
    fn the_first_version_of_a_permission_has_a_default_if_one_is_known() {
        let has_one = |permission: &&Permission| !permission.default_changes().is_empty();
        for permission in Permission::KNOWN.iter().filter(has_one) {
            let since = permission.since().unwrap();
            assert!(permission.default_on(since).is_some(), "{permission}");
        }
    }

    #[test]
    fn an_older_version_has_no_default() {
        let older = ServerVersion::new(0, 6, 42);
        assert!(
            Permission::KNOWN
                .iter()
                .all(|known| known.default_on(older).is_none())
        );
    }

    #[test]
    fn the_defaults_are_those_of_the_newest_version() {
        let newest = ServerVersion::new(u64::MAX, 0, 0);
        let defaults: Vec<_> = Permission::KNOWN
            .iter()
            .filter_map(|known| Some((known.clone(), known.default_on(newest)?)))
            .collect();
        assert_eq!(defaults, Permission::DEFAULTS);
    }

    #[test]
    fn an_unknown_permission_has_no_history() {
        let unknown = Permission::try_from("chat.fly").unwrap();
        assert_eq!(unknown.since(), None);
        assert_eq!(unknown.default_on(ServerVersion::OLDEST_SUPPORTED), None);
    }
}
