//! What is known of the server's version.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::value::server_version::ServerVersion;

/// What a client has learned of the server's version, for all of its clones.
#[derive(Default)]
pub(crate) struct KnownVersion(RwLock<Known>);

#[derive(Clone, Copy, Default)]
struct Known {
    version: Option<ServerVersion>,
    /// Whether the server does not report its version, so that it is not requested again.
    is_unreported: bool,
    /// Whether groups have parents, as a probe showed.
    has_hierarchy: Option<bool>,
}

impl KnownVersion {
    pub(crate) fn stated(version: Option<ServerVersion>) -> Self {
        let known = Self::default();
        known.write().version = version;
        known
    }

    pub(crate) fn version(&self) -> Option<ServerVersion> {
        self.read().version
    }

    pub(crate) fn is_unreported(&self) -> bool {
        self.read().is_unreported
    }

    /// Whether groups have parents, as far as it is known.
    pub(crate) fn has_hierarchy(&self) -> Option<bool> {
        let known = self.read();
        let by_version = known
            .version
            .map(|version| version >= ServerVersion::HIERARCHY);
        by_version.or(known.has_hierarchy)
    }

    pub(crate) fn set_version(&self, version: ServerVersion) {
        *self.write() = Known {
            version: Some(version),
            ..Known::default()
        };
    }

    /// The server does not report its version. What a probe showed may be of another one.
    pub(crate) fn set_unreported(&self) {
        let mut known = self.write();
        known.is_unreported = true;
        known.has_hierarchy = None;
    }

    pub(crate) fn set_hierarchy(&self, has_hierarchy: bool) {
        self.write().has_hierarchy = Some(has_hierarchy);
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
