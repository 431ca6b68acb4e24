//! The types decode the recorded responses of real servers of every supported version.

use std::{collections::BTreeMap, fs, path::Path};

use owui_groups::types::{Group, GroupExport, GroupInfo, GroupPreview, Member, MembersPage, User};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A request and its response in a file of recorded responses.
#[derive(Deserialize)]
struct Entry {
    request: String,
    response: String,
    json: Option<Value>,
}

#[test]
fn each_recorded_response_has_the_type_of_its_operation() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mock/tests/conformance/recorded");
    let mut read: BTreeMap<(String, &str), u32> = BTreeMap::new();
    for version in fs::read_dir(&folder)? {
        let version = version?;
        let name = version.file_name().to_string_lossy().into_owned();
        for file in fs::read_dir(version.path())? {
            let path = file?.path();
            let cases: BTreeMap<String, Vec<Entry>> = serde_json::from_slice(&fs::read(&path)?)?;
            for (case, entries) in cases {
                for entry in entries {
                    let Some((operation, outcome)) = decode(entry) else {
                        continue;
                    };
                    outcome.map_err(|error| format!("{name}, {case:?}, {operation}: {error}"))?;
                    *read.entry((name.clone(), operation)).or_default() += 1;
                }
            }
        }
    }
    let of = |version: &str| read.keys().filter(|(name, _)| name == version).count();
    assert_eq!((of("0.6.43"), of("0.12.4")), (8, 11), "{read:?}");
    Ok(())
}

/// The operation of a successful response, and whether its type decodes the response.
fn decode(entry: Entry) -> Option<(&'static str, serde_json::Result<()>)> {
    let mut body = entry.json?;
    if entry.response != "200 application/json" {
        return None;
    }
    restore(&mut body);
    let (_, request) = entry.request.split_once(": ")?;
    let (method, path) = request.split(['?', ',']).next()?.split_once(' ')?;
    let path = path.strip_prefix("/api/v1/groups/")?;
    let of_group = path.strip_prefix("id/").and_then(|path| {
        let (_, operation) = path.split_once('/').unwrap_or((path, ""));
        Some(operation).filter(|_| !path.ends_with('/'))
    });
    Some(match (method, path, of_group) {
        ("GET", "", None) => ("list", read::<Vec<Group>>(body)),
        ("POST", "create", None) => ("create", read::<Group>(body)),
        ("GET", _, Some("")) => ("get", read::<Group>(body)),
        ("GET", _, Some("info")) => ("info", read::<GroupInfo>(body)),
        ("GET", _, Some("export")) => ("export", read::<GroupExport>(body)),
        ("GET", _, Some("preview")) => ("preview", read::<GroupPreview>(body)),
        ("GET", _, Some("members")) => {
            let items = body.get("items").cloned().unwrap_or_default();
            let page = read::<MembersPage>(body);
            ("members", page.and_then(|()| read::<Vec<Member>>(items)))
        }
        ("POST", _, Some("users")) => ("users", read::<Vec<User>>(body)),
        ("POST", _, Some("update")) => ("update", read::<Group>(body)),
        ("POST", _, Some("users/add")) => ("add", read::<Group>(body)),
        ("POST", _, Some("users/remove")) => ("remove", read::<Group>(body)),
        _ => return None,
    })
}

fn read<T: DeserializeOwned>(body: Value) -> serde_json::Result<()> {
    serde_json::from_value::<T>(body).map(drop)
}

/// Replaces placeholders of times by numbers, and removes the markers of omitted items.
fn restore(value: &mut Value) {
    match value {
        Value::String(text) if text == "<time>" => *value = 1_700_000_000.into(),
        Value::Array(items) => {
            items.retain(|item| {
                !item
                    .as_str()
                    .is_some_and(|text| text.contains(" more, hash of all "))
            });
            items.iter_mut().for_each(restore);
        }
        Value::Object(members) => members.values_mut().for_each(restore),
        _ => {}
    }
}
