//! Releases that do not start as published.

use crate::server::version::Version;

/// What makes a release start that does not start as published.
#[derive(Debug)]
pub(crate) struct Workaround {
    version: &'static str,
    /// What it does, after "Starting Open WebUI 0.9.0".
    pub(crate) description: &'static str,
    /// Requirements that replace those of its package.
    pub(crate) overrides: &'static [&'static str],
    /// Packages to install beside it.
    pub(crate) packages: &'static [&'static str],
    /// Settings beside those of every server.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    /// Python to run before the server.
    pub(crate) code: &'static str,
}

const NONE: Workaround = Workaround {
    version: "",
    description: "",
    overrides: &[],
    packages: &[],
    settings: &[],
    code: "",
};

const OTHER_DDGS: Workaround = Workaround {
    description: "with another ddgs than 9.11.2, which is no longer on PyPI",
    overrides: &["ddgs"],
    ..NONE
};

const WORKAROUNDS: &[Workaround] = &[
    Workaround {
        version: "0.8.9",
        ..OTHER_DDGS
    },
    Workaround {
        version: "0.8.10",
        ..OTHER_DDGS
    },
    Workaround {
        version: "0.8.11",
        description: "with beautifulsoup4, which its package does not require",
        packages: &["beautifulsoup4"],
        ..NONE
    },
    Workaround {
        version: "0.9.0",
        description: "with aiosqlite, which its package does not require",
        packages: &["aiosqlite"],
        ..NONE
    },
    // Its migrations import a module that imports the settings, which are still running them.
    Workaround {
        version: "0.11.2",
        description: "with its migrations after its settings, which they import",
        // `serve` sets the second one, too late for settings that were imported before.
        settings: &[("ENABLE_DB_MIGRATIONS", "false"), ("FROM_INIT_PY", "true")],
        code: "from open_webui import config\nconfig.run_migrations()\n",
        ..NONE
    },
];

/// The workaround for a version, if it needs one.
pub(crate) fn of(version: &Version) -> Option<&'static Workaround> {
    WORKAROUNDS
        .iter()
        .find(|workaround| workaround.version == version.as_str())
}
