//! The change of a group's parent in an update.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The change of a group's parent in an update. If it is absent, the parent stays the same.
///
/// Source: the schema `ParentChange` of `openapi/overlay.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParentChange {
    /// Sent as null.
    Detach,
    /// Sent as the ID of the new parent.
    MoveBelow(String),
}

impl ParentChange {
    /// The ID of the new parent, unless the group is detached.
    pub(crate) fn parent(&self) -> Option<&str> {
        match self {
            Self::Detach => None,
            Self::MoveBelow(id) => Some(id),
        }
    }
}

impl Serialize for ParentChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Detach => serializer.serialize_none(),
            Self::MoveBelow(id) => serializer.serialize_str(id),
        }
    }
}

impl<'de> Deserialize<'de> for ParentChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            None => Self::Detach,
            Some(id) => Self::MoveBelow(id),
        })
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for ParentChange {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ParentChange".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "null"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_parent_change_survives_the_wire(id in ".{0,8}") {
            for change in [ParentChange::Detach, ParentChange::MoveBelow(id)] {
                let text = serde_json::to_string(&change).unwrap();
                let read: ParentChange = serde_json::from_str(&text).unwrap();
                proptest::prop_assert_eq!(read, change);
            }
        }
    }
}
