//! Differences that no signature shows, or that callers do not see.

use expect_test::expect;
use serde_json::json;

use super::*;

#[test]
fn a_renamed_schema_of_the_same_type_changes_nothing() {
    check(
        |d| {
            rename(d, "GroupInfoResponse", "GroupPublicResponse");
        },
        expect![[""]],
    );
}

#[test]
fn a_description_is_no_change() {
    check(
        |d| {
            schema(d, "GroupResponse")["properties"]["name"]["description"] = json!("Another.");
        },
        expect![[""]],
    );
}

#[test]
fn a_schema_that_no_operation_uses_is_no_change() {
    check(
        |d| {
            d["components"]["schemas"]["Unused"] =
                json!({"type": "object", "properties": {"a": {"type": "string"}}});
        },
        expect![[""]],
    );
}

/// Its length is checked in the body of a function, which no line shows.
#[test]
fn another_length_of_a_checked_text_is_breaking() {
    let with_length = |length: u32| {
        let mut document = DOCUMENT.clone();
        schema(&mut document, "GroupForm")["properties"]["name"]["maxLength"] = json!(length);
        Surface::of(&document).unwrap()
    };
    let changes = compare(&with_length(200), &with_length(100));
    let changes = Vec::from_iter(changes.iter().map(|change| change.new.as_deref()));
    assert_eq!(changes, [Some("GroupFormName: its generated code differs")]);
}

#[test]
fn a_conversion_of_a_foreign_type_that_is_gone_is_reported() {
    let mut document = DOCUMENT.clone();
    schema(&mut document, "GroupForm")["properties"]["name"]["maxLength"] = json!(100);
    let changes = compare(&Surface::of(&document).unwrap(), &SURFACE);
    let mut gone = changes.iter().filter_map(|change| change.old.as_deref());
    assert!(
        gone.any(|line| line == "String: From<GroupFormName>"),
        "{changes:?}"
    );
}

/// The generator needs what only the overlay can give.
#[test]
fn operations_are_compared_without_generated_code() {
    let mut document = DOCUMENT.clone();
    document["paths"]["/api/v1/groups/audit"] = json!({"get": {"operationId": "audit"}});
    assert!(Surface::of(&document).is_err());
    let operations = Surface::of_operations;
    let changes = compare(&operations(&DOCUMENT), &operations(&document));
    assert_eq!(
        changes,
        [Change {
            impact: Impact::Additive,
            old: None,
            new: Some("audit: GET /api/v1/groups/audit".to_owned()),
            reason: None,
        }]
    );
}

#[test]
fn another_schema_of_a_hand_written_type_is_breaking() {
    check(
        |d| {
            schema(d, "Permissions")["additionalProperties"] = json!({"type": "string"});
        },
        expect![[r#"
            breaking
            + Permissions: its schema differs
            ! its type is hand-written and does not follow, so see the difference of groups.json
        "#]],
    );
}

#[test]
fn a_description_of_a_hand_written_type_is_no_change() {
    check(
        |d| {
            schema(d, "Permissions")["description"] = json!("Another.");
        },
        expect![[""]],
    );
}
