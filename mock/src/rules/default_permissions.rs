//! The permissions that a server gives to every user.

use owui_groups::{Permission, Permissions};
use serde_json::{Map, Value};

use crate::emulated_version::EmulatedVersion;

/// The permissions of every user of this version, as categories of switches.
pub(crate) fn default_permissions(version: EmulatedVersion) -> Map<String, Value> {
    let known = Permission::KNOWN.iter();
    let defaults = known.filter_map(|permission| {
        let default = permission.default_on(version.version())?;
        Some((permission.clone(), default))
    });
    defaults.collect::<Permissions>().into()
}
