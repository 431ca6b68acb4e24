//! The few forms of schemas that the generator makes dependable types of.

use serde_json::{Map, Value, json};

/// The values that a schema allows, as far as a type of Rust can express it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Every value.
    Open,
    /// No value but null, if that.
    Nothing,
    /// One of these, which differ in their JSON type.
    Scalars(Vec<Scalar>),
    /// One of these texts.
    Enum(Vec<String>),
    /// An array of a lowered schema.
    Array(Value),
    /// An object with any keys, and values of a lowered schema.
    Map(Value),
    /// A lowered schema of an object with known keys.
    Object(Map<String, Value>),
    /// The name of a schema of the lowered document.
    Reference(String),
}

/// A type of JSON that is not a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    String,
    Integer,
    Unsigned,
    Positive,
    Number,
    Boolean,
}

impl Shape {
    pub(crate) const OPEN: Self = Self {
        kind: Kind::Open,
        nullable: true,
    };

    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            kind,
            nullable: false,
        }
    }

    pub(crate) fn scalar(scalar: Scalar) -> Self {
        Self::of(Kind::Scalars(vec![scalar]))
    }

    pub(crate) fn or_null(mut self, nullable: bool) -> Self {
        self.nullable |= nullable;
        self
    }
}

impl Scalar {
    /// The schema of the generator's input.
    pub(crate) fn schema(self) -> Map<String, Value> {
        let mut schema = Map::from_iter([("type".to_owned(), json!(self.type_name()))]);
        // The generator chooses the type of an integer by its minimum.
        let minimum = match self {
            Self::Unsigned => Some(0),
            Self::Positive => Some(1),
            _ => None,
        };
        if let Some(minimum) = minimum {
            schema.insert("minimum".to_owned(), json!(minimum));
        }
        schema
    }

    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer | Self::Unsigned | Self::Positive => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }

    pub(crate) fn from_type_name(name: &str) -> Option<Self> {
        match name {
            "string" => Some(Self::String),
            "integer" => Some(Self::Integer),
            "number" => Some(Self::Number),
            "boolean" => Some(Self::Boolean),
            _ => None,
        }
    }

    /// The scalar of a value. `None` for null and containers.
    pub(crate) fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(_) => Some(Self::String),
            Value::Bool(_) => Some(Self::Boolean),
            Value::Number(number) if number.is_i64() => Some(Self::Integer),
            Value::Number(_) => Some(Self::Number),
            _ => None,
        }
    }

    /// Whether the type of Rust can hold the value.
    pub(crate) fn holds(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_i64(),
            Self::Unsigned => value.is_u64(),
            Self::Positive => value.as_u64().is_some_and(|number| number > 0),
            Self::Number => value.is_number(),
        }
    }
}

/// Adds the scalars that are missing. An integer comes before a number, which would take its
/// values.
pub(crate) fn add_scalars(all: &mut Vec<Scalar>, more: &[Scalar]) {
    for scalar in more {
        let same_type = all
            .iter()
            .position(|known| known.type_name() == scalar.type_name());
        match same_type.and_then(|place| all.get_mut(place)) {
            // Two kinds of integers have only the signed one in common.
            Some(known) if known != scalar => *known = Scalar::Integer,
            Some(_) => {}
            None => all.push(*scalar),
        }
    }
    all.sort_by_key(|scalar| *scalar == Scalar::Number);
}
