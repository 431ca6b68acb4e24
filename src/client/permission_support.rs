//! Permissions that the server does not have. It stores them, and they have no effect.

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    value::{
        names::{Operation, Permission},
        permissions::Permissions,
        server_version::ServerVersion,
    },
};

impl GroupsClient {
    /// Rejects permissions that are allowed now, were not allowed before, and that the server does
    /// not have.
    ///
    /// The server's version decides. It is requested once, if there is a permission that not every
    /// supported server has. Without a version, nothing is rejected.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnsupportedVersion`] with the names of the permissions.
    pub(crate) async fn require_permissions(
        &self,
        operation: Operation,
        permissions: Option<&Permissions>,
        before: Option<&Permissions>,
    ) -> Result<()> {
        let newer = newly_allowed(permissions, before);
        if newer.is_empty() {
            return Ok(());
        }
        let Some(version) = self.optional_version().await else {
            return Ok(());
        };
        let missing = missing(newer, version);
        let Some(required) = missing.iter().map(|(_, since)| *since).max() else {
            return Ok(());
        };
        let names: Vec<_> = missing
            .iter()
            .map(|(permission, _)| format!("`{permission}`"))
            .collect();
        let message = format!(
            "the server does not have the permission {}, so it would have no effect; unset it, or \
             upgrade the server",
            names.join(", ")
        );
        Err(Error::new(ErrorKind::UnsupportedVersion)
            .with_operation(operation)
            .with_message(message)
            .with_versions(Some(version), required))
    }
}

/// The permissions that not every supported server has, with the first version that has them.
fn newly_allowed(
    permissions: Option<&Permissions>,
    before: Option<&Permissions>,
) -> Vec<(Permission, ServerVersion)> {
    let allowed = permissions.into_iter().flat_map(Permissions::iter);
    allowed
        .filter(|(_, is_allowed)| *is_allowed)
        .filter(|(permission, _)| !before.is_some_and(|before| before.is_allowed(permission)))
        .filter_map(|(permission, _)| {
            let since = permission.since()?;
            (since > ServerVersion::OLDEST_SUPPORTED).then_some((permission, since))
        })
        .collect()
}

/// Those that the version does not have. A pre-release may have what its release has, and an
/// unsupported version may be that of a different program.
fn missing(
    mut permissions: Vec<(Permission, ServerVersion)>,
    version: ServerVersion,
) -> Vec<(Permission, ServerVersion)> {
    let release = ServerVersion::new(version.major(), version.minor(), version.patch());
    permissions.retain(|(_, since)| release < *since && version >= ServerVersion::OLDEST_SUPPORTED);
    permissions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowing(permissions: &[Permission]) -> Permissions {
        permissions.iter().map(|it| (it.clone(), true)).collect()
    }

    #[test]
    fn only_what_becomes_allowed_counts() {
        let (new, old) = (Permission::WorkspaceModelsHidden, Permission::ChatDelete);
        let names = |permissions, before| -> Vec<_> {
            let found = newly_allowed(Some(permissions), before);
            found
                .into_iter()
                .map(|(permission, _)| permission)
                .collect()
        };
        let both = allowing(&[new.clone(), old]);
        assert_eq!(names(&both, None), vec![new.clone()]);
        assert_eq!(names(&both, Some(&both)), []);
        let denied: Permissions = [(new, false)].into_iter().collect();
        assert_eq!(names(&denied, None), []);
    }

    #[test]
    fn the_version_decides_and_a_pre_release_has_what_its_release_has() {
        let permission = Permission::WorkspaceModelsHidden;
        let since = permission.since().unwrap();
        let is_missing = |version: &str| {
            !missing(vec![(permission.clone(), since)], version.parse().unwrap()).is_empty()
        };
        assert!(is_missing("0.12.3"));
        assert!(is_missing("0.6.43"));
        for version in ["0.12.4", "0.12.4rc1", "0.12.4-acme", "0.13.0", "0.1.0"] {
            assert!(!is_missing(version), "{version}");
        }
    }
}
