//! What the compiler reports.

use std::{collections::BTreeMap, fmt, path::Path};

use serde::Deserialize;

/// The first error in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Relative to the workspace; absolute for generated code.
    file: String,
    line: u32,
    message: String,
    /// The line of the file.
    code: String,
}

impl Problem {
    fn is_in_generated_code(&self) -> bool {
        Path::new(&self.file).is_absolute()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            message,
            code,
        } = self;
        match self.is_in_generated_code() {
            true => write!(formatter, "generated code: {message}: `{code}`"),
            false => write!(formatter, "{file}:{line}: {message}"),
        }
    }
}

#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    message: String,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: u32,
    is_primary: bool,
    #[serde(default)]
    text: Vec<Text>,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

/// The problems in cargo's messages, one for each file. Those of generated code come last: most
/// follow from the others, or are fixed in overlay.json.
pub(crate) fn problems(messages: &str) -> Vec<Problem> {
    let mut found: BTreeMap<(bool, String), Problem> = BTreeMap::new();
    let lines = messages.lines().map(serde_json::from_str::<Line>);
    for message in lines.filter_map(|line| line.ok()?.message) {
        if !message.level.starts_with("error") {
            continue;
        }
        let Some(span) = message.spans.iter().find(|span| span.is_primary) else {
            continue;
        };
        let span = outside_of_macros(span);
        let problem = Problem {
            file: span.file_name.clone(),
            line: span.line_start,
            message: message.message.replace('\n', " "),
            code: span
                .text
                .first()
                .map_or("", |line| line.text.trim())
                .to_owned(),
        };
        let key = (problem.is_in_generated_code(), problem.file.clone());
        let first = found.entry(key).or_insert_with(|| problem.clone());
        if problem.line < first.line {
            *first = problem;
        }
    }
    found.into_values().collect()
}

/// The place in hand-written code that an error in a macro of another package is about.
fn outside_of_macros(span: &Span) -> &Span {
    match &span.expansion {
        Some(expansion) if Path::new(&span.file_name).is_absolute() => {
            outside_of_macros(&expansion.span)
        }
        _ => span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(level: &str, file: &str, line: u32, text: &str) -> String {
        let span = json!({
            "file_name": file, "line_start": line, "is_primary": true, "expansion": null,
            "text": [{"text": "    pub slug: String,"}],
        });
        let message = json!({"level": level, "message": text, "spans": [span]});
        json!({"reason": "compiler-message", "message": message}).to_string()
    }

    fn lines(messages: &[String]) -> Vec<String> {
        let found = problems(&messages.join("\n"));
        found.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn each_file_is_named_once_with_its_first_error() {
        let messages = [
            "not JSON".to_owned(),
            json!({"reason": "compiler-artifact"}).to_string(),
            message("warning", "src/a.rs", 1, "unused"),
            message("error", "src/b.rs", 9, "no field `x`"),
            message("error", "src/b.rs", 7, "no field `y`"),
            message("error", "src/b.rs", 9, "no field `x`"),
            message("error", "mock/src/c.rs", 3, "missing\nargument"),
        ];
        assert_eq!(
            lines(&messages),
            [
                "mock/src/c.rs:3: missing argument",
                "src/b.rs:7: no field `y`"
            ]
        );
    }

    #[test]
    fn generated_code_comes_last_and_shows_its_line() {
        let messages = [
            message(
                "error",
                "/x/out/client.rs",
                1,
                "missing documentation for a struct field",
            ),
            message("error", "src/b.rs", 9, "no field `x`"),
        ];
        let expected = [
            "src/b.rs:9: no field `x`",
            "generated code: missing documentation for a struct field: `pub slug: String,`",
        ];
        assert_eq!(lines(&messages), expected);
    }

    #[test]
    fn an_error_without_a_place_is_the_sum_of_others() {
        let aborting = json!({"level": "error", "message": "aborting", "spans": []});
        assert!(lines(&[json!({"message": aborting}).to_string()]).is_empty());
    }
}
