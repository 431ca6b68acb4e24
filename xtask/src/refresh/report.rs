//! What a refresh changes, for people.

pub(crate) mod content;
mod markdown;
mod text;

use crate::refresh::report::content::Report;

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For a terminal
    Text,
    /// For the description of a pull request
    Markdown,
}

/// The report, with a line break at its end.
pub(crate) fn print(report: &Report, format: Format) -> String {
    match format {
        Format::Text => text::print(report),
        Format::Markdown => markdown::print(report),
    }
}

#[cfg(test)]
mod tests;
