//! `examples/audit.rs`: the permissions of groups, as JSON.

use std::process::Command;

use expect_test::expect;
use owui_groups_mock::{EmulatedVersion, MockServer, Seed};
use serde_json::Value;

use crate::example;

const SEED: &str = r#"{
    "users": [{"name": "Ann", "id": "ann"}],
    "groups": [
        {"name": "company", "id": "1", "members": ["ann"]},
        {
            "name": "engineering", "id": "2", "parent": "company",
            "permissions": {
                "workspace": {"tools": "false", "models": true, "prompts": false},
                "future": {"of_all": true},
                "chat": [1]
            },
            "data": {"config": {"share": "TRUE"}}
        },
        {
            "name": "team \"A\"", "id": "3", "parent": "engineering", "members": ["ann"],
            "data": {"config": {"share": "members"}}
        }
    ]
}"#;

/// The output of the program, with times replaced because they differ in each run.
fn audit(mock: &MockServer) -> String {
    let output = Command::new(example::path("audit").unwrap())
        .env("OPENWEBUI_URL", mock.url())
        .env("OPENWEBUI_TOKEN", mock.admin_token())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(mock.requests().len(), 1);
    let out = String::from_utf8(output.stdout).unwrap();
    let lines = out.lines().map(|line| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        for time in ["created_at", "updated_at"] {
            assert!(entry[time].as_i64().unwrap() > 1_700_000_000, "{line}");
            entry[time] = 0.into();
        }
        format!("{entry}\n")
    });
    lines.collect()
}

#[test]
fn each_group_is_a_line_below_its_parent() {
    let seed = Seed::from_json(SEED).unwrap();
    let mock = MockServer::builder().seed(seed).start().unwrap();
    expect![[r#"
        {"allowed":[],"created_at":0,"id":"1","malformed":[],"malformed_share":null,"members":1,"name":"company","parents":[],"share":"members","updated_at":0}
        {"allowed":["future.of_all","workspace.models","workspace.tools"],"created_at":0,"id":"2","malformed":[{"path":"chat","permission":null,"value":[1]},{"path":"workspace.tools","permission":"workspace.tools","value":"false"}],"malformed_share":"TRUE","members":0,"name":"engineering","parents":["company"],"share":true,"updated_at":0}
        {"allowed":[],"created_at":0,"id":"3","malformed":[],"malformed_share":null,"members":1,"name":"team \"A\"","parents":["engineering","company"],"share":"members","updated_at":0}
    "#]].assert_eq(&audit(&mock));
}

#[test]
fn a_server_without_groups_has_no_lines() {
    for version in EmulatedVersion::ALL {
        let mock = MockServer::builder().emulate(*version).start().unwrap();
        assert_eq!(audit(&mock), "");
    }
}
