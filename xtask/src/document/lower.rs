//! OpenAPI 3.1 to 3.0.3, for a generator that knows only 3.0.
//!
//! It knows what 3.0.3 can express. Anything else is an error with the JSON
//! pointer of the place, so that nothing is lost in silence.

mod schema;
mod walk;

use serde_json::Value;

use crate::document::{
    lower::walk::{Error, Pointer, array, object, other},
    slice,
};

/// Lowers a document.
///
/// # Errors
///
/// At the first place that 3.0.3 cannot express.
pub(crate) fn to_3_0(document: &Value) -> Result<Value, Error> {
    let root = Pointer::default();
    match document.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.1.") => {}
        Some(version) => return Err(root.child("openapi").error(format!("{version} is not 3.1"))),
        None => return Err(root.error("is not an OpenAPI document: it has no `openapi`")),
    }
    object(document, &root, |key, value, at| match key {
        "openapi" => Ok(Value::from("3.0.3")),
        "info" => object(value, at, |key, value, at| match key {
            "title" | "version" | "description" | "termsOfService" | "contact" => Ok(value.clone()),
            _ => other(key, value, at),
        }),
        "paths" => object(value, at, |_, value, at| path_item(value, at)),
        "components" => object(value, at, |key, value, at| match key {
            "schemas" => object(value, at, |_, value, at| schema::lower(value, at)),
            "securitySchemes" => object(value, at, |_, value, at| security_scheme(value, at)),
            _ => other(key, value, at),
        }),
        "servers" | "tags" | "security" | "externalDocs" => Ok(value.clone()),
        _ => other(key, value, at),
    })
}

fn path_item(value: &Value, at: &Pointer) -> Result<Value, Error> {
    object(value, at, |key, value, at| match key {
        key if slice::is_method(key) => operation(value, at),
        "parameters" => array(value, at, parameter),
        "summary" | "description" | "servers" => Ok(value.clone()),
        _ => other(key, value, at),
    })
}

fn operation(value: &Value, at: &Pointer) -> Result<Value, Error> {
    object(value, at, |key, value, at| match key {
        "parameters" => array(value, at, parameter),
        "requestBody" => object(value, at, |key, value, at| match key {
            "content" => content(value, at),
            "description" | "required" => Ok(value.clone()),
            _ => other(key, value, at),
        }),
        "responses" => object(value, at, |_, value, at| response(value, at)),
        "tags" | "summary" | "description" | "operationId" | "deprecated" | "security"
        | "servers" | "externalDocs" => Ok(value.clone()),
        _ => other(key, value, at),
    })
}

fn parameter(value: &Value, at: &Pointer) -> Result<Value, Error> {
    object(value, at, |key, value, at| match key {
        "schema" => schema::lower(value, at),
        "name" | "in" | "description" | "required" | "deprecated" | "allowEmptyValue" | "style"
        | "explode" | "allowReserved" | "example" => Ok(value.clone()),
        _ => other(key, value, at),
    })
}

fn response(value: &Value, at: &Pointer) -> Result<Value, Error> {
    object(value, at, |key, value, at| match key {
        "content" => content(value, at),
        "description" => Ok(value.clone()),
        _ => other(key, value, at),
    })
}

fn content(value: &Value, at: &Pointer) -> Result<Value, Error> {
    object(value, at, |_, value, at| {
        if value.get("schema").is_none() {
            return Err(at.error("has no `schema`, and the generator needs one"));
        }
        object(value, at, |key, value, at| match key {
            "schema" => schema::lower(value, at),
            "example" => Ok(value.clone()),
            _ => other(key, value, at),
        })
    })
}

fn security_scheme(value: &Value, at: &Pointer) -> Result<Value, Error> {
    match value.get("type").and_then(Value::as_str) {
        Some("http" | "apiKey" | "oauth2" | "openIdConnect") => Ok(value.clone()),
        _ => Err(at.error("is a security scheme that OpenAPI 3.0.3 does not have")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(schema: &Value) -> Value {
        json!({
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a/{id}": {"get": {
                "operationId": "get_a",
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
            }}},
            "components": {"schemas": {}}
        })
    }

    #[test]
    fn what_it_knows_is_carried_over() {
        let lowered = to_3_0(&document(&json!({"type": ["string", "null"]}))).unwrap();
        assert_eq!(lowered["openapi"], "3.0.3");
        assert_eq!(
            lowered["paths"]["/a/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"],
            json!({"type": "string", "nullable": true})
        );
        assert_eq!(
            lowered["paths"]["/a/{id}"]["get"]["parameters"],
            document(&json!({}))["paths"]["/a/{id}"]["get"]["parameters"]
        );
    }

    #[test]
    fn what_it_does_not_know_is_an_error_with_its_pointer() {
        let mut webhooks = document(&json!({}));
        webhooks["webhooks"] = json!({});
        let mut callbacks = document(&json!({}));
        callbacks["paths"]["/a/{id}"]["get"]["callbacks"] = json!({});
        let mut untyped = document(&json!({}));
        untyped["paths"]["/a/{id}"]["get"]["responses"]["200"]["content"]["application/json"] =
            json!({});
        for (document, pointer) in [
            (webhooks, "#/webhooks "),
            (callbacks, "#/paths/~1a~1{id}/get/callbacks "),
            (
                untyped,
                "#/paths/~1a~1{id}/get/responses/200/content/application~1json ",
            ),
            (
                document(&json!({"items": {"if": {}}})),
                "#/paths/~1a~1{id}/get/responses/200/content/application~1json/schema/items/if ",
            ),
            (json!({"openapi": "3.0.3"}), "#/openapi "),
            (json!([]), "# "),
        ] {
            let error = to_3_0(&document).unwrap_err().to_string();
            assert!(error.starts_with(pointer), "{error} is not at {pointer}");
        }
    }
}
