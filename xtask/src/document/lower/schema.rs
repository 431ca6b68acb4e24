//! Schemas: JSON Schema 2020-12 to the dialect of OpenAPI 3.0.3.

use serde_json::{Map, Value, json};

use crate::document::lower::walk::{Error, Pointer, array, object, other};

/// Lowers one schema and all that it holds.
pub(crate) fn lower(schema: &Value, at: &Pointer) -> Result<Value, Error> {
    let keywords = match schema {
        Value::Bool(true) => return Ok(json!({})),
        Value::Object(keywords) => keywords,
        _ => return Err(at.error("is a schema that OpenAPI 3.0.3 does not have")),
    };
    let mut lowered = Map::new();
    let mut nullable = false;
    for (keyword, value) in keywords {
        let at = &at.child(keyword);
        match keyword.as_str() {
            "type" => {
                let (kind, null) = instance_type(value, at)?;
                nullable |= null;
                lowered.insert("type".to_owned(), kind);
            }
            "anyOf" | "oneOf" => {
                let (alternatives, null) = without_null(value, at)?;
                nullable |= null;
                insert_alternatives(&mut lowered, keyword, alternatives, null, at)?;
            }
            "allOf" => insert(&mut lowered, keyword, array(value, at, lower)?, at)?,
            "not" | "items" => insert(&mut lowered, keyword, lower(value, at)?, at)?,
            "additionalProperties" => {
                let value = match value {
                    Value::Bool(_) => value.clone(),
                    schema => lower(schema, at)?,
                };
                insert(&mut lowered, keyword, value, at)?;
            }
            "properties" => {
                let value = object(value, at, |_, value, at| lower(value, at))?;
                insert(&mut lowered, keyword, value, at)?;
            }
            "const" => insert(&mut lowered, "enum", json!([value]), at)?,
            "exclusiveMinimum" | "exclusiveMaximum" if value.is_number() => {
                let bound = if keyword == "exclusiveMinimum" {
                    "minimum"
                } else {
                    "maximum"
                };
                insert(&mut lowered, bound, value.clone(), at)?;
                insert(&mut lowered, keyword, Value::Bool(true), at)?;
            }
            "$ref" | "title" | "description" | "default" | "enum" | "format" | "pattern"
            | "minimum" | "maximum" | "multipleOf" | "minLength" | "maxLength" | "minItems"
            | "maxItems" | "uniqueItems" | "minProperties" | "maxProperties" | "required"
            | "readOnly" | "writeOnly" | "deprecated" | "discriminator" | "externalDocs"
            | "example" => insert(&mut lowered, keyword, value.clone(), at)?,
            _ => insert(&mut lowered, keyword, other(keyword, value, at)?, at)?,
        }
    }
    if nullable {
        insert(&mut lowered, "nullable", Value::Bool(true), at)?;
    }
    Ok(Value::Object(keep_siblings_of_reference(lowered)))
}

/// `["string", "null"]` is a nullable string; two types are not expressible.
fn instance_type(value: &Value, at: &Pointer) -> Result<(Value, bool), Error> {
    let kinds = match value {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return Err(at.error("is neither a type nor a list of types")),
    };
    let (null, kinds): (Vec<_>, Vec<_>) = kinds.into_iter().partition(|kind| *kind == "null");
    match kinds.as_slice() {
        [kind @ ("string" | "number" | "integer" | "boolean" | "object" | "array")] => {
            Ok((Value::from(*kind), !null.is_empty()))
        }
        _ => Err(at.error("needs exactly one type besides null in OpenAPI 3.0.3")),
    }
}

/// The alternatives that are not `{"type": "null"}`, lowered, and whether that was among them.
fn without_null(value: &Value, at: &Pointer) -> Result<(Vec<Value>, bool), Error> {
    let alternatives = value
        .as_array()
        .ok_or_else(|| at.error("is not an array"))?;
    let null = json!({"type": "null"});
    let lowered = alternatives
        .iter()
        .enumerate()
        .filter(|(_, alternative)| **alternative != null)
        .map(|(index, alternative)| lower(alternative, &at.child(&index.to_string())))
        .collect::<Result<Vec<_>, _>>()?;
    let found = lowered.len() < alternatives.len();
    Ok((lowered, found))
}

