//! Deserializes permissions. Known permissions that are booleans need no allocation.

use std::{fmt, ops::Range};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Value};

use crate::value::{names::Permission, permissions::Permissions};

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PermissionsVisitor)
    }
}

struct PermissionsVisitor;

impl<'de> Visitor<'de> for PermissionsVisitor {
    type Value = Permissions;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Permissions, A::Error> {
        let mut permissions = Permissions::new();
        while let Some(key) = map.next_key_seed(Key(known_category))? {
            match key {
                Found::Known(known) => map.next_value_seed(Category {
                    known,
                    permissions: &mut permissions,
                })?,
                Found::Other(key) => permissions.put_other(&key, map.next_value()?),
            }
        }
        Ok(permissions)
    }
}

/// Visitor methods that pass a JSON value to `put`. Booleans and maps need other methods.
macro_rules! visit_values {
    ($value:ty) => {
        fn visit_i64<E>(self, value: i64) -> Result<$value, E> {
            self.put(value)
        }

        fn visit_u64<E>(self, value: u64) -> Result<$value, E> {
            self.put(value)
        }

        fn visit_f64<E>(self, value: f64) -> Result<$value, E> {
            self.put(value)
        }

        fn visit_str<E>(self, value: &str) -> Result<$value, E> {
            self.put(value)
        }

        fn visit_unit<E>(self) -> Result<$value, E> {
            self.put(Value::Null)
        }

        fn visit_none<E>(self) -> Result<$value, E> {
            self.put(Value::Null)
        }

        fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<$value, D::Error> {
            deserializer.deserialize_any(self)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<$value, A::Error> {
            let items = Value::deserialize(SeqAccessDeserializer::new(items))?;
            self.put(items)
        }
    };
}

/// A category of the document, and the places of its permissions.
type KnownCategory = &'static (&'static str, Range<usize>);

fn known_category(key: &str) -> Option<KnownCategory> {
    Permission::CATEGORIES.iter().find(|(name, _)| *name == key)
}

/// The value of a known category. If a key is repeated, the last one applies.
struct Category<'a> {
    known: KnownCategory,
    permissions: &'a mut Permissions,
}

impl Category<'_> {
    fn put<E>(self, value: impl Into<Value>) -> Result<(), E> {
        let (category, _) = self.known;
        self.permissions.put_other(category, value.into());
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Category<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let (category, places) = self.known;
        if let Some(values) = self.permissions.known.get_mut(places.clone()) {
            values.fill(None);
        }
        self.permissions.take_other(category);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Category<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any valid JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (category, _) = self.known;
        let known = &mut self.permissions.known;
        let mut rest = Map::new();
        let mut other = None;
        while let Some(key) =
            map.next_key_seed(Key(|name: &str| Permission::place_of(category, name)))?
        {
            match key {
                Found::Known(place) => {
                    let allowed = map.next_value_seed(Setting(&mut other))?;
                    if let Some(known) = known.get_mut(place) {
                        *known = allowed;
                    }
                    if allowed.is_none() {
                        rest.insert(known_name(place), other.take().unwrap_or_default());
                    } else if !rest.is_empty() {
                        rest.remove(&known_name(place));
                    }
                }
                Found::Other(name) => _ = rest.insert(name, map.next_value()?),
            }
        }
        self.permissions.put_category(category, rest);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put(value)
    }

    visit_values!(());
}

/// The value of a known permission, if it is a boolean. Other values are stored elsewhere, so that
/// a boolean needs no space for them and no drop.
struct Setting<'a>(&'a mut Option<Value>);

impl Setting<'_> {
    fn put<E>(self, value: impl Into<Value>) -> Result<Option<bool>, E> {
        *self.0 = Some(value.into());
        Ok(None)
    }
}

impl<'de> DeserializeSeed<'de> for Setting<'_> {
    type Value = Option<bool>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<bool>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Setting<'_> {
    type Value = Option<bool>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any valid JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Option<bool>, E> {
        Ok(Some(value))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<bool>, A::Error> {
        let map = Value::deserialize(MapAccessDeserializer::new(map))?;
        self.put(map)
    }

    visit_values!(Option<bool>);
}

fn known_name(place: usize) -> String {
    let permission = Permission::KNOWN.get(place);
    permission.map_or_else(String::new, |permission| permission.path()[1].to_owned())
}

/// Reads a key, and allocates it only if the function does not know it.
struct Key<F>(F);

enum Found<T> {
    Known(T),
    Other(String),
}

impl<'de, T, F: Fn(&str) -> Option<T>> DeserializeSeed<'de> for Key<F> {
    type Value = Found<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found<T>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: Fn(&str) -> Option<T>> Visitor<'_> for Key<F> {
    type Value = Found<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Found<T>, E> {
        Ok(self.0(key).map_or_else(|| Found::Other(key.to_owned()), Found::Known))
    }
}
