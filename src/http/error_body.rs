//! The bodies of error responses.

use serde_json::Value;

use crate::error::field_error::FieldError;

/// The most of a server's text that an error keeps.
const EXCERPT: usize = 500;

/// What a server said, cut and without control characters: it may be anything.
pub(crate) fn excerpt(text: &str) -> String {
    let mut characters = text.trim().chars().map(|character| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    });
    let mut excerpt: String = characters.by_ref().take(EXCERPT).collect();
    if characters.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

/// What the body of an error response says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    /// The server's own words, to understand and not to show.
    pub(crate) wording: String,
    pub(crate) detail: Option<String>,
    pub(crate) field_errors: Vec<FieldError>,
    /// Whether it has the shape of Open WebUI's error responses: a `detail` that is a
    /// text or a list of problems.
    pub(crate) is_open_webui: bool,
}

impl ErrorBody {
    /// Reads any body; what is not understood becomes the detail. Whatever is
    /// to be shown is redacted first and then cut, so that no secret is shown
    /// in part.
    pub(crate) fn read(body: &[u8], redact: impl Fn(String) -> String) -> Self {
        let shown = |text: String| excerpt(&redact(text));
        let json: Option<Value> = serde_json::from_slice(body).ok();
        let detail = json.as_ref().and_then(|json| json.get("detail"));
        match detail {
            Some(Value::String(detail)) => Self {
                wording: detail.clone(),
                detail: Some(shown(detail.clone())),
                field_errors: Vec::new(),
                is_open_webui: true,
            },
            Some(Value::Array(entries))
                if entries.iter().any(|entry| field_error(entry).is_some()) =>
            {
                let field_errors = entries.iter().filter_map(field_error);
                Self {
                    field_errors: field_errors
                        .map(|error| FieldError {
                            path: shown(error.path),
                            message: shown(error.message),
                        })
                        .collect(),
                    is_open_webui: true,
                    ..Self::default()
                }
            }
            _ => Self {
                detail: Some(shown(text_of(body))).filter(|text| !text.is_empty()),
                ..Self::default()
            },
        }
    }
}

/// A body as text, in which strings are escaped in one way: JSON has several.
pub(crate) fn text_of(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => json.to_string(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

fn field_error(entry: &Value) -> Option<FieldError> {
    let path = entry
        .get("loc")?
        .as_array()?
        .iter()
        .map(|part| match part {
            Value::String(name) => name.clone(),
            other => other.to_string(),
        })
        .collect::<Vec<_>>()
        .join(".");
    Some(FieldError {
        path,
        message: entry.get("msg")?.as_str()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> ErrorBody {
        ErrorBody::read(body.as_bytes(), |text| text)
    }

    #[test]
    fn a_text_is_the_detail() {
        let body = read(r#"{"detail": "Group not found."}"#);
        assert_eq!(body.detail.as_deref(), Some("Group not found."));
        assert!(body.is_open_webui && body.field_errors.is_empty());
    }

    #[test]
    fn problems_name_fields_and_positions() {
        let body = r#"{"detail": [{"type": "t", "loc": ["body", "user_ids", 3], "msg": "no"}]}"#;
        let body = read(body);
        assert_eq!(body.detail, None);
        assert_eq!(body.field_errors[0].to_string(), "body.user_ids.3: no");
    }

    #[test]
    fn what_is_no_json_is_kept_in_part() {
        let detail = |body: &str| read(body).detail;
        assert_eq!(
            detail("Bad \x1b[31mGateway\n").as_deref(),
            Some("Bad  [31mGateway")
        );
        assert_eq!(detail(""), None);
        let long = detail(&"ü".repeat(10_000)).unwrap();
        assert_eq!(long.chars().count(), 501);
    }

    #[test]
    fn another_programs_json_is_kept_as_it_is_and_recognised() {
        for text in [
            r#"{"message":"no Route matched"}"#,
            r#"{"detail":[1]}"#,
            "[]",
        ] {
            let body = read(text);
            assert_eq!(body.detail.as_deref(), Some(text));
            assert!(!body.is_open_webui);
        }
    }
}
