//! Reads a list of groups with every known permission again and again, with `Permissions` or with a
//! map of JSON values in their place.
//!
//! `permissions compact|map COUNT`; count its instructions with
//! `valgrind --tool=callgrind`, for two counts, so that the difference leaves start-up out.

use std::{env, error::Error, hint::black_box};

use owui_groups::{Permission, Permissions};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// How many groups are in the list.
const GROUPS: usize = 1_000;

/// A group of a list.
#[derive(Deserialize)]
#[expect(dead_code, reason = "the fields are only there to be read")]
struct Group<P> {
    id: String,
    user_id: String,
    name: String,
    description: String,
    data: Option<Map<String, Value>>,
    meta: Option<Map<String, Value>>,
    permissions: Option<P>,
    created_at: i64,
    updated_at: i64,
    member_count: Option<u64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(kind), Some(count)) = (arguments.next(), arguments.next()) else {
        println!("give `compact` or `map`, and a count");
        return Ok(());
    };
    let count: usize = count.parse()?;
    let list = list()?;
    match kind.as_str() {
        "compact" => read::<Permissions>(&list, count),
        "map" => read::<Map<String, Value>>(&list, count),
        other => Err(format!("{other} is neither compact nor map").into()),
    }
}

fn read<P: DeserializeOwned>(list: &str, count: usize) -> Result<(), Box<dyn Error>> {
    for _ in 0..count {
        let groups: Vec<Group<P>> = serde_json::from_str(black_box(list))?;
        black_box(groups);
    }
    Ok(())
}

fn list() -> serde_json::Result<String> {
    let all = Permission::KNOWN.iter().cloned();
    let permissions: Permissions = all.zip([true, false].into_iter().cycle()).collect();
    let group = json!({
        "id": "5be5e52a-cc60-4307-a9a5-33af4518f1c1",
        "user_id": "f3a83348-7dc7-437f-afd3-1543d3b74c23",
        "name": "engineering", "description": "builds things",
        "data": {"config": {"share": "members"}}, "meta": null,
        "permissions": permissions,
        "created_at": 1795415300, "updated_at": 1795415300, "member_count": 7,
    });
    serde_json::to_string(&vec![group; GROUPS])
}
