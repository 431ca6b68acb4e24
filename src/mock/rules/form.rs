//! Reads bodies and queries as the server's framework does, and complains as it does.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use super::{answer::Answer, python_json};

/// A request's body, after the framework looked at it.
pub(super) enum Body {
    Absent,
    Json(Value),
    /// Of another content type.
    Other(Bytes),
}

impl Body {
    /// The framework reads the body before it asks who sends it.
    ///
    /// # Errors
    ///
    /// The answer to a body that is not JSON, although it says so.
    pub(super) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, Answer> {
        if body.is_empty() {
            return Ok(Self::Absent);
        }
        if !is_json(headers) {
            return Ok(Self::Other(body.clone()));
        }
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let Ok(text) = std::str::from_utf8(body) else {
            return Err(Answer::refusal(
                StatusCode::BAD_REQUEST,
                "There was an error parsing the body",
            ));
        };
        serde_json::from_str(text).map(Self::Json).map_err(|_| {
            let (position, message) = python_json::fault(text);
            Answer::invalid(vec![json!({
                "type": "json_invalid",
                "loc": ["body", position],
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": message},
            })])
        })
    }

    /// The fields of the object that the body has to be.
    pub(super) fn fields(&self) -> Fields<'_> {
        let mut problems = Vec::new();
        let object = match self {
            Self::Absent => {
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
                problems.push(no_object(other.clone()));
                None
            }
            Self::Other(bytes) => {
                problems.push(no_object(String::from_utf8_lossy(bytes).into()));
                None
            }
        };
        Fields { object, problems }
    }
}

/// Without a content type, JSON is assumed.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let content_type = content_type.to_str().unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind.strip_prefix("application/")
        .is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

/// The fields of a form, and what is wrong with them.
pub(super) struct Fields<'a> {
    object: Option<&'a Map<String, Value>>,
    problems: Vec<Value>,
}

impl Fields<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.object.is_some_and(|object| object.contains_key(name))
    }

    /// A text that has to be there.
    pub(super) fn text(&mut self, name: &str) -> String {
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

    /// A text, or null, or nothing.
    pub(super) fn text_if_any(&mut self, name: &str) -> Option<String> {
        match self.object?.get(name)? {
            Value::Null => {}
            Value::String(text) => return Some(text.clone()),
            other => self.wrong(name, "string_type", "Input should be a valid string", other),
        }
        None
    }

    /// An object, or null, or nothing.
    pub(super) fn object_if_any(&mut self, name: &str) -> Option<Map<String, Value>> {
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

    /// A list of texts; null or nothing is an empty one.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
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

    /// A rule of the server's own that a field breaks.
    pub(super) fn breaks(&mut self, name: &str, rule: &str, input: Value) {
        let mut broken = problem(
            "value_error",
            json!(["body", name]),
            &format!("Value error, {rule}"),
            input,
        );
        if let Some(broken) = broken.as_object_mut() {
            broken.insert("ctx".to_owned(), json!({"error": {}}));
        }
        self.problems.push(broken);
    }

    /// # Errors
    ///
    /// The answer to a form with anything wrong in it.
    pub(super) fn finish(self) -> Result<(), Answer> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Answer::invalid(self.problems))
        }
    }

    fn wrong(&mut self, name: &str, kind: &str, message: &str, input: &Value) {
        self.problems
            .push(problem(kind, json!(["body", name]), message, input.clone()));
    }
}

/// The parameters of a query, and what is wrong with them.
pub(super) struct Query {
    /// The last value of each name counts.
    pairs: Vec<(String, String)>,
    problems: Vec<Value>,
}

impl Query {
    pub(super) fn parse(query: Option<&str>) -> Self {
        let query = query.unwrap_or_default();
        Self {
            pairs: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            problems: Vec::new(),
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let mut pairs = self.pairs.iter().rev();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let text = self.text(name)?.to_owned();
        match text.to_ascii_lowercase().as_str() {
            "1" | "on" | "t" | "true" | "y" | "yes" => Some(true),
            "0" | "off" | "f" | "false" | "n" | "no" => Some(false),
            _ => {
                self.problems.push(problem(
                    "bool_parsing",
                    json!(["query", name]),
                    "Input should be a valid boolean, unable to interpret input",
                    text.into(),
                ));
                None
            }
        }
    }

    /// A number from one up.
    pub(super) fn count(&mut self, name: &str) -> Option<u64> {
        let text = self.text(name)?.to_owned();
        let place = json!(["query", name]);
        let Some(number) = python_integer(&text) else {
            self.problems.push(problem(
                "int_parsing",
                place,
                "Input should be a valid integer, unable to parse string as an integer",
                text.into(),
            ));
            return None;
        };
        if number < 1 {
            let mut low = problem(
                "greater_than_equal",
                place,
                "Input should be greater than or equal to 1",
                text.into(),
            );
            if let Some(low) = low.as_object_mut() {
                low.insert("ctx".to_owned(), json!({"ge": 1}));
            }
            self.problems.push(low);
        }
        Some(u64::try_from(number).unwrap_or(u64::MAX))
    }

    /// One of a few words.
    pub(super) fn word<'a>(&mut self, name: &str, words: &[&'a str]) -> Option<&'a str> {
        let text = self.text(name)?.to_owned();
        let found = words.iter().find(|word| **word == text).copied();
        if found.is_none() {
            let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            let expected = match quoted.as_slice() {
                [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
                [] => String::new(),
            };
            let mut other = problem(
                "literal_error",
                json!(["query", name]),
                &format!("Input should be {expected}"),
                text.into(),
            );
            if let Some(other) = other.as_object_mut() {
                other.insert("ctx".to_owned(), json!({ "expected": expected }));
            }
            self.problems.push(other);
        }
        found
    }

    /// # Errors
    ///
    /// The answer to a query with anything wrong in it.
    pub(super) fn finish(self) -> Result<(), Answer> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Answer::invalid(self.problems))
        }
    }
}

/// Spaces around it, a sign, single underscores between digits and zeros
/// behind a point are all taken.
fn python_integer(text: &str) -> Option<i128> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let ends = |place: Option<char>| place == Some('_');
    if whole.contains("__") || ends(whole.chars().next()) || ends(whole.chars().last()) {
        return None;
    }
    let digits = whole.replace('_', "");
    let unsigned = digits.strip_prefix(['-', '+']).unwrap_or(&digits);
    let is_number = !unsigned.is_empty() && unsigned.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(i128::MAX))
}

fn problem(kind: &str, place: Value, message: &str, input: Value) -> Value {
    json!({"type": kind, "loc": place, "msg": message, "input": input})
}

fn no_object(input: Value) -> Value {
    problem(
        "model_attributes_type",
        json!(["body"]),
        "Input should be a valid dictionary or object to extract fields from",
        input,
    )
}
