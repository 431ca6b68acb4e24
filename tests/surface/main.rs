//! The public API of each library package matches its `public-api.txt`.

mod api;
mod attributes;
mod block;
mod cases;
mod definition;
mod expand;
mod generated;
mod implementation;
mod names;
mod nested;
mod package;
mod print;
mod review;
mod rewrite;
mod sources;

use std::path::Path;

use expect_test::expect_file;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[test]
fn the_client_has_the_reviewed_api() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = sources::read(root)?;
    generated::add(&mut sources)?;
    let api = api::describe("owui_groups", &sources)?;
    let reviewed = expect_file!["../../public-api.txt"];
    review::assert_reviewed("owui-groups", &reviewed, &api);
    Ok(())
}

#[test]
fn the_mock_has_the_reviewed_api() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = sources::read(&root.join("mock"))?;
    let api = api::describe("owui_groups_mock", &sources).map_err(|why| format!("mock/{why}"))?;
    let reviewed = expect_file!["../../mock/public-api.txt"];
    review::assert_reviewed("owui-groups-mock", &reviewed, &api);
    Ok(())
}
