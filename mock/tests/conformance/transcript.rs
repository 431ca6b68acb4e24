//! Responses of a server, in a form that can be compared between servers.

use std::collections::BTreeMap;

use serde_json::Value;

/// One request and its response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The sender and the request.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    /// The CORS headers, if they are compared.
    pub(crate) cors: BTreeMap<String, String>,
    pub(crate) body: Body,
}

/// The body of a response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    Nothing,
    Json(Value),
    /// A body with another content type, or one that is declared as JSON but is not.
    Text(String),
}

impl Body {
    /// Reads a body. The content of HTML pages is not compared.
    pub(crate) fn read(content_type: Option<&str>, bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Nothing;
        }
        let is_json = content_type.is_some_and(|it| it.starts_with("application/json"));
        if is_json && let Ok(value) = serde_json::from_slice(bytes) {
            return Self::Json(value);
        }
        let text = String::from_utf8_lossy(bytes);
        let start = text.trim_start().get(..14).unwrap_or_default();
        if start.eq_ignore_ascii_case("<!doctype html") {
            return Self::Text("<page>".to_owned());
        }
        Self::Text(text.into_owned())
    }
}

impl Entry {
    /// Status and content type.
    pub(crate) fn response_line(&self) -> String {
        match &self.content_type {
            Some(content_type) => format!("{} {content_type}", self.status),
            None => self.status.to_string(),
        }
    }
}
