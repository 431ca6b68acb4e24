//! Who may share with a group.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// Who may share models, prompts and other resources with a group.
///
/// Source: `data.config.share`, as servers interpret it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Share {
    /// Every user who may share at all: `true`.
    Anyone,
    /// Only members of the group: `"members"`. Open WebUI 0.6.43 does not support this.
    Members,
    /// Only administrators: `false`.
    Nobody,
}

impl Share {
    /// Reads the value as servers since 0.9.6 do: as text, ignoring case. `None` and null mean that
    /// nothing is set.
    pub(crate) fn read(value: Option<&Value>) -> Self {
        let text = match value {
            None | Some(Value::Null) => return Self::Anyone,
            Some(Value::String(text)) => text.to_ascii_lowercase(),
            Some(value) => value.to_string(),
        };
        match text.as_str() {
            "true" | "1" => Self::Anyone,
            "members" => Self::Members,
            _ => Self::Nobody,
        }
    }

    /// Whether the value is not one that [`Share`] writes.
    pub(crate) fn is_malformed(value: &Value) -> bool {
        value != &Value::from(Self::read(Some(value))) && !value.is_null()
    }
}

/// Serializes as the value that servers store.
impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from(*self).serialize(serializer)
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
