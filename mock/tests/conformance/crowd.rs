//! 2,000 users, whose creation through the API would take too long. `cargo xtask conformance` adds
//! them to the real server's database, so xtask compiles this file too.

use serde::Serialize;

/// The number of users in the crowd.
pub(crate) const SIZE: usize = 2000;

/// The environment variable that is set if the server has the crowd.
pub(crate) const VARIABLE: &str = "OPENWEBUI_CROWD";

/// A user of the crowd. None of them signs in.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Member {
    /// The name of the user in cases.
    pub(crate) label: String,
    /// Greater than the IDs of all other users, and in a different order than the rows.
    pub(crate) id: String,
    /// Similar to many others, except for the first few.
    pub(crate) name: String,
    /// Unique.
    pub(crate) email: String,
}

/// Names that searching and sorting may handle incorrectly.
const ODD_NAMES: &[&str] = &[
    "Zoë Müller",
    "zoë müller",
    "ZOË MÜLLER",
    "Ärger",
    "ärger",
    "100% sure",
    "100 sure",
    "under_score",
    "underXscore",
    "back\\slash",
    "O'Neill",
    "Twin",
    "Twin",
    "Twin",
    "twin",
    "  spaces  ",
    "日本語",
    "🦀 crab",
    "\"quoted\"",
    "Ann of the crowd",
];

/// The whole crowd, the same in every run.
pub(crate) fn everybody() -> Vec<Member> {
    (0..SIZE).map(member).collect()
}

fn member(number: usize) -> Member {
    // A multiplication by an odd number modulo a power of two yields no value twice.
    let scattered = (number * 40_503 + 12_345) % 65_536;
    Member {
        label: format!("crowd-{number:04}"),
        id: format!("ffffffff-{scattered:04x}-4000-8000-{number:012}"),
        name: match ODD_NAMES.get(number) {
            Some(name) => (*name).to_owned(),
            None => format!("Crowd {}", number % 700),
        },
        email: format!("crowd-{number:04}@crowd.example"),
    }
}
