//! The operations and permissions of each version match the table in the crate's documentation.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
};

use expect_test::expect_file;
use owui_groups::{Operation, Permission, ServerVersion};

/// The items that a version added.
#[derive(Default)]
struct Row {
    operations: Vec<String>,
    permissions: Vec<String>,
}

#[test]
fn the_table_in_the_documentation_is_what_the_versions_bring() -> fmt::Result {
    let mut rows: BTreeMap<ServerVersion, Row> = BTreeMap::new();
    for operation in Operation::ALL {
        let row = rows.entry(operation.since()).or_default();
        row.operations.push(format!("`{operation}`"));
    }
    for permission in Permission::KNOWN {
        let since = permission
            .since()
            .unwrap_or(ServerVersion::OLDEST_SUPPORTED);
        let default = permission.default_on(since);
        let mark = if default == Some(true) { " (on)" } else { "" };
        let row = rows.entry(since).or_default();
        row.permissions.push(format!("`{permission}`{mark}"));
    }
    let mut table = String::from("| Version | Operations | Permissions |\n|---|---|---|\n");
    for (version, row) in rows {
        let (operations, permissions) = (row.operations.join(", "), row.permissions.join(", "));
        writeln!(table, "| {version} | {operations} | {permissions} |")?;
    }
    expect_file!["../src/versions.md"].assert_eq(&table);
    Ok(())
}

/// The table has one default per permission.
#[test]
fn no_default_of_a_permission_changed() {
    for permission in Permission::KNOWN {
        let since = permission
            .since()
            .unwrap_or(ServerVersion::OLDEST_SUPPORTED);
        let newest = Permission::DEFAULTS
            .iter()
            .find(|(one, _)| one == permission);
        assert_eq!(
            permission.default_on(since),
            newest.map(|(_, default)| *default),
            "{permission} has another default now: add it to the table"
        );
    }
}
