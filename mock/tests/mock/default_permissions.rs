//! Compares the permissions that every user has with those of real servers.

use std::collections::BTreeSet;

use owui_groups::{GroupsClient, ServerVersion, external::Method};
use owui_groups_mock::{EmulatedVersion, MockServer};
use serde_json::Value;

#[tokio::test]
async fn users_have_the_default_permissions_of_the_version() {
    for version in EmulatedVersion::ALL {
        let server = MockServer::builder().emulate(*version).start().unwrap();
        let client = GroupsClient::new(&server.url(), server.admin_token()).unwrap();
        let session = client.request(Method::GET, "/api/v1/auths/").unwrap();
        let session: Value = session.send().await.unwrap().json().await.unwrap();
        let mut found = BTreeSet::new();
        for (category, switches) in session["permissions"].as_object().unwrap() {
            for (name, value) in switches.as_object().unwrap() {
                found.insert(format!("{category}.{name} = {value}"));
            }
        }
        assert_eq!(found, recorded(version.version()), "{version}");
    }
}

/// The defaults of a real server, in the form `chat.delete = true`.
fn recorded(version: ServerVersion) -> BTreeSet<String> {
    let history = include_str!("../../../openapi/history.json");
    let history: Value = history.parse().unwrap();
    let defaults = history["defaults"].as_object().unwrap();
    let of_version = defaults.iter().filter(|(_, ranges)| {
        let ranges = ranges.as_str().unwrap().split(", ");
        ranges.into_iter().any(|range| contains(range, version))
    });
    of_version.map(|(item, _)| item.clone()).collect()
}

/// Whether a version is in a range such as `0.9.0..0.9.6` or `0.10.0..`.
fn contains(range: &str, version: ServerVersion) -> bool {
    let parsed = |text: &str| text.parse::<ServerVersion>().unwrap();
    match range.split_once("..") {
        None => version == parsed(range),
        Some((first, "")) => version >= parsed(first),
        Some((first, last)) => (parsed(first)..=parsed(last)).contains(&version),
    }
}
