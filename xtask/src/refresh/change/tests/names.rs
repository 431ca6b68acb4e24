//! Permissions and other open enums.

use expect_test::expect;
use serde_json::json;

use super::*;

#[test]
fn a_new_value_of_an_open_enum_is_additive() {
    check(
        |d| {
            schema(d, "MembershipType")["x-extensible-enum"]
                .as_array_mut()
                .unwrap()
                .push(json!("invited"));
        },
        expect![[r#"
            additive
            + MembershipType::Invited for "invited"
        "#]],
    );
}

#[test]
fn a_new_permission_is_additive() {
    check(
        |d| {
            schema(d, "ChatPermissions")["properties"]["shout"] =
                json!({"type": "boolean", "default": false, "x-since": "0.13.0"});
        },
        expect![[r#"
            additive
            + Permission::ChatShout for "chat.shout", off by default
        "#]],
    );
}

#[test]
fn a_removed_permission_is_breaking() {
    check(
        |d| {
            remove(&mut schema(d, "ChatPermissions")["properties"], "call");
        },
        expect![[r#"
            breaking
            - Permission::ChatCall for "chat.call", on by default
        "#]],
    );
}

#[test]
fn a_changed_default_of_a_permission_is_breaking() {
    check(
        |d| {
            schema(d, "ChatPermissions")["properties"]["call"]["default"] = json!(false);
        },
        expect![[r#"
            breaking
            - Permission::ChatCall for "chat.call", on by default
            + Permission::ChatCall for "chat.call", off by default
        "#]],
    );
}
