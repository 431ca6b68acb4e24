//! `owui-groups versions`: which version of Open WebUI brings what.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write as _},
};

use owui_groups::{Operation, Permission, ServerVersion};

/// Lists which version of Open WebUI brings which operations and permissions
///
/// One line each: the version, `operation` or `permission`, the name, and for a permission
/// whether users of a newly installed server have it. The first version is the oldest supported
/// one, which may have had older items before.
#[derive(clap::Args)]
pub(crate) struct Arguments;

pub(crate) fn run(Arguments: Arguments) -> Result<(), Box<dyn Error>> {
    io::stdout().write_all(table()?.as_bytes())?;
    Ok(())
}

fn table() -> Result<String, Box<dyn Error>> {
    let mut lines: Vec<(ServerVersion, &str, &str, &str)> = Vec::new();
    for operation in Operation::ALL {
        lines.push((operation.since(), "operation", operation.id(), ""));
    }
    for permission in Permission::KNOWN {
        let since = permission.since().ok_or("a permission has no version")?;
        let default = match permission.default_on(since) {
            Some(true) => "on",
            Some(false) => "off",
            None => "",
        };
        lines.push((since, "permission", permission.as_str(), default));
    }
    lines.sort();
    let mut table = String::new();
    for (version, kind, name, default) in lines {
        let version = version.to_string();
        let line = format!("{version:8} {kind:11} {name:30} {default}");
        writeln!(table, "{}", line.trim_end())?;
    }
    Ok(table)
}
