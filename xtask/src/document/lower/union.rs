//! Values that have one of several schemas, and values that are listed.

use serde_json::Value;

use crate::document::lower::{
    context::{Lowering, Place},
    shape::{Kind, Scalar, Shape, add_scalars},
};

impl Lowering<'_> {
    /// What at least one of the schemas allows.
    ///
    /// Only scalars of different JSON types are told apart by their values. Of other unions the
    /// generated code would lose fields, or reject valid values.
    pub(crate) fn union(&mut self, alternatives: &[Value], place: &Place) -> Shape {
        let mark = self.mark();
        let mut nullable = false;
        let mut kinds: Vec<Kind> = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let shape = self.shape(alternative, &place.same(&[&index.to_string()]));
            nullable |= shape.nullable;
            if shape.kind != Kind::Nothing && !kinds.contains(&shape.kind) {
                kinds.push(shape.kind);
            }
        }
        if kinds.contains(&Kind::Open) {
            return Shape::OPEN;
        }
        match kinds.as_slice() {
            [] => Shape::of(Kind::Nothing).or_null(nullable),
            [only] => Shape::of(only.clone()).or_null(nullable),
            _ => match scalars(&kinds) {
                Some(kind) => {
                    let listed = kinds.iter().any(|kind| matches!(kind, Kind::Enum(_)));
                    if listed && !matches!(kind, Kind::Enum(_)) {
                        self.note(
                            &place.at,
                            "is more than its listed values; any text is allowed",
                        );
                    }
                    Shape::of(kind).or_null(nullable)
                }
                None => {
                    self.return_to(mark);
                    self.open(
                        place,
                        "is a union that cannot be told apart by the type of JSON",
                    )
                }
            },
        }
    }

    /// What a list of values allows.
    pub(crate) fn values(&mut self, values: &[Value], place: &Place) -> Shape {
        let nullable = values.contains(&Value::Null);
        let mut texts = Vec::new();
        let mut scalars = Vec::new();
        let mut count = 0_usize;
        for value in values.iter().filter(|value| !value.is_null()) {
            count += 1;
            let Some(scalar) = Scalar::of_value(value) else {
                return self.open(place, "lists arrays or objects");
            };
            add_scalars(&mut scalars, &[scalar]);
            if let Value::String(text) = value
                && !texts.contains(text)
            {
                texts.push(text.clone());
            }
        }
        let shape = match count {
            0 if nullable => Shape::of(Kind::Nothing),
            0 => return self.open(place, "lists no values"),
            _ if scalars == [Scalar::String] => Shape::of(Kind::Enum(texts)),
            _ => {
                self.note(
                    &place.at,
                    "lists values that are no texts; only their types count",
                );
                Shape::of(Kind::Scalars(scalars))
            }
        };
        shape.or_null(nullable)
    }
}

/// The kind of all of these, if they are scalars.
fn scalars(kinds: &[Kind]) -> Option<Kind> {
    let mut all = Vec::new();
    let mut texts: Option<Vec<String>> = Some(Vec::new());
    for kind in kinds {
        match kind {
            Kind::Scalars(scalars) => {
                texts = None;
                add_scalars(&mut all, scalars);
            }
            Kind::Enum(values) => {
                add_scalars(&mut all, &[Scalar::String]);
                for value in values {
                    if let Some(texts) = &mut texts
                        && !texts.contains(value)
                    {
                        texts.push(value.clone());
                    }
                }
            }
            _ => return None,
        }
    }
    Some(texts.map_or(Kind::Scalars(all), Kind::Enum))
}
