//! The report for a terminal.

use crate::refresh::{
    change::{Change, Impact},
    report::content::Report,
};

/// Lines of the difference that are shown.
const SHOWN: usize = 60;

pub(crate) fn print(report: &Report) -> String {
    let mut lines = vec![format!(
        "Open WebUI {}, sha256 {}",
        report.server_version, report.sha256
    )];
    lines.extend(report.summary().map(str::to_owned));
    if let Some(rejection) = &report.old_rejection {
        lines.push(format!(
            "everything is reported as new, because the checked-in document cannot be generated: {rejection}"
        ));
    }
    for impact in [Impact::Breaking, Impact::Additive] {
        lines.extend(report.of_impact(impact).flat_map(change));
    }
    if !report.changes.is_empty() {
        lines.push(report.count());
    }
    for entry in &report.unmatched {
        lines.push(format!("overlay.json: nothing matches {entry}"));
    }
    for note in &report.notes {
        lines.push(format!("widened: {note}"));
    }
    lines.extend(difference("groups.json", &report.difference));
    lines.extend(difference("upstream.json", &report.hidden_difference));
    if let Some(rejection) = &report.rejection {
        lines.push(rejection.clone());
    }
    if !report.problems.is_empty() {
        lines.push("does not compile with the new documents:".to_owned());
        lines.extend(report.problems.iter().map(|problem| format!("  {problem}")));
    }
    lines.join("\n") + "\n"
}

fn difference(file: &str, all: &[String]) -> Vec<String> {
    if all.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!("\n{file}:")];
    lines.extend(all.iter().take(SHOWN).cloned());
    let hidden = all.len().saturating_sub(SHOWN);
    if hidden > 0 {
        lines.push(format!(
            "… {hidden} more lines; `--format markdown` has all"
        ));
    }
    lines.push(String::new());
    lines
}

fn change(change: &Change) -> Vec<String> {
    let signed = [("-", &change.old), ("+", &change.new)];
    let signed = signed
        .into_iter()
        .filter_map(|(sign, line)| Some((sign, line.as_ref()?)));
    let mut lines = Vec::new();
    for (sign, line) in signed {
        let impact = match lines.is_empty() {
            true => change.impact.to_string(),
            false => String::new(),
        };
        lines.push(format!("{impact:<8}  {sign} {line}"));
    }
    if let (Some(last), Some(reason)) = (lines.last_mut(), change.reason) {
        last.push_str(&format!(" ({reason})"));
    }
    lines
}
