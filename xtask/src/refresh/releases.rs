//! The report of each release that a server might publish next.

use std::{ops::RangeInclusive, thread};

use expect_test::expect_file;
use serde_json::Value;

use crate::{
    document::{
        self, files::Folder, history::History, overlay::Overlay, provenance::Provenance, slice,
    },
    refresh::{
        CheckedIn, Upstream,
        change::Impact,
        compare,
        releases::table::{Release, combination, releases},
        report::{self, Format, content::Report},
    },
};

#[path = "../../tests/releases/table/mod.rs"]
mod table;

/// The version of the made-up releases, which the history does not have.
const VERSION: &str = "0.13.0";

/// Each chooses a combination.
const SEEDS: RangeInclusive<u64> = 1..=16;

struct Project {
    published: Value,
    upstream: Value,
    groups: String,
    history: History,
    overlay: Overlay,
}

impl Project {
    fn read() -> Self {
        let folder = Folder::of_project();
        let upstream = folder.upstream().unwrap().unwrap();
        let mut published = upstream.clone();
        published.as_object_mut().unwrap().remove("x-provenance");
        Self {
            published,
            upstream,
            groups: folder.groups().unwrap().unwrap(),
            history: folder.history().unwrap(),
            overlay: folder.overlay().unwrap(),
        }
    }

    fn report(&self, published: &Value) -> anyhow::Result<Report> {
        let slice = slice::cut(published)?;
        let provenance = Provenance::of(&slice, VERSION);
        let derived = document::derive(&slice, &provenance, &self.history, &self.overlay)?;
        let old = CheckedIn {
            upstream: Some(self.upstream.clone()),
            groups: Some(self.groups.clone()),
            history: self.history.clone(),
        };
        let new = Upstream {
            slice,
            provenance,
            raw: None,
        };
        let notes = old.notes(&self.overlay);
        compare(&old, notes, &new, &derived)
    }

    /// The reports of releases with these changes, in their order.
    fn reports(&self, all: &[Vec<&Release>]) -> Vec<Report> {
        let workers = thread::available_parallelism().map_or(1, Into::into);
        let report = |releases: &Vec<&Release>| {
            let mut published = self.published.clone();
            for release in releases {
                (release.change)(&mut published);
            }
            self.report(&published).unwrap()
        };
        thread::scope(|scope| {
            let chunks = all.chunks(all.len().div_ceil(workers).max(1));
            let threads: Vec<_> = chunks
                .map(|chunk| scope.spawn(|| Vec::from_iter(chunk.iter().map(report))))
                .collect();
            let reports = threads.into_iter().map(|thread| thread.join().unwrap());
            reports.flatten().collect()
        })
    }
}

/// What is wrong with the report of a release that only adds something.
fn wrong(report: &Report) -> Option<String> {
    let breaking = Vec::from_iter(report.of_impact(Impact::Breaking));
    match &report.rejection {
        None if breaking.is_empty() => None,
        rejection => Some(format!("{rejection:?} {breaking:?}")),
    }
}

/// `UPDATE_EXPECT=1` accepts other reports.
#[test]
fn each_release_has_the_reviewed_report() {
    let releases = releases();
    let alone = Vec::from_iter(releases.iter().map(|release| vec![release]));
    let reports = Project::read().reports(&alone);
    let mut all = String::new();
    let mut not_additive = Vec::new();
    for (release, report) in releases.iter().zip(&reports) {
        let text = report::print(report, Format::Text);
        let files = ["\ngroups.json:", "\nupstream.json:"];
        let shown = files
            .iter()
            .fold(text.as_str(), |text, file| text.split(file).next().unwrap());
        all.push_str(&format!("## {}\n\n", release.name));
        // The first line has a hash.
        for line in shown.lines().skip(1) {
            all.push_str(&format!("{line}\n"));
        }
        all.push('\n');
        if let Some(wrong) = wrong(report).filter(|_| release.is_addition()) {
            not_additive.push(format!("{}: {wrong}", release.name));
        }
    }
    expect_file!["../../tests/releases/reports.txt"].assert_eq(&all);
    assert!(not_additive.is_empty(), "{}", not_additive.join("\n"));
}

#[test]
fn random_combinations_of_additions_are_additive() {
    let releases = releases();
    let combined = Vec::from_iter(SEEDS.map(|seed| combination(&releases, seed)));
    let reports = Project::read().reports(&combined);
    for ((seed, releases), report) in SEEDS.zip(combined).zip(reports) {
        let names = Vec::from_iter(releases.iter().map(|release| release.name));
        let wrong = wrong(&report);
        assert!(wrong.is_none(), "seed {seed}, {names:?}: {wrong:?}");
    }
}
