//! Caches the server's version.

use std::{
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, Instant},
};

use crate::value::server_version::ServerVersion;

/// The time after which the version is requested again, if there was no response in time.
const SILENCE: Duration = Duration::from_secs(60);

/// The cached version of the server, which all clones of a client share.
#[derive(Default)]
pub(crate) struct KnownVersion(RwLock<Known>);

#[derive(Clone, Copy, Default)]
struct Known {
    version: Option<ServerVersion>,
    /// Whether the server does not report its version, so that it is not requested again.
    is_unreported: bool,
    silent_until: Option<Instant>,
    /// Whether groups have parents, as found by a request for a group.
    has_hierarchy: Option<bool>,
    /// The number of calls of [`refresh`](KnownVersion::refresh).
    refreshes: u64,
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

    /// Whether a request for the version would be useless.
    pub(crate) fn is_unreported(&self) -> bool {
        let known = self.read();
        let is_silent = || {
            known
                .silent_until
                .is_some_and(|until| Instant::now() < until)
        };
        known.version.is_none() && (known.is_unreported || is_silent())
    }

    /// Whether groups have parents, if known.
    pub(crate) fn has_hierarchy(&self) -> Option<bool> {
        let known = self.read();
        let by_version = known.version.and_then(ServerVersion::has_hierarchy);
        by_version.or(known.has_hierarchy)
    }

    /// The number to pass to [`set_version`](Self::set_version), read before the request is sent.
    pub(crate) fn refreshes(&self) -> u64 {
        self.read().refreshes
    }

    /// Discards the version and the result of the probe, because the server may have changed.
    pub(crate) fn refresh(&self) {
        let mut known = self.write();
        known.refreshes += 1;
        known.has_hierarchy = None;
    }

    /// Stores the version, unless it was discarded since the request was sent.
    pub(crate) fn set_version(&self, version: ServerVersion, refreshes: u64) {
        let mut known = self.write();
        if known.refreshes == refreshes {
            *known = Known {
                version: Some(version),
                refreshes,
                ..Known::default()
            };
        }
    }

    pub(crate) fn set_unreported(&self) {
        self.write().is_unreported = true;
    }

    pub(crate) fn set_silent(&self) {
        self.write().silent_until = Instant::now().checked_add(SILENCE);
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
