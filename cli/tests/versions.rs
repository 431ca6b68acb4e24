//! `owui-groups versions`, as a shell script would use it.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use owui_groups::{Operation, Permission};

fn lines() -> Vec<Vec<String>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_owui-groups"));
    let output = command.arg("versions").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    text.lines().map(words).collect()
}

#[test]
fn each_operation_and_permission_has_a_line_with_its_version() {
    let lines = lines();
    assert_eq!(lines.len(), Operation::ALL.len() + Permission::KNOWN.len());
    for expected in [
        &["0.6.43", "operation", "list_groups"][..],
        &["0.12.0", "operation", "list_group_members"],
        &["0.6.43", "permission", "chat.delete", "on"],
        &["0.12.4", "permission", "workspace.models_hidden", "off"],
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected:?}: {lines:?}"
        );
    }
}

#[test]
fn lines_are_in_the_order_of_the_versions() {
    let lines = lines();
    let versions = lines.iter().filter_map(|line| line.first());
    let numbers = |version: &String| {
        let numbers = version
            .split('.')
            .map(|number| number.parse::<u64>().unwrap());
        numbers.collect::<Vec<_>>()
    };
    assert!(versions.is_sorted_by_key(numbers));
}
