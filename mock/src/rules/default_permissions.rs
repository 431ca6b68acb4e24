//! The default permissions of all users.

use owui_groups::{Permission, Permissions};
use serde_json::{Map, Value};

use crate::emulated_version::EmulatedVersion;

/// The default permissions of this version, by category.
pub(crate) fn default_permissions(version: EmulatedVersion) -> Map<String, Value> {
    let known = Permission::KNOWN.iter();
    let defaults = known.filter_map(|permission| {
        let default = permission.default_on(version.version())?;
        Some((permission.clone(), default))
    });
    defaults.collect::<Permissions>().into()
}
