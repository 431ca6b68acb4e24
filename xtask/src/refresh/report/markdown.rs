//! The report as the description of a pull request.

use crate::refresh::{
    change::{Change, Impact},
    report::content::Report,
};

pub(crate) fn print(report: &Report) -> String {
    let mut parts = vec![
        title(report),
        format!("SHA-256 of the published document: `{}`", report.sha256),
    ];
    parts.extend(report.summary().map(sentence));
    if let Some(rejection) = &report.old_rejection {
        parts.push(sentence(&format!(
            "everything is reported as new, because the checked-in document cannot be generated: {rejection}"
        )));
    }
    if let Some(rejection) = &report.rejection {
        parts.push(format!(
            "## Cannot be generated\n\n{}",
            fence("text", rejection)
        ));
    }
    if !report.problems.is_empty() {
        parts.push(section("Does not compile", &report.problems));
    }
    for (heading, impact) in [
        ("Breaking changes", Impact::Breaking),
        ("Additive changes", Impact::Additive),
    ] {
        let lines = Vec::from_iter(report.of_impact(impact).flat_map(change));
        if !lines.is_empty() {
            parts.push(format!(
                "## {heading}\n\n{}",
                fence("diff", &lines.join("\n"))
            ));
        }
    }
    if !report.notes.is_empty() {
        parts.push(section(
            "Less exact than the published document",
            &report.notes,
        ));
    }
    if !report.unmatched.is_empty() {
        parts.push(section(
            "Entries of overlay.json that match nothing",
            &report.unmatched,
        ));
    }
    for (file, difference) in [
        ("groups.json", &report.difference),
        ("upstream.json", &report.hidden_difference),
    ] {
        if !difference.is_empty() {
            let difference = fence("diff", &difference.join("\n"));
            parts.push(format!(
                "<details>\n<summary>Difference of {file}</summary>\n\n{difference}\n\n</details>"
            ));
        }
    }
    parts.join("\n\n") + "\n"
}

fn title(report: &Report) -> String {
    let version = &report.server_version;
    let count = match report.changes.as_slice() {
        [] => "no changes of the API".to_owned(),
        _ => report.count(),
    };
    match (report.has_drift(), &report.rejection) {
        (true, None) => format!("# Open WebUI {version}: {count}"),
        (true, Some(_)) => format!("# Open WebUI {version}: cannot be generated"),
        (false, _) => format!("# Open WebUI {version}: no changes"),
    }
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), characters.as_str())
}

/// A heading and what was reported, line by line. The texts are not markdown.
fn section(heading: &str, lines: &[impl std::fmt::Display]) -> String {
    let lines = Vec::from_iter(lines.iter().map(|line| line.to_string()));
    format!("## {heading}\n\n{}", fence("text", &lines.join("\n")))
}

fn change(change: &Change) -> Vec<String> {
    let signed = [("-", &change.old), ("+", &change.new)];
    let signed = signed
        .into_iter()
        .filter_map(|(sign, line)| Some((sign, line.as_ref()?)));
    let lines = signed.map(|(sign, line)| format!("{sign} {line}"));
    // The sign is that of a remark where differences are shown in color.
    let reason = change.reason.iter().map(|reason| format!("!   {reason}"));
    lines.chain(reason).collect()
}

/// A block of code. Its fence is longer than any in the content.
fn fence(language: &str, content: &str) -> String {
    let longest = content
        .split(|character| character != '`')
        .map(str::len)
        .max();
    let fence = "`".repeat(longest.unwrap_or_default().saturating_add(1).max(3));
    format!("{fence}{language}\n{content}\n{fence}")
}
