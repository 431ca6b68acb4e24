//! Operations: one request body, one success, and the errors that the client reads.

use serde_json::{Map, Value, json};

use crate::document::lower::{
    context::{Lowering, Place},
    rust_names::type_name,
    walk::Pointer,
};

/// The errors whose bodies are described; the client reads all others itself.
const ERRORS: [&str; 2] = ["422", "4XX"];

/// Keys with texts.
const TEXTS: [&str; 5] = [
    "description",
    "operationId",
    "summary",
    "x-retry",
    "x-since",
];

impl Lowering<'_> {
    /// Lowers an operation.
    ///
    /// # Errors
    ///
    /// Returns the reason for which it cannot be generated.
    pub(crate) fn operation(
        &mut self,
        operation: &Value,
        shared: &[(Value, Pointer)],
        path: &str,
        method: &str,
        at: &Pointer,
    ) -> Result<Value, String> {
        if ["options", "trace"].contains(&method) {
            return Err("the HTTP client has no such method".to_owned());
        }
        let is_whole = |part: &str| {
            let inner = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            !inner.unwrap_or(part).contains(['{', '}']) && inner != Some("")
        };
        if !path
            .strip_prefix('/')
            .is_some_and(|path| path.split('/').all(is_whole))
        {
            return Err("a parameter is only a part of a segment of its path".to_owned());
        }
        let id = operation.get("operationId").and_then(Value::as_str);
        let name = type_name(id.unwrap_or("operation")).unwrap_or_else(|| "Operation".to_owned());
        let place = |at: Pointer, received: bool| Place {
            at,
            name: name.clone(),
            received,
            sent: !received,
        };
        let mut lowered = plain_keys(operation);

        let body = match operation.get("requestBody") {
            Some(body) => self.body(body, &place(at.child("requestBody"), false))?,
            None => None,
        };
        let own = operation.get("parameters").and_then(Value::as_array);
        let own = own
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, parameter)| {
                (
                    parameter.clone(),
                    at.below(&["parameters", &index.to_string()]),
                )
            });
        let mut all: Vec<(Value, Pointer)> = shared.to_vec();
        for (parameter, at) in own {
            let key = |parameter: &Value| {
                let parameter = self.follow(parameter).unwrap_or_default();
                (parameter.get("name").cloned(), parameter.get("in").cloned())
            };
            // A parameter of the operation replaces that of its path.
            let replaced = key(&parameter);
            all.retain(|(other, _)| key(other) != replaced);
            all.push((parameter, at));
        }
        let all: Vec<_> = all
            .into_iter()
            .map(|(parameter, at)| (parameter, place(at, false)))
            .collect();
        let parameters = self.parameters(&all, path, body.is_some())?;
        if !parameters.is_empty() {
            lowered.insert("parameters".to_owned(), Value::Array(parameters));
        }
        if let Some(body) = body {
            lowered.insert("requestBody".to_owned(), body);
        }
        let responses = operation.get("responses").and_then(Value::as_object);
        let responses = responses.ok_or("it has no responses")?;
        let responses = self.responses(responses, &place(at.child("responses"), true))?;
        lowered.insert("responses".to_owned(), responses);
        Ok(Value::Object(lowered))
    }

    /// Lowers a request body. `None` if it is left out.
    fn body(&mut self, body: &Value, place: &Place) -> Result<Option<Value>, String> {
        let body = self.follow(body).ok_or("its request body is nowhere")?;
        let content = body.get("content").and_then(Value::as_object);
        let content = content.filter(|content| !content.is_empty());
        let Some(content) = content else {
            return Ok(None);
        };
        let required = body.get("required") == Some(&json!(true));
        let Some((media_type, json)) = json_of(content) else {
            let kinds = Vec::from_iter(content.keys().map(String::as_str)).join("`, `");
            if required {
                return Err(format!("its request body is no JSON but `{kinds}`"));
            }
            self.note(
                &place.at,
                format!("is no JSON but `{kinds}`, and is left out"),
            );
            return Ok(None);
        };
        self.note_other_media_types(content, media_type, place);
        let inside = place.inside(&["content", media_type, "schema"], "Body");
        let schema = json.get("schema").cloned().unwrap_or(Value::Bool(true));
        let schema = self.lower(&schema, &inside);
        let mut lowered = json!({"content": {"application/json": {"schema": schema}}});
        for key in ["description", "required"] {
            let value = body
                .get(key)
                .filter(|value| value.is_string() || value.is_boolean());
            if let (Some(value), Some(lowered)) = (value, lowered.as_object_mut()) {
                lowered.insert(key.to_owned(), value.clone());
            }
        }
        Ok(Some(lowered))
    }

    fn responses(
        &mut self,
        responses: &Map<String, Value>,
        place: &Place,
    ) -> Result<Value, String> {
        let is_success = |status: &&String| status.starts_with('2') && status.len() == 3;
        let success = responses
            .keys()
            .find(|status| *status == "200")
            .or_else(|| responses.keys().find(is_success))
            .or_else(|| responses.keys().find(|status| *status == "default"))
            .ok_or("it has no successful response")?;
        let mut lowered = Map::new();
        for (status, response) in responses {
            let inside = place.inside(&[status], "Response");
            if status == success {
                let response = self.success(response, &inside)?;
                let status = match status.as_str() {
                    "default" | "2xx" => "2XX",
                    status => status,
                };
                lowered.insert(status.to_owned(), response);
            } else if ERRORS.contains(&status.as_str()) {
                let inside = place.inside(&[status], "Error");
                match self.json_response(response, &inside) {
                    Some(response) => _ = lowered.insert(status.clone(), response),
                    None => self.note(&inside.at, "is no JSON, and is left out"),
                }
            } else if !status.starts_with("x-") {
                self.note(&inside.at, "is left out");
            }
        }
        Ok(Value::Object(lowered))
    }

    fn success(&mut self, response: &Value, place: &Place) -> Result<Value, String> {
        let response = self.follow(response).ok_or("its response is nowhere")?;
        let content = response.get("content").and_then(Value::as_object);
        if content.is_none_or(Map::is_empty) {
            return Ok(json!({"description": description(&response)}));
        }
        let lowered = self.json_response(&response, place);
        lowered.ok_or_else(|| "its successful response is no JSON".to_owned())
    }

    /// Lowers a response with JSON. `None` if it has none.
    fn json_response(&mut self, response: &Value, place: &Place) -> Option<Value> {
        let response = self.follow(response)?;
        let content = response.get("content")?.as_object()?;
        let (media_type, json) = json_of(content)?;
        self.note_other_media_types(content, media_type, place);
        let inside = place.same(&["content", media_type, "schema"]);
        let schema = json.get("schema").cloned().unwrap_or(Value::Bool(true));
        let schema = self.lower(&schema, &inside);
        Some(json!({
            "description": description(&response),
            "content": {"application/json": {"schema": schema}}
        }))
    }

    fn note_other_media_types(&mut self, content: &Map<String, Value>, kept: &str, place: &Place) {
        for media_type in content.keys().filter(|key| *key != kept) {
            let at = place.at.below(&["content", media_type]);
            self.note(&at, format!("is left out; `{kept}` is used"));
        }
    }
}

