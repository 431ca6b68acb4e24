//! The bodies of error responses.

use serde_json::Value;

use crate::{
    error::field_error::FieldError,
    http::{secrets::headers::SecretHeaders, secrets::server_text::ServerText},
};

/// The maximum number of field errors that are retained.
const FIELD_ERRORS: usize = 20;

/// The beginning of Open WebUI's error responses.
const CUT_OWN: &[u8] = br#"{"detail":"#;

/// The number of bytes that are read of the wording of an incomplete body.
const WORDING: usize = 200;

/// The length in bytes above which a path or a message is searched for secrets separately.
const LONG: usize = 4 << 10;

/// The parsed body of an error response.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    /// The original text of the server, for classification only. It is not shown.
    pub(crate) wording: String,
    pub(crate) detail: Option<String>,
    /// At most 20, and then one that reports how many more there are.
    pub(crate) field_errors: Vec<FieldError>,
    /// Whether the body has the shape of Open WebUI's error responses: only a `detail`, which is a
    /// text or a list of problems. Other programs add fields, for example `title` and `status` of RFC
    /// 9457.
    pub(crate) is_open_webui: bool,
}

impl ErrorBody {
    /// Parses a body, or the beginning of one if `is_cut`. A body of unknown shape becomes the
    /// detail.
    pub(crate) fn read(body: &[u8], is_cut: bool, secrets: &SecretHeaders) -> Self {
        let shown = |text: &str| ServerText::of_display(text, secrets).to_string();
        let json: Option<Value> = serde_json::from_slice(body).ok().filter(|_| !is_cut);
        let object = json.as_ref().and_then(Value::as_object);
        let is_open_webui = object.is_some_and(|object| object.len() == 1);
        match object.and_then(|object| object.get("detail")) {
            Some(Value::String(detail)) => Self {
                wording: detail.clone(),
                detail: Some(shown(detail)),
                field_errors: Vec::new(),
                is_open_webui,
            },
            Some(Value::Array(entries))
                if entries.iter().any(|entry| field_error(entry).is_some()) =>
            {
                let mut all = entries.iter().filter_map(field_error);
                let first = all.by_ref().take(FIELD_ERRORS);
                let mut field_errors = shown_together(first, secrets);
                field_errors.extend(further(all.count()));
                Self {
                    field_errors,
                    is_open_webui,
                    ..Self::default()
                }
            }
            _ => {
                // A 422 can be large, because it repeats the request body.
                let rest = body.strip_prefix(CUT_OWN).filter(|_| is_cut);
                let wording = rest.and_then(|rest| rest.strip_prefix(b"\""));
                let wording = wording.and_then(|wording| wording.get(..WORDING));
                Self {
                    wording: wording
                        .map(String::from_utf8_lossy)
                        .unwrap_or_default()
                        .into(),
                    detail: Some(ServerText::of_body(body, is_cut, secrets).to_string())
                        .filter(|text| !text.is_empty()),
                    field_errors: Vec::new(),
                    is_open_webui: rest.is_some(),
                }
            }
        }
    }
}

/// Redacts secrets that are split over a path and a message, or over several field errors.
fn shown_together(
    errors: impl Iterator<Item = FieldError>,
    secrets: &SecretHeaders,
) -> Vec<FieldError> {
    let shown = |text: &str| ServerText::of_display(text, secrets).to_string();
    // The part of a long text beyond the limit is not shown.
    let shortened = |text: String| match text.len() > LONG {
        true => shown(&text),
        false => text,
    };
    let texts = errors.flat_map(|error| [error.path, error.message].map(shortened));
    let texts = secrets.redaction().redact_together(texts.collect());
    let mut texts = texts.iter().map(|text| shown(text));
    let mut field_errors = Vec::new();
    while let (Some(path), Some(message)) = (texts.next(), texts.next()) {
        field_errors.push(FieldError { path, message });
    }
    field_errors
}

/// The field error that reports how many others are not retained.
fn further(count: usize) -> Option<FieldError> {
    let message = match count {
        0 => return None,
        1 => "1 more field error".to_owned(),
        _ => format!("{count} more field errors"),
    };
    Some(FieldError {
        path: "…".to_owned(),
        message,
    })
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
        ErrorBody::read(body.as_bytes(), false, &SecretHeaders::default())
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
    fn a_detail_among_other_keys_is_shown_and_is_that_of_another_program() {
        for (body, shown) in [
            (
                r#"{"title":"Unauthorized","status":401,"detail":"Jwt is missing"}"#,
                "Jwt is missing",
            ),
            (r#"{"detail":"no","code":1}"#, "no"),
        ] {
            let body = read(body);
            assert_eq!(body.detail.as_deref(), Some(shown));
            assert!(!body.is_open_webui);
        }
    }

    #[test]
    fn a_secret_that_is_split_over_field_errors_is_redacted() {
        let mut secrets = SecretHeaders::default();
        let name = http::HeaderName::from_static("x-login");
        secrets.set(name, "sk-0123456789abcdef").unwrap();
        let body = r#"{"detail": [
            {"loc": ["body", "sk-0123"], "msg": "456789 is in the way"},
            {"loc": ["body", "sk-01"], "msg": "no"},
            {"loc": ["header", "name", 1], "msg": "it ends with sk-01234567"},
            {"loc": ["89abcdef"], "msg": "no"}
        ]}"#;
        let body = ErrorBody::read(body.as_bytes(), false, &secrets);
        let shown: Vec<_> = body
            .field_errors
            .iter()
            .map(FieldError::to_string)
            .collect();
        assert_eq!(
            shown,
            [
                "body.[redacted]: [redacted] is in the way",
                "body.sk-01: no",
                "header.name.1: it ends with [redacted]",
                "[redacted]: no",
            ]
        );
    }

    #[test]
    fn what_is_no_json_is_kept_in_part() {
        let detail = |body: &str| read(body).detail;
        assert_eq!(
            detail("Bad \x1b[31mGateway\n").as_deref(),
            Some("Bad \\u{1b}[31mGateway")
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
