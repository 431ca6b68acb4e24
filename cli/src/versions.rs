//! `owui-groups versions`: lists the operations and permissions of each version of Open WebUI.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write as _},
};

use owui_groups::{Operation, Permission, ServerVersion};

/// Lists operations and permissions with the version of Open WebUI that introduced them
///
/// Prints one line for each: the version, `operation` or `permission`, and the name. A permission
/// also has `on` or `off`, its default on a newly installed server of that version. Items of the
/// first version, which is the oldest supported one, may have existed before.
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
