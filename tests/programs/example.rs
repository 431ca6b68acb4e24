//! The executables of the examples.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The executable of an example, in the folder next to that of this test.
pub(crate) fn path(name: &str) -> Result<PathBuf, String> {
    let test = env::current_exe().map_err(|error| error.to_string())?;
    let profile = test.parent().and_then(Path::parent);
    let path = profile
        .unwrap_or(Path::new(""))
        .join("examples")
        .join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if path.is_file() {
        return Ok(path);
    }
    Err(format!(
        "there is no {}; build the examples first, with `cargo build --examples` (`cargo test` \
         builds them by itself, but not with `--test NAME`)",
        path.display()
    ))
}
