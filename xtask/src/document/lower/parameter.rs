//! Parameters, all of which are texts on the wire.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Map, Value, json};

use crate::document::lower::{
    context::{Lowering, Place},
    rust_names::{are_distinct_variants, field_name, is_as_in_rust},
    shape::{Kind, Scalar, Shape},
    walk::Pointer,
};

/// Headers that a parameter does not describe, as OpenAPI has it.
const OTHER_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

impl Lowering<'_> {
    /// Lowers the parameters of an operation. One that cannot be sent is left out if it is
    /// optional.
    ///
    /// # Errors
    ///
    /// Returns the reason for which the operation cannot be generated.
    pub(crate) fn parameters(
        &mut self,
        published: &[(Value, Place)],
        path: &str,
        has_body: bool,
    ) -> Result<Vec<Value>, String> {
        let in_path = names_in(path);
        let mut names = BTreeSet::new();
        let mut arguments = BTreeSet::new();
        if has_body {
            arguments.insert("body".to_owned());
        }
        let mut all = Vec::new();
        // Of several with one name in Rust, the one that is written as in Rust keeps it, so that a
        // release that adds a similar one does not remove it.
        let mut in_order = Vec::from_iter(published);
        in_order.sort_by_key(|(parameter, _)| {
            let parameter = self.follow(parameter);
            let name = parameter.as_ref().and_then(|one| one.get("name")?.as_str());
            !name.is_some_and(is_as_in_rust)
        });
        // A required parameter gets its name before an optional one.
        for is_required in [true, false] {
            for (parameter, place) in &in_order {
                let Some(parameter) = self.follow(parameter) else {
                    self.note(&place.at, "leads to no parameter, and is left out");
                    continue;
                };
                let text = |key: &str| parameter.get(key).and_then(Value::as_str);
                let (Some(name), Some(location)) = (text("name"), text("in")) else {
                    self.note(&place.at, "is not a parameter, and is left out");
                    continue;
                };
                let required =
                    location == "path" || parameter.get("required") == Some(&json!(true));
                if required != is_required {
                    continue;
                }
                let is_unused = match location {
                    "path" => !in_path.contains(&name),
                    "header" => OTHER_HEADERS.contains(&name.to_lowercase().as_str()),
                    _ => false,
                };
                if is_unused {
                    self.note(&place.at, "is not sent, and is left out");
                    continue;
                }
                let inside = place.inside(&[], &name.to_pascal_case());
                let lowered = match argument(name) {
                    None if !required => Err("its name is no name in Rust".to_owned()),
                    argument => match argument.or_else(|| field_name(name)) {
                        Some(argument) if arguments.contains(&argument) || names.contains(name) => {
                            Err("another argument has its name in Rust".to_owned())
                        }
                        Some(argument) => {
                            let lowered =
                                self.parameter(&parameter, name, location, required, &inside);
                            if lowered.is_ok() {
                                arguments.insert(argument);
                                names.insert(name.to_owned());
                            }
                            lowered
                        }
                        None => Err("its name is no name in Rust".to_owned()),
                    },
                };
                match lowered {
                    Ok(lowered) => all.push(lowered),
                    Err(reason) if required => {
                        return Err(format!("the parameter `{name}` cannot be sent: {reason}"));
                    }
                    Err(reason) => {
                        let reason = format!("cannot be sent, and is left out: {reason}");
                        self.note(&place.at, reason);
                    }
                }
            }
        }
        for name in in_path {
            if !names.contains(name) {
                all.push(json!({
                    "name": name, "in": "path", "required": true, "schema": {"type": "string"}
                }));
            }
        }
        Ok(in_published_order(all, published))
    }

    fn parameter(
        &mut self,
        parameter: &Value,
        name: &str,
        location: &str,
        required: bool,
        place: &Place,
    ) -> Result<Value, String> {
        let style = parameter.get("style").and_then(Value::as_str);
        let explode = parameter.get("explode").and_then(Value::as_bool);
        match location {
            "path" if style.is_none_or(|style| style == "simple") => {}
            "query" if style.is_none_or(|style| style == "form") => {}
            "header" if required => {}
            "path" | "query" => return Err("its style is not supported".to_owned()),
            "header" => return Err("it is a header".to_owned()),
            _ => return Err("it is a cookie".to_owned()),
        }
        let schema = parameter.get("schema").ok_or("it has no schema")?;
        let place = place.same(&["schema"]);
        let shape = self.shape(schema, &place);
        let lowered = match (location, self.resolved(shape, 0)) {
            // Its type must be one that a header accepts.
            (
                "header",
                Shape {
                    kind: Kind::Scalars(_) | Kind::Enum(_) | Kind::Open,
                    ..
                },
            ) => {
                json!({"type": "string"})
            }
            (
                "query",
                Shape {
                    kind: Kind::Array(items),
                    nullable,
                },
            ) => {
                if explode == Some(false) {
                    return Err("its style is not supported".to_owned());
                }
                let items = match self.is_text(&items) {
                    true => items,
                    false => {
                        self.note(
                            &place.at,
                            "has items that are no single texts; they are sent as texts",
                        );
                        json!({"type": "string"})
                    }
                };
                let shape = Shape {
                    kind: Kind::Array(items),
                    nullable,
                };
                self.write(shape, &json!({}), &place)
            }
            (
                _,
                shape @ Shape {
                    kind: Kind::Enum(_) | Kind::Reference(_),
                    ..
                },
            ) if location != "header" => self.write(shape, schema, &place),
            (
                "path" | "query",
                Shape {
                    kind: Kind::Scalars(scalars),
                    nullable,
                },
            ) => {
                // A part of a path cannot be null.
                let nullable = nullable && location != "path";
                match scalars.as_slice() {
                    [scalar] => {
                        let shape = Shape::scalar(*scalar).or_null(nullable);
                        self.write(shape, schema, &place)
                    }
                    _ => {
                        self.note(&place.at, "has several types; it is sent as a text");
                        let shape = Shape::scalar(Scalar::String).or_null(nullable);
                        self.write(shape, &json!({}), &place)
                    }
                }
            }
            (
                "path" | "query",
                Shape {
                    kind: Kind::Open | Kind::Nothing,
                    ..
                },
            ) => {
                self.note(&place.at, "has any type; it is sent as a text");
                json!({"type": "string"})
            }
            _ => return Err("its schema is not that of a text".to_owned()),
        };
        let mut lowered = Map::from_iter([
            ("name".to_owned(), json!(name)),
            ("in".to_owned(), json!(location)),
            ("schema".to_owned(), lowered),
        ]);
        if required || parameter.get("required").is_some() {
            lowered.insert("required".to_owned(), json!(required));
        }
        if let Some(description) = parameter.get("description").filter(|text| text.is_string()) {
            lowered.insert("description".to_owned(), description.clone());
        }
        Ok(Value::Object(lowered))
    }

    /// The shape of the schema that a reference leads to, except for an enum, whose name counts.
    fn resolved(&mut self, shape: Shape, depth: usize) -> Shape {
        let Kind::Reference(name) = &shape.kind else {
            return shape;
        };
        let published = self.published_name(name).to_owned();
        let Some(schema) = self.schemas.get(&published).cloned() else {
            return shape;
        };
        if depth > 8 {
            return Shape::OPEN;
        }
        let mark = self.mark();
        let place = Place {
            at: Pointer::default(),
            name: name.clone(),
            received: false,
            sent: true,
        };
        let inner = self.shape(&schema, &place);
        self.return_to(mark);
        let nullable = shape.nullable || inner.nullable;
        match inner.kind {
            Kind::Enum(values) if are_distinct_variants(&values) => shape,
            Kind::Enum(_) => Shape::scalar(Scalar::String).or_null(nullable),
            kind => self.resolved(Shape { kind, nullable }, depth + 1),
        }
    }

    /// Whether a lowered schema is that of one text.
    fn is_text(&mut self, schema: &Value) -> bool {
        let kind = schema.get("type").and_then(Value::as_str);
        if schema.get("nullable").is_some() {
            return false;
        }
        match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
                let hoisted = self.hoisted.get(&name);
                hoisted.is_some_and(|schema| schema.get("enum").is_some()) || {
                    let shape = Shape::of(Kind::Reference(name));
                    matches!(self.resolved(shape, 0).kind, Kind::Reference(_))
                }
            }
            None => kind.is_some_and(|kind| Scalar::from_type_name(kind).is_some()),
        }
    }
}

/// The generated argument, if the build finds it by its name.
fn argument(name: &str) -> Option<String> {
    let argument = field_name(name)?;
    let found = argument.to_snake_case() == name.replace('\'', "").to_snake_case();
    found.then_some(argument)
}

/// The names between braces.
fn names_in(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}

fn in_published_order(mut all: Vec<Value>, published: &[(Value, Place)]) -> Vec<Value> {
    let place = |lowered: &Value| {
        let name = lowered.get("name");
        let same = |(parameter, _): &(Value, Place)| parameter.get("name") == name;
        published.iter().position(same)
    };
    all.sort_by_key(place);
    all
}
