//! Values that the generated code refers to (names, permissions, versions), and checks of texts.

pub(crate) mod count;
pub(crate) mod email_address;
pub(crate) mod invalid_value;
pub(crate) mod names;
pub(crate) mod parent_change;
pub(crate) mod pasted;
pub(crate) mod permission_error;
pub(crate) mod permission_history;
pub(crate) mod permission_name;
pub(crate) mod permissions;
pub(crate) mod server_version;
pub(crate) mod text_check;
