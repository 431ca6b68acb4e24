//! `BENCHMARKS.md` after a run of some parts: the other figures stay as they are.

use std::collections::HashMap;

/// Replaces the rows of tables that the new text has. A row is known by its section and its first
/// cell. Rows that the new text lacks are retained.
pub(crate) fn merge(old: &str, new: &str) -> String {
    let old: HashMap<&str, &str> = sections(old).collect();
    let merged = sections(new).map(|(title, section)| match old.get(title) {
        Some(before) => merge_section(before, section),
        None => section.to_owned(),
    });
    merged.collect()
}

/// The title and the whole text of each section; the introduction has no title.
fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest
            .get(1..)?
            .find("\n## ")
            .map_or(rest.len(), |end| end + 2);
        let (section, behind) = rest.split_at_checked(end)?;
        rest = behind;
        let title = section.lines().next().unwrap_or_default();
        let title = if title.starts_with("## ") { title } else { "" };
        Some((title, section))
    })
}

fn merge_section(old: &str, new: &str) -> String {
    let new_rows: Vec<_> = new.lines().filter_map(row).collect();
    // The first row is the head.
    if new_rows.len() <= 1 {
        return if old.lines().filter_map(row).count() > 1 {
            old.to_owned()
        } else {
            new.to_owned()
        };
    }
    let mut waiting: Vec<_> = new_rows.into_iter().skip(1).collect();
    let mut rows = Vec::new();
    for (key, line) in old.lines().filter_map(row).skip(1) {
        match waiting.iter().position(|(found, _)| *found == key) {
            Some(index) => rows.extend(waiting.drain(..=index).map(|(_, line)| line)),
            None => rows.push(line),
        }
    }
    rows.extend(waiting.into_iter().map(|(_, line)| line));
    let mut merged = String::new();
    let mut are_written = false;
    for line in new.split_inclusive('\n') {
        let is_row = row(line.trim_end()).is_some();
        if is_row && are_written {
            continue;
        }
        merged.push_str(line);
        if line.starts_with("|---") {
            rows.iter().for_each(|row| {
                merged.push_str(row);
                merged.push('\n');
            });
            are_written = true;
        }
    }
    merged
}

/// The first cell and the line, if it is the head or a row of a table.
fn row(line: &str) -> Option<(&str, &str)> {
    let (first, _) = line.strip_prefix("| ")?.split_once(" |")?;
    Some((first, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "# Title\n\n## One\n\nOld words.\n\n| Part | Figure |\n|---|---|\n| a | 1 |\n\
                       | c | 3 |\n\n## Two\n\n| Part | Figure |\n|---|---|\n| a | 5 |\n";

    #[test]
    fn measured_rows_replace_those_before_and_others_stay() {
        let new = "# Title\n\n## One\n\nNew words.\n\n| Part | Figure |\n|---|---|\n| c | 9 |\n\
                   | d | 4 |\n\n## Two\n\n| Part | Figure |\n|---|---|\n";
        let expected = "# Title\n\n## One\n\nNew words.\n\n| Part | Figure |\n|---|---|\n| a | 1 |\n\
                        | c | 9 |\n| d | 4 |\n\n## Two\n\n| Part | Figure |\n|---|---|\n| a | 5 |\n";
        assert_eq!(merge(OLD, new), expected);
    }

    #[test]
    fn whole_measurement_is_the_new_text() {
        let new = OLD.replace('1', "7").replace('5', "6");
        assert_eq!(merge(OLD, &new), new);
    }

    #[test]
    fn section_that_is_new_is_added() {
        let new = OLD.replace("Two", "Three");
        assert_eq!(merge(OLD, &new), new);
    }
}
