//! Parses request bodies, and reports errors like the server's framework.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::{
    emulated_version::EmulatedVersion,
    rules::{python_json, response::Response},
};

/// The body of a request, parsed as by the framework.
pub(crate) enum Body {
    Absent,
    Json(Value),
    /// A body of another content type.
    Other(Bytes),
}

impl Body {
    /// Parses a body. The framework does this before it authenticates the caller.
    ///
    /// # Errors
    ///
    /// Returns the error response if the content type is JSON, but the body is not.
    pub(crate) fn read(
        version: EmulatedVersion,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Self, Response> {
        if body.is_empty() {
            return Ok(Self::Absent);
        }
        if !is_json(version, headers) {
            return Ok(Self::Other(body.clone()));
        }
        let unreadable = || {
            Response::error(
                StatusCode::BAD_REQUEST,
                "There was an error parsing the body",
            )
        };
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
        serde_json::from_str(text).map(Self::Json).map_err(|_| {
            let Some((position, message)) = python_json::syntax_error(text) else {
                return unreadable();
            };
            Response::validation_error(vec![json!({
                "type": "json_invalid",
                "loc": ["body", position],
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": message},
            })])
        })
    }

    /// The fields of the body, which must be an object.
    pub(crate) fn fields(&self) -> Fields<'_> {
        let mut problems = Vec::new();
        let object = match self {
            Self::Absent | Self::Json(Value::Null) => {
                problems.push(problem(
                    "missing",
                    json!(["body"]),
                    "Field required",
                    Value::Null,
                ));
                None
            }
            Self::Json(Value::Object(object)) => Some(object),
            Self::Json(other) => {
                problems.push(not_an_object(other.clone()));
                None
            }
            Self::Other(bytes) => {
                problems.push(not_an_object(String::from_utf8_lossy(bytes).into()));
                None
            }
        };
        Fields { object, problems }
    }
}

fn is_json(version: EmulatedVersion, headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return version.reads_untyped_json();
    };
    let content_type = content_type.to_str().unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind.strip_prefix("application/")
        .is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

/// The fields of a form, and their problems.
pub(crate) struct Fields<'a> {
    object: Option<&'a Map<String, Value>>,
    problems: Vec<Value>,
}

impl Fields<'_> {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.object.is_some_and(|object| object.contains_key(name))
    }

    /// Reads a required text.
    pub(crate) fn text(&mut self, name: &str) -> String {
        let Some(object) = self.object else {
            return String::new();
        };
        match object.get(name) {
            Some(Value::String(text)) => return text.clone(),
            Some(other) => self.wrong(name, "string_type", "Input should be a valid string", other),
            None => self.problems.push(problem(
                "missing",
                json!(["body", name]),
                "Field required",
                Value::Object(object.clone()),
            )),
        }
        String::new()
    }

    /// Reads an optional text, which may be null.
    pub(crate) fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.object?.get(name)? {
            Value::Null => {}
            Value::String(text) => return Some(text.clone()),
            other => self.wrong(name, "string_type", "Input should be a valid string", other),
        }
        None
    }

    /// Reads an optional object, which may be null.
    pub(crate) fn optional_object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.object?.get(name)? {
            Value::Null => {}
            Value::Object(object) => return Some(object.clone()),
            other => self.wrong(
                name,
                "dict_type",
                "Input should be a valid dictionary",
                other,
            ),
        }
        None
    }

    /// Reads a list of texts. Null or an absent field is an empty list.
    pub(crate) fn texts(&mut self, name: &str) -> Vec<String> {
        let mut texts = Vec::new();
        match self.object.and_then(|object| object.get(name)) {
            None | Some(Value::Null) => {}
            Some(Value::Array(items)) => {
                for (place, item) in items.iter().enumerate() {
                    match item {
                        Value::String(text) => texts.push(text.clone()),
                        other => self.problems.push(problem(
                            "string_type",
                            json!(["body", name, place]),
                            "Input should be a valid string",
                            other.clone(),
                        )),
                    }
                }
            }
            Some(other) => self.wrong(name, "list_type", "Input should be a valid list", other),
        }
        texts
    }

    /// Adds a problem: a field violates a rule of the server.
    pub(crate) fn add_value_error(&mut self, name: &str, rule: &str, input: Value) {
        let mut error = problem(
            "value_error",
            json!(["body", name]),
            &format!("Value error, {rule}"),
            input,
        );
        if let Some(error) = error.as_object_mut() {
            error.insert("ctx".to_owned(), json!({"error": {}}));
        }
        self.problems.push(error);
    }

    /// Ends parsing.
    ///
    /// # Errors
    ///
    /// Returns the error response if the form has a problem.
    pub(crate) fn finish(self) -> Result<(), Response> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Response::validation_error(self.problems))
        }
    }

    fn wrong(&mut self, name: &str, kind: &str, message: &str, input: &Value) {
        self.problems
            .push(problem(kind, json!(["body", name]), message, input.clone()));
    }
}

/// A problem in the form of the framework.
pub(crate) fn problem(kind: &str, place: Value, message: &str, input: Value) -> Value {
    json!({"type": kind, "loc": place, "msg": message, "input": input})
}

fn not_an_object(input: Value) -> Value {
    problem(
        "model_attributes_type",
        json!(["body"]),
        "Input should be a valid dictionary or object to extract fields from",
        input,
    )
}
