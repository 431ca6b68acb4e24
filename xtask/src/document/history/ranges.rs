//! Sets of releases as text, such as `0.6.43..0.9.1, 0.10.0..`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};

use crate::document::history::release::Release;

/// The ranges of `all`, which is ordered, that a set consists of. Both ends of a range belong to
/// it. A range without an end includes the newest release.
pub(crate) fn to_text(set: &BTreeSet<Release>, all: &[Release]) -> String {
    all.split(|release| !set.contains(release))
        .filter_map(|run| Some((run.first()?, run.last()?)))
        .map(|(first, last)| {
            if all.last() == Some(last) {
                format!("{first}..")
            } else if first == last {
                first.to_string()
            } else {
                format!("{first}..{last}")
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// The set that a text describes.
///
/// # Errors
///
/// If the text is not what [`to_text`] gives for a set of these releases that is not empty.
pub(crate) fn parse(text: &str, all: &[Release]) -> Result<BTreeSet<Release>> {
    let mut set = BTreeSet::new();
    for range in text.split(", ") {
        let (first, last) = range.split_once("..").unwrap_or((range, range));
        let first: Release = first.parse()?;
        let last = match last {
            "" => all.last().cloned().context("there are no releases")?,
            last => last.parse()?,
        };
        let within = all
            .iter()
            .filter(|release| first <= **release && **release <= last);
        set.extend(within.cloned());
    }
    ensure!(
        !set.is_empty() && to_text(&set, all) == text,
        "{text:?} is not a list of ranges of the releases"
    );
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn releases(texts: &[&str]) -> Vec<Release> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn all() -> Vec<Release> {
        releases(&["0.6.43", "0.9.1", "0.9.2", "0.10.0", "0.12.4"])
    }

    #[test]
    fn a_set_is_parsed_as_it_is_written() {
        for (members, text) in [
            (&["0.9.1", "0.9.2", "0.10.0", "0.12.4"][..], "0.9.1.."),
            (&["0.6.43", "0.9.1", "0.10.0"], "0.6.43..0.9.1, 0.10.0"),
            (&["0.6.43", "0.12.4"], "0.6.43, 0.12.4.."),
        ] {
            let set = BTreeSet::from_iter(releases(members));
            assert_eq!(to_text(&set, &all()), text);
            assert_eq!(parse(text, &all()).unwrap(), set);
        }
    }

    #[test]
    fn any_other_text_is_rejected() {
        for text in [
            "",
            "0.9.3",
            "0.9.2..0.9.1",
            "0.12.4",
            "0.9.1..0.12.4",
            "0.6.43, 0.9.1..",
            "0.10.0.., 0.6.43",
            "..0.9.1",
            "0.9.1...",
        ] {
            assert!(parse(text, &all()).is_err(), "{text}");
        }
    }
}
