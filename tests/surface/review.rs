//! Compares an API with the reviewed API.

use std::{collections::BTreeSet, env};

use expect_test::ExpectFile;

const ACCEPT: &str = "UPDATE_EXPECT=1 cargo test --test surface";

/// Fails with the changed lines, unless `UPDATE_EXPECT` accepts them.
pub(crate) fn assert_reviewed(package: &str, reviewed: &ExpectFile, api: &str) {
    let actual = format!(
        "The public API of `{package}`, as read by tests/surface. To accept a change:\n{ACCEPT}\n\n{api}"
    );
    let changes = changes(&reviewed.data(), &actual);
    assert!(
        changes.is_empty() || env::var_os("UPDATE_EXPECT").is_some(),
        "the public API of `{package}` changed:\n{changes}\nto accept this: {ACCEPT}"
    );
    reviewed.assert_eq(&actual);
}

/// The lines that only one of the two texts has, with their items.
fn changes(before: &str, after: &str) -> String {
    let [before, after] = [before, after].map(with_items);
    let removed = before.difference(&after).map(|line| format!("- {line}\n"));
    let added = after.difference(&before).map(|line| format!("+ {line}\n"));
    removed.chain(added).collect()
}

fn with_items(text: &str) -> BTreeSet<String> {
    let mut item = String::new();
    let lines = text.lines().map(|line| match line.strip_prefix("    ") {
        Some(part) => format!("{item}: {part}"),
        None => {
            item = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
            line.to_owned()
        }
    });
    lines.collect()
}

#[test]
fn a_changed_line_is_reported_with_its_item() {
    let before = "struct A\n    x: u8\nstruct B { .. }\n    x: u8\n";
    let after = "struct A\n    x: u8\nstruct B { .. }\n    y: u8\n";
    assert_eq!(
        changes(before, after),
        "- struct B: x: u8\n+ struct B: y: u8\n"
    );
}
