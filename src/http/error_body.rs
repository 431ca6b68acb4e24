//! The bodies of error responses, and what an error shows of a body.

use std::fmt::{self, Write};

use serde_json::Value;

use crate::{error::field_error::FieldError, http::secret_headers::SecretHeaders};

/// The most of a server's text that an error keeps.
const EXCERPT: usize = 500;

/// How many bytes are read to get so many characters, which may be escaped.
const EXCERPT_SOURCE: usize = 4 << 10;

/// How many field errors are retained.
const FIELD_ERRORS: usize = 20;

/// Shows the beginning of a body, or of a part of it if `is_cut`, without secrets.
///
/// Only the beginning is read, however large the body is. A secret at its end could be there in
/// part, so as much as a secret may be long is left out.
pub(crate) fn excerpt_of_body(body: &[u8], is_cut: bool, secrets: &SecretHeaders) -> String {
    let reach = secrets.longest_in_text();
    let (source, is_cut) = match body.get(..EXCERPT_SOURCE.saturating_add(reach)) {
        Some(beginning) => (beginning, true),
        None => (body, is_cut),
    };
    let mut text = secrets.redact(String::from_utf8_lossy(source).into_owned());
    if is_cut {
        let end = text.len().saturating_sub(reach);
        text.truncate(up_to(&text, end).len());
    }
    excerpt(&text)
}

/// Shows the beginning of a text that may quote what a server sent, without secrets. No more of the
/// text is made than that.
pub(crate) fn excerpt_of_display(text: impl fmt::Display, secrets: &SecretHeaders) -> String {
    let (beginning, is_cut) = beginning(text, secrets);
    excerpt_of_body(beginning.as_bytes(), is_cut, secrets)
}

/// The text, if it is short and has no secrets in it.
pub(crate) fn is_harmless(text: impl fmt::Display, secrets: &SecretHeaders) -> bool {
    let (beginning, is_cut) = beginning(text, secrets);
    !is_cut && beginning.len() <= EXCERPT_SOURCE && secrets.redact(beginning.clone()) == beginning
}

fn beginning(text: impl fmt::Display, secrets: &SecretHeaders) -> (String, bool) {
    let mut beginning = Beginning {
        text: String::new(),
        limit: EXCERPT_SOURCE.saturating_add(secrets.longest_in_text()),
    };
    let is_cut = write!(beginning, "{text}").is_err();
    (beginning.text, is_cut)
}

/// Accepts text up to a limit, and then fails.
struct Beginning {
    text: String,
    limit: usize,
}

impl Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.limit.saturating_sub(self.text.len());
        let part = up_to(text, room);
        self.text.push_str(part);
        if part.len() == text.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

/// The text up to this byte, or to the end of the character before it.
fn up_to(text: &str, end: usize) -> &str {
    let end = end.min(text.len());
    let cut = (0..=end).rev().find_map(|end| text.get(..end));
    cut.unwrap_or_default()
}

/// What a server said, cut and without control characters: it may be anything.
fn excerpt(text: &str) -> String {
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
    /// At most 20, and then one that reports how many more there are.
    pub(crate) field_errors: Vec<FieldError>,
    /// Whether it has the shape of Open WebUI's error responses: a `detail` that is a
    /// text or a list of problems.
    pub(crate) is_open_webui: bool,
}

impl ErrorBody {
    /// Reads any body, or the first part of it if `is_cut`; what is not understood becomes the
    /// detail. Whatever is to be shown is redacted first and then cut, so that no secret is shown
    /// in part.
    pub(crate) fn read(body: &[u8], is_cut: bool, secrets: &SecretHeaders) -> Self {
        let shown = |text: String| excerpt_of_display(text, secrets);
        let json: Option<Value> = serde_json::from_slice(body).ok().filter(|_| !is_cut);
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
                let mut all = entries.iter().filter_map(field_error);
                let first = all.by_ref().take(FIELD_ERRORS).map(|error| FieldError {
                    path: shown(error.path),
                    message: shown(error.message),
                });
                let mut field_errors: Vec<_> = first.collect();
                field_errors.extend(further(all.count()));
                Self {
                    field_errors,
                    is_open_webui: true,
                    ..Self::default()
                }
            }
            _ => Self {
                detail: Some(excerpt_of_body(body, is_cut, secrets))
                    .filter(|text| !text.is_empty()),
                ..Self::default()
            },
        }
    }
}

/// Stands for the field errors that are not retained.
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

    /// Secrets of several lengths, each with characters that JSON escapes.
    fn secrets() -> (SecretHeaders, Vec<String>) {
        let mut headers = SecretHeaders::default();
        let secrets = ["sk-0123456789".to_owned(), "pa\"ss\\w\u{f6}rd".repeat(30)];
        for (number, secret) in secrets.iter().enumerate() {
            let name = http::HeaderName::try_from(format!("x-{number}")).unwrap();
            headers.set(name, secret).unwrap();
        }
        (headers, secrets.to_vec())
    }

    fn escaped(secret: &str) -> String {
        let escape = |unit| format!("\\u{unit:04x}");
        secret.encode_utf16().map(escape).collect()
    }

    /// Leading white space is not shown, so all that is shown is a part of the secret.
    #[test]
    fn a_secret_at_any_place_of_a_cut_is_not_shown_in_part() {
        let (headers, secrets) = secrets();
        let end = EXCERPT_SOURCE + headers.longest_in_text();
        for secret in &secrets {
            let once = escaped(secret);
            let twice = once.replace('\\', "\\\\");
            for text in [secret.clone(), once, twice] {
                let starts = (end.saturating_sub(text.len() + 20)..end + 1).step_by(3);
                for start in starts {
                    let body = format!("{}{text}{}", " ".repeat(start), " ".repeat(end));
                    let shown = excerpt_of_body(body.as_bytes(), false, &headers);
                    assert_eq!(shown, "", "at {start}");
                    let cut = body.as_bytes().get(..end).unwrap();
                    assert_eq!(excerpt_of_body(cut, true, &headers), "", "at {start}");
                    assert_eq!(excerpt_of_display(&body, &headers), "", "at {start}");
                }
            }
        }
    }

    #[test]
    fn a_body_that_is_not_cut_is_shown_to_its_end() {
        let (headers, _) = secrets();
        assert_eq!(excerpt_of_body(b"abc", false, &headers), "abc");
        assert_eq!(excerpt_of_body(b"abc", true, &headers), "");
        let long = "x".repeat(100_000);
        let shown = excerpt_of_body(long.as_bytes(), false, &headers);
        assert_eq!(shown.chars().count(), EXCERPT + 1);
    }
}
