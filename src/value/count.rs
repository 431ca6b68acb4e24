//! Counts in responses.

use std::fmt;

use serde::{Deserialize, Deserializer, de::Visitor};

/// A count that is read as 0 if it is negative. Servers count with several queries, so members that
/// come and go can make a difference negative.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(CountVisitor).map(Self)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a count")
    }

    fn visit_u64<E>(self, value: u64) -> Result<u64, E> {
        Ok(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<u64, E> {
        Ok(u64::try_from(value).unwrap_or_default())
    }
}

/// Reads a count, for the attribute `deserialize_with` of a generated field.
pub(crate) fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Count::deserialize(deserializer).map(|count| count.0)
}

/// Reads a count that may be null, for the attribute `deserialize_with` of a generated field.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    let count = Option::<Count>::deserialize(deserializer)?;
    Ok(count.map(|count| count.0))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Counts {
        #[serde(deserialize_with = "super::required")]
        total: u64,
        #[serde(default, deserialize_with = "super::optional")]
        members: Option<u64>,
    }

    fn counts(total: u64, members: Option<u64>) -> Counts {
        Counts { total, members }
    }

    #[test]
    fn a_negative_count_is_read_as_zero() {
        let read: Counts = serde_json::from_str(r#"{"total": -1, "members": -2}"#).unwrap();
        assert_eq!(read, counts(0, Some(0)));
    }

    #[test]
    fn an_absent_or_null_count_is_none() {
        for text in [r#"{"total": 2}"#, r#"{"total": 2, "members": null}"#] {
            let read: Counts = serde_json::from_str(text).unwrap();
            assert_eq!(read, counts(2, None));
        }
    }

    #[test]
    fn other_values_are_rejected() {
        for text in [r#"{"total": 1.5}"#, r#"{"total": "1"}"#, r#"{}"#] {
            assert!(serde_json::from_str::<Counts>(text).is_err(), "{text}");
        }
    }
}
