//! Types of requests and responses.

use expect_test::expect;
use serde_json::json;

use super::*;

#[test]
fn a_new_optional_field_of_a_response_is_additive() {
    check(
        |d| {
            schema(d, "GroupResponse")["properties"]["slug"] =
                json!({"type": "string", "nullable": true});
        },
        expect![[r#"
            additive
            + Group.slug: Option<String>
        "#]],
    );
}

#[test]
fn a_new_required_field_of_a_response_is_breaking() {
    check(
        |d| {
            add_required(
                schema(d, "GroupResponse"),
                "slug",
                json!({"type": "string"}),
            );
        },
        expect![[r#"
            breaking
            + Group.slug: String
            ! responses of older servers lack it and would not decode; make it optional in overlay.json
        "#]],
    );
}

#[test]
fn a_new_field_that_may_be_null_is_additive() {
    check(
        |d| {
            add_required(
                schema(d, "GroupResponse"),
                "slug",
                json!({"type": "string", "nullable": true}),
            );
        },
        expect![[r#"
            additive
            + Group.slug: Option<String>
        "#]],
    );
}

#[test]
fn a_new_field_with_a_default_is_additive() {
    check(
        |d| {
            schema(d, "GroupResponse")["properties"]["hidden"] =
                json!({"type": "boolean", "default": true});
        },
        expect![[r#"
            additive
            + Group.hidden: bool, default true
        "#]],
    );
}

#[test]
fn a_new_required_field_of_a_form_changes_its_constructor() {
    check(
        |d| {
            add_required(schema(d, "GroupForm"), "slug", json!({"type": "string"}));
        },
        expect![[r#"
            breaking
            + GroupForm.slug: String
            ! callers have to set it
            breaking
            - GroupForm::new(description: impl Into<String>, name: impl Into<String>)
            + GroupForm::new(description: impl Into<String>, name: impl Into<String>, slug: impl Into<String>)
        "#]],
    );
}

#[test]
fn a_new_optional_field_of_a_form_is_additive() {
    check(
        |d| {
            schema(d, "GroupForm")["properties"]["slug"] =
                json!({"type": "string", "nullable": true});
        },
        expect![[r#"
            additive
            + GroupForm.slug: Option<String>
        "#]],
    );
}

#[test]
fn a_removed_field_is_breaking() {
    check(
        |d| {
            remove(&mut schema(d, "GroupResponse")["properties"], "meta");
        },
        expect![[r#"
            breaking
            - Group.meta: Option<serde_json::Map<String, serde_json::Value>>
        "#]],
    );
}

#[test]
fn a_changed_type_is_breaking() {
    check(
        |d| {
            schema(d, "GroupResponse")["properties"]["created_at"] = json!({"type": "string"});
        },
        expect![[r#"
            breaking
            - Group.created_at: i64
            + Group.created_at: String
        "#]],
    );
}

#[test]
fn a_count_that_may_be_negative_is_another_type() {
    check(
        |d| {
            remove(
                &mut schema(d, "MemberCounts")["properties"]["direct"],
                "minimum",
            );
        },
        expect![[r#"
            breaking
            - MemberCounts.direct: u64
            + MemberCounts.direct: i64
        "#]],
    );
}

#[test]
fn a_field_that_may_be_null_is_another_type() {
    check(
        |d| {
            schema(d, "GroupResponse")["properties"]["name"]["nullable"] = json!(true);
        },
        expect![[r#"
            breaking
            - Group.name: String
            + Group.name: Option<String>
        "#]],
    );
}

#[test]
fn a_field_that_is_no_longer_required_is_another_type() {
    check(
        |d| {
            schema(d, "GroupForm")["required"] = json!(["name"]);
        },
        expect![[r#"
            breaking
            - GroupForm.description: String
            + GroupForm.description: Option<String>
            breaking
            - GroupForm::new(description: impl Into<String>, name: impl Into<String>)
            + GroupForm::new(name: impl Into<String>)
        "#]],
    );
}

#[test]
fn a_changed_default_of_a_field_is_breaking() {
    check(
        |d| {
            schema(d, "UserInfoResponse")["properties"]["is_active"]["default"] = json!(true);
        },
        expect![[r#"
            breaking
            - User.is_active: bool, may be absent
            + User.is_active: bool, default true
        "#]],
    );
}

#[test]
fn a_renamed_type_is_breaking() {
    check(
        |d| {
            schema(d, "GroupInfoResponse")["x-rust-name"] = json!("GroupSummary");
        },
        expect![[r#"
            breaking
            - get_group_info: response GroupInfo with status 200
            + get_group_info: response GroupSummary with status 200
            breaking
            - struct GroupInfo
            additive
            + struct GroupSummary
            additive
            + GroupSummary.created_at: i64
            additive
            + GroupSummary.description: String
            additive
            + GroupSummary.id: String
            additive
            + GroupSummary.member_count: Option<u64>, may be absent
            additive
            + GroupSummary.name: String
            additive
            + GroupSummary.parent_group_id: Option<String>
            additive
            + GroupSummary.updated_at: i64
            additive
            + GroupSummary.user_id: String
        "#]],
    );
}

#[test]
fn a_checked_text_is_another_type() {
    check(
        |d| {
            schema(d, "GroupForm")["properties"]["name"]["maxLength"] = json!(100);
        },
        expect![[r#"
            breaking
            - GroupForm.name: String
            + GroupForm.name: GroupFormName
            breaking
            - GroupForm::new(description: impl Into<String>, name: impl Into<String>)
            + GroupForm::new(description: impl Into<String>, name: GroupFormName)
            additive
            + struct GroupFormName, serde(transparent)
            additive
            + GroupFormName: Deref
            additive
            + GroupFormName: Eq
            additive
            + GroupFormName: FromStr
            additive
            + GroupFormName: Hash
            additive
            + GroupFormName: TryFrom<&str>
            additive
            + GroupFormName: TryFrom<String>
            additive
            + String: From<GroupFormName>
        "#]],
    );
}

#[test]
fn unknown_fields_that_are_rejected_are_breaking() {
    check(
        |d| {
            schema(d, "GroupInfoResponse")["additionalProperties"] = json!(false);
        },
        expect![[r#"
            breaking
            - struct GroupInfo
            + struct GroupInfo, serde(deny_unknown_fields)
        "#]],
    );
}

#[test]
fn the_order_of_alternatives_matters() {
    check(
        |d| {
            schema(d, "LocationItem")["anyOf"]
                .as_array_mut()
                .unwrap()
                .reverse();
        },
        expect![[r#"
            breaking
            - enum LocationItem, serde(untagged), tried as String, Integer
            + enum LocationItem, serde(untagged), tried as Integer, String
        "#]],
    );
}
