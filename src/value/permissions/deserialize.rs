//! Reads permissions, without an allocation for those that are known and booleans.

use std::{fmt, ops::Range};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer},
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

/// A category of the document, and the places of its permissions.
type KnownCategory = &'static (&'static str, Range<usize>);

fn known_category(key: &str) -> Option<KnownCategory> {
    Permission::CATEGORIES.iter().find(|(name, _)| *name == key)
}

/// The value of a known category. If a key is there twice, the last one counts.
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
        while let Some(key) =
            map.next_key_seed(Key(|name: &str| Permission::place_of(category, name)))?
        {
            let value: Value = map.next_value()?;
            match key {
                Found::Known(place) => {
                    let allowed = value.as_bool();
                    if let Some(known) = known.get_mut(place) {
                        *known = allowed;
                    }
                    if allowed.is_none() {
                        rest.insert(known_name(place), value);
                    } else if !rest.is_empty() {
                        rest.remove(&known_name(place));
                    }
                }
                Found::Other(name) => _ = rest.insert(name, value),
            }
        }
        self.permissions.put_category(category, rest);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.put(value)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put(Value::Null)
    }

    fn visit_none<E>(self) -> Result<(), E> {
        self.put(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        let items = Value::deserialize(SeqAccessDeserializer::new(items))?;
        self.put(items)
    }
}

fn known_name(place: usize) -> String {
    let permission = Permission::KNOWN.get(place);
    permission.map_or_else(String::new, |permission| permission.path()[1].to_owned())
}

/// Reads a key, and owns it only if the function does not know it.
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
