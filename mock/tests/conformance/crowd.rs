//! Two thousand users that the API would take too long to make. `cargo xtask conformance` puts
//! them into the real server's database, so this file is compiled into it as well.

use serde::Serialize;

/// How many there are.
pub(crate) const SIZE: usize = 2000;

/// The environment variable that says that the server has them.
pub(crate) const VARIABLE: &str = "OPENWEBUI_CROWD";

/// One of the crowd. Nobody signs in as one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Member {
    /// How cases call this user.
    pub(crate) label: String,
    /// Above the ids of everybody else, and in another order than the rows.
    pub(crate) id: String,
    /// Like many others', but for the first few.
    pub(crate) name: String,
    /// Unique.
    pub(crate) email: String,
}

/// Names with what searching and sorting may get wrong.
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

/// All of them; always the same.
pub(crate) fn everybody() -> Vec<Member> {
    (0..SIZE).map(member).collect()
}

fn member(number: usize) -> Member {
    // A multiplication by an odd number modulo a power of two repeats nothing.
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
