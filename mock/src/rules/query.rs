//! Parses queries, and reports errors like the server's framework.

use serde_json::{Value, json};

use crate::rules::{form::problem, response::Response};

/// The parameters of a query, and their problems.
pub(crate) struct Query {
    /// The last value of each name is used.
    pairs: Vec<(String, String)>,
    problems: Vec<Value>,
}

impl Query {
    pub(crate) fn parse(query: Option<&str>) -> Self {
        let query = query.unwrap_or_default();
        Self {
            pairs: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            problems: Vec::new(),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let mut pairs = self.pairs.iter().rev();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
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

    /// Reads an integer.
    pub(crate) fn number(&mut self, name: &str) -> Option<i128> {
        let text = self.text(name)?.to_owned();
        let number = python_integer(&text);
        if number.is_none() {
            self.problems.push(problem(
                "int_parsing",
                json!(["query", name]),
                "Input should be a valid integer, unable to parse string as an integer",
                text.into(),
            ));
        }
        number
    }

    /// Reads an integer of at least 1.
    pub(crate) fn count(&mut self, name: &str) -> Option<u64> {
        let number = self.number(name)?;
        if number < 1 {
            let mut low = problem(
                "greater_than_equal",
                json!(["query", name]),
                "Input should be greater than or equal to 1",
                self.text(name).into(),
            );
            if let Some(low) = low.as_object_mut() {
                low.insert("ctx".to_owned(), json!({"ge": 1}));
            }
            self.problems.push(low);
        }
        Some(u64::try_from(number).unwrap_or(u64::MAX))
    }

    /// Reads one of these words.
    pub(crate) fn word<'a>(&mut self, name: &str, words: &[&'a str]) -> Option<&'a str> {
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

    /// Ends parsing.
    ///
    /// # Errors
    ///
    /// Returns the error response if the query has a problem.
    pub(crate) fn finish(self) -> Result<(), Response> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Response::validation_error(self.problems))
        }
    }
}

/// Parses an integer like Python. Surrounding spaces, a sign, single underscores between digits, and
/// zeros after a decimal point are accepted.
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
