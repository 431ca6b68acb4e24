//! The log that a server's output goes to, and the end of any output for error messages.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::server::version::Version;

const TAIL_LINES: usize = 15;

/// Where the output of this server goes.
pub(crate) fn log_file(cache: &Path, version: &Version, port: u16) -> PathBuf {
    cache
        .join("logs")
        .join(format!("open-webui-{version}-{port}.log"))
}

/// An empty log, in a folder that is made if it is not there.
pub(crate) fn create_log(log: &Path) -> io::Result<File> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create(log)
}

/// The end of the log in words that can follow an error message.
pub(crate) fn log_tail(log: &Path) -> String {
    let place = log.display();
    match fs::read(log) {
        Ok(bytes) => match last_lines(&String::from_utf8_lossy(&bytes)) {
            lines if lines.is_empty() => format!(" Its log, {place}, is empty"),
            lines => format!(" Its log is {place} and ends with:\n{lines}"),
        },
        Err(error) => format!(" Its log, {place}, cannot be read: {error}"),
    }
}

/// The last lines of `text`, indented.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let from = lines.len().saturating_sub(TAIL_LINES);
    let tail = lines.into_iter().skip(from);
    tail.map(|line| format!("  {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_short_and_keeps_the_end() {
        let text: String = (1..=40).map(|n| format!("line {n}\n")).collect();
        let tail = last_lines(&text);
        assert_eq!(tail.lines().count(), TAIL_LINES);
        assert!(tail.starts_with("  line 26\n"));
        assert!(tail.ends_with("  line 40\n"));
        assert_eq!(last_lines("\n"), "");
    }
}