/// One alternative beside null is not a choice: its keywords join the schema's own.
fn insert_alternatives(
    lowered: &mut Map<String, Value>,
    keyword: &str,
    alternatives: Vec<Value>,
    null: bool,
    at: &Pointer,
) -> Result<(), Error> {
    match <[Value; 1]>::try_from(alternatives) {
        Ok([only]) if null => match only {
            Value::Object(keywords) => keywords
                .into_iter()
                .try_for_each(|(keyword, value)| insert(lowered, &keyword, value, at)),
            _ => Err(at.error("is not a list of schemas")),
        },
        Ok([only]) => insert(lowered, keyword, json!([only]), at),
        Err(alternatives) if alternatives.is_empty() => {
            Err(at.error("allows nothing but null, which OpenAPI 3.0.3 cannot say"))
        }
        Err(alternatives) => insert(lowered, keyword, Value::Array(alternatives), at),
    }
}

/// Two keywords that would lower to one are an error, not a silent overwrite.
fn insert(
    lowered: &mut Map<String, Value>,
    keyword: &str,
    value: Value,
    at: &Pointer,
) -> Result<(), Error> {
    match lowered.insert(keyword.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(at.error(format!("collides with another `{keyword}` when lowered"))),
    }
}

/// In 3.0.3 whatever stands beside a `$ref` is ignored; inside `allOf` it counts.
fn keep_siblings_of_reference(mut schema: Map<String, Value>) -> Map<String, Value> {
    if schema.len() > 1
        && let Some(reference) = schema.remove("$ref")
    {
        let reference = json!({"$ref": reference});
        match schema.get_mut("allOf").and_then(Value::as_array_mut) {
            Some(parts) => parts.insert(0, reference),
            None => {
                schema.insert("allOf".to_owned(), json!([reference]));
            }
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn lowers(schema: &Value, expected: &Value) {
        assert_eq!(lower(schema, &Pointer::default()).as_ref(), Ok(expected));
    }

    #[track_caller]
    fn refuses(schema: &Value, pointer: &str) {
        let error = lower(schema, &Pointer::default()).unwrap_err().to_string();
        assert!(error.starts_with(pointer), "{error} is not at {pointer}");
    }

    #[test]
    fn null_becomes_nullable() {
        lowers(
            &json!({"anyOf": [{"type": "string"}, {"type": "null"}], "title": "T"}),
            &json!({"type": "string", "nullable": true, "title": "T"}),
        );
        lowers(
            &json!({"type": ["integer", "null"]}),
            &json!({"type": "integer", "nullable": true}),
        );
        lowers(
            &json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}),
            &json!({"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}),
        );
    }

    #[test]
    fn what_stands_beside_a_reference_still_counts() {
        lowers(
            &json!({"$ref": "#/components/schemas/A", "description": "d"}),
            &json!({"allOf": [{"$ref": "#/components/schemas/A"}], "description": "d"}),
        );
        lowers(
            &json!({"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}),
            &json!({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true}),
        );
        lowers(&json!({"$ref": "#/a"}), &json!({"$ref": "#/a"}));
    }

    #[test]
    fn keywords_of_3_1_become_those_of_3_0() {
        lowers(&json!({"const": "a"}), &json!({"enum": ["a"]}));
        lowers(
            &json!({"type": "integer", "exclusiveMinimum": 0}),
            &json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
        );
        lowers(
            &json!({"type": "array", "items": true}),
            &json!({"type": "array", "items": {}}),
        );
    }

    #[test]
    fn what_3_0_cannot_say_is_an_error() {
        refuses(&json!({"type": ["string", "integer"]}), "#/type ");
        refuses(&json!({"type": "null"}), "#/type ");
        refuses(&json!({"anyOf": [{"type": "null"}]}), "#/anyOf ");
        refuses(&json!({"prefixItems": []}), "#/prefixItems ");
        refuses(
            &json!({"properties": {"a/b": {"patternProperties": {}}}}),
            "#/properties/a~1b/patternProperties ",
        );
        refuses(&json!({"allOf": [{"$defs": {}}]}), "#/allOf/0/$defs ");
        refuses(&json!(false), "# ");
    }

    #[test]
    fn two_keywords_that_lower_to_one_are_an_error() {
        refuses(&json!({"minimum": 1, "exclusiveMinimum": 0}), "#/minimum ");
        refuses(
            &json!({"title": "outer", "anyOf": [{"type": "string", "title": "inner"}, {"type": "null"}]}),
            "#/title ",
        );
        refuses(
            &json!({"anyOf": [{"type": "string"}, {"type": "null"}],
                    "oneOf": [{"type": "integer"}, {"type": "null"}]}),
            "#/oneOf ",
        );
    }
}
