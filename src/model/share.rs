//! Who may share with a group.

use serde_json::Value;

/// Who may share models, prompts and the like with a group.
///
/// Source: `data.config.share` as servers read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Share {
    /// Everybody who may share at all: `true`.
    Anyone,
    /// Members of the group only: `"members"`, which 0.6.43 does not know yet.
    Members,
    /// Nobody but administrators: `false`.
    Nobody,
}

impl Share {
    /// Reads the value that stands in the data; `None` for any other.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(true) => Some(Self::Anyone),
            Value::Bool(false) => Some(Self::Nobody),
            Value::String(text) if text.eq_ignore_ascii_case("members") => Some(Self::Members),
            _ => None,
        }
    }
}

impl From<Share> for Value {
    fn from(share: Share) -> Self {
        match share {
            Share::Anyone => Self::Bool(true),
            Share::Members => Self::from("members"),
            Share::Nobody => Self::Bool(false),
        }
    }
}
