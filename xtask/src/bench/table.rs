//! Tables in Markdown.

use std::fmt;

/// A table.
pub(crate) struct Table {
    columns: usize,
    lines: Vec<String>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(head: impl IntoIterator<Item: Into<String>>) -> Self {
        let head: Vec<String> = head.into_iter().map(Into::into).collect();
        let columns = head.len();
        Self {
            columns,
            lines: vec![line(&head), format!("|{}", "---|".repeat(columns))],
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<String> = cells.into_iter().collect();
        cells.resize(self.columns, String::new());
        self.lines.push(line(&cells));
    }
}

fn line(cells: &[String]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines
            .iter()
            .try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_escaped_and_rows_have_all_columns() {
        let mut table = Table::new(["A", "B"]);
        table.row(["x | y".to_owned()]);
        assert_eq!(table.to_string(), "| A | B |\n|---|---|\n| x \\| y |  |\n");
    }
}