fn json_of(content: &Map<String, Value>) -> Option<(&str, &Value)> {
    let is_json =
        |key: &str| key.split(';').next().unwrap_or_default().trim() == "application/json";
    let mut all = content.iter().filter(|(key, _)| is_json(key));
    all.next().map(|(key, value)| (key.as_str(), value))
}

fn description(response: &Value) -> &str {
    let description = response.get("description").and_then(Value::as_str);
    description.unwrap_or_default()
}

/// What is carried over, if it is what OpenAPI 3.0.3 expects.
fn plain_keys(operation: &Value) -> Map<String, Value> {
    let is_texts = |value: &Value| {
        let texts = value.as_array();
        texts.is_some_and(|texts| texts.iter().all(Value::is_string))
    };
    let is_security = |value: &Value| {
        let all = value.as_array();
        all.is_some_and(|all| {
            all.iter().all(|one| {
                one.as_object()
                    .is_some_and(|one| one.values().all(is_texts))
            })
        })
    };
    let entries = operation.as_object().into_iter().flatten();
    entries
        .filter(|(key, value)| match key.as_str() {
            "deprecated" | "x-safe" => value.is_boolean(),
            "tags" => is_texts(value),
            "security" => is_security(value),
            key => TEXTS.contains(&key) && value.is_string(),
        })
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
