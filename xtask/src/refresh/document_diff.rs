//! The difference between two documents, line by line.

use similar::{Algorithm, ChangeTag, TextDiff};

/// Unchanged lines around a changed one.
const CONTEXT: usize = 3;

/// The differing lines in the form of a unified diff. The heading of each part names the keys that
/// lead to it, because line numbers of a document have no meaning for its readers.
pub(crate) fn unified(old: &str, new: &str) -> Vec<String> {
    // Others match braces of one schema with those of another.
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .diff_lines(old, new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        let changes = || {
            group
                .iter()
                .flat_map(|operation| diff.iter_changes(operation))
        };
        let first = changes().find(|change| change.tag() != ChangeTag::Equal);
        let keys = match first.map(|change| (change.old_index(), change.new_index())) {
            Some((Some(line), _)) => keys(old, line),
            Some((None, Some(line))) => keys(new, line),
            _ => String::new(),
        };
        lines.push(format!("@@ {keys} @@"));
        lines.extend(changes().map(|change| {
            let sign = change.tag();
            format!("{sign}{}", change.value().trim_end_matches(['\r', '\n']))
        }));
    }
    lines
}

/// The keys of the objects that a line of indented JSON is in.
fn keys(text: &str, line: usize) -> String {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let lines = Vec::from_iter(text.lines().take(line + 1));
    let mut above = lines.last().map_or(0, |line| depth(line));
    let mut keys = Vec::new();
    for line in lines.iter().rev().skip(1) {
        if depth(line) < above {
            above = depth(line);
            if let Some((key, _)) = line.trim().split_once("\": ") {
                keys.push(key.trim_start_matches('"'));
            }
        }
    }
    keys.reverse();
    keys.join(" > ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_names_the_keys_that_lead_to_it() {
        let old = "{\n  \"paths\": {\n    \"/a\": {\n      \"get\": {},\n      \"put\": 1\n    }\n  }\n}\n";
        let new = old.replace("\"put\": 1", "\"put\": 2");
        assert_eq!(
            unified(old, &new),
            [
                "@@ paths > /a @@",
                "   \"paths\": {",
                "     \"/a\": {",
                "       \"get\": {},",
                "-      \"put\": 1",
                "+      \"put\": 2",
                "     }",
                "   }",
                " }",
            ]
        );
    }

    #[test]
    fn equal_documents_have_no_difference() {
        assert!(unified("{\n}\n", "{\n}\n").is_empty());
    }
}
