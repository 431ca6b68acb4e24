//! Results as JSON, for programs that print or log them.
#![allow(clippy::unwrap_used)]

use owui_groups::{
    ErrorKind, GroupTree, NewGroup, Operation, Permissions, ServerVersion, Share, types::Group,
};
use owui_groups_mock::MockServer;
use serde::Serialize;
use serde_json::{Value, json};

fn as_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn group(id: &str, parent: Option<&str>) -> Group {
    serde_json::from_value(json!({
        "id": id, "user_id": "u", "name": id, "description": "", "created_at": 0, "updated_at": 0,
        "parent_group_id": parent,
    }))
    .unwrap()
}

#[test]
fn names_are_those_of_the_api() {
    assert_eq!(as_json(ErrorKind::NotFound), "not_found");
    assert_eq!(as_json(ErrorKind::NotOpenWebUi), "not_open_webui");
    assert_eq!(as_json(Operation::ListGroups), "list_groups");
    let version: ServerVersion = "0.12.0-rc1".parse().unwrap();
    assert_eq!(as_json(version), "0.12.0-rc.1");
}

#[test]
fn who_may_share_is_the_value_that_servers_store() {
    let shares = [Share::Anyone, Share::Members, Share::Nobody];
    assert_eq!(as_json(shares), json!([true, "members", false]));
}

#[test]
fn what_differs_between_permissions_has_both_values() {
    let permissions = |json| serde_json::from_value::<Permissions>(json).unwrap();
    let before = permissions(json!({"chat": {"edit": true}}));
    let after = permissions(json!({"chat": {"edit": "no"}}));
    let change = json!([
        {"path": "chat.edit", "permission": "chat.edit", "before": true, "after": "no"}
    ]);
    assert_eq!(as_json(before.difference(&after)), change);
    let malformed: Vec<_> = after.malformed().collect();
    let expected = json!([{"path": "chat.edit", "permission": "chat.edit", "value": "no"}]);
    assert_eq!(as_json(malformed), expected);
}

#[test]
fn a_tree_is_a_list_with_depths() {
    let tree = GroupTree::new([group("b", Some("a")), group("a", None)]);
    let rows = as_json(tree);
    let row = |index: usize| [&rows[index]["depth"], &rows[index]["group"]["id"]];
    assert_eq!(row(0), [&json!(0), &json!("a")]);
    assert_eq!(row(1), [&json!(1), &json!("b")]);
}

#[test]
fn a_tree_of_any_depth_is_serialized() {
    let parent = |depth: u32| (depth > 0).then(|| (depth - 1).to_string());
    let chain = (0..50_000).map(|depth| group(&depth.to_string(), parent(depth).as_deref()));
    let rows = as_json(GroupTree::new(chain));
    assert_eq!(rows.as_array().unwrap().len(), 50_000);
}

#[tokio::test]
async fn outcomes_have_the_group_and_what_was_done() {
    let mock = MockServer::start().unwrap();
    let client = mock.client().unwrap();
    let outcome = as_json(client.get_or_create(NewGroup::new("a")).await.unwrap());
    assert_eq!(
        [&outcome["created"], &outcome["group"]["name"]],
        [&json!(true), &json!("a")]
    );
    let id = outcome["group"]["id"].as_str().unwrap();
    let export = client.export(id).await.unwrap();
    let imported = as_json(client.import(&export).await.unwrap());
    assert_eq!(imported["members"]["added"], json!([]));
    assert_eq!(imported["missing_parent"], Value::Null);
}
