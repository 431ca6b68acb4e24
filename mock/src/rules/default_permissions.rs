//! The permissions that a server gives to every user.

use std::sync::LazyLock;

use owui_groups::{Permission, Permissions};
use serde_json::{Map, Value};

/// The permissions of every user, as categories of switches.
pub(crate) fn default_permissions() -> Map<String, Value> {
    DEFAULT_PERMISSIONS.clone()
}

static DEFAULT_PERMISSIONS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let defaults = Permission::DEFAULTS.iter().cloned();
    defaults.collect::<Permissions>().into()
});
