//! Each kind of change is classified, and worded, as documented.

use serde_json::{Value, json};

use super::super::{Change, compare, report};
use super::sample;

#[test]
fn the_unknown_is_breaking_and_has_a_pointer() {
    assert_eq!(
        set("/components/schemas/Kind/not", json!({})),
        [
            "breaking  Kind: changed in a way this comparison does not know (#/components/schemas/Kind/not)"
        ]
    );
    assert_eq!(
        set("/paths/~1groups~1/servers", json!([])),
        [
            "breaking  /groups/: changed in a way this comparison does not know (#/paths/~1groups~1/servers)"
        ]
    );
}

#[test]
fn operations() {
    assert_eq!(
        remove("/paths/~1groups~1{id}~1members"),
        ["breaking  GET /groups/{id}/members: operation removed"]
    );
    assert_eq!(
        edited([
            ("/paths/~1groups~1{id}~1members", None),
            ("/components/schemas/Members", None),
            ("/components/schemas/Member", None),
        ]),
        [
            "breaking  GET /groups/{id}/members: operation removed, with the schemas `Member`, `Members`"
        ]
    );
    assert_eq!(
        set(
            "/paths/~1groups~1/delete",
            json!({ "operationId": "delete_all" })
        ),
        ["additive  DELETE /groups/: operation added"]
    );
    assert_eq!(
        set("/paths/~1groups~1/get/operationId", json!("groups")),
        ["breaking  GET /groups/: operation renamed from \"list_groups\" to \"groups\""]
    );
    assert_eq!(
        set("/paths/~1groups~1/get/summary", json!("All")),
        ["neutral   GET /groups/: documentation changed (summary)"]
    );
}

#[test]
fn parameters() {
    let parameters = "/paths/~1groups~1/get/parameters";
    assert_eq!(
        remove(&format!("{parameters}/0")),
        ["breaking  GET /groups/, query parameter `share`: parameter removed"]
    );
    assert_eq!(
        set(
            &format!("{parameters}/-"),
            json!({ "name": "q", "in": "query" })
        ),
        ["additive  GET /groups/, query parameter `q`: optional parameter added"]
    );
    assert_eq!(
        set(
            &format!("{parameters}/-"),
            json!({ "name": "q", "in": "query", "required": true })
        ),
        ["breaking  GET /groups/, query parameter `q`: required parameter added"]
    );
    assert_eq!(
        set(&format!("{parameters}/0/in"), json!("header")),
        ["breaking  GET /groups/, query parameter `share`: parameter moved to header"]
    );
    assert_eq!(
        set(&format!("{parameters}/0/required"), json!(true)),
        [
            "breaking  GET /groups/, query parameter `share`: is now required (`Option<T>` becomes `T`)"
        ]
    );
    assert_eq!(
        set(&format!("{parameters}/0/schema/type"), json!("string")),
        [
            "breaking  GET /groups/, query parameter `share`: type changed from nullable boolean to nullable string"
        ]
    );
    assert_eq!(
        set(&format!("{parameters}/1/schema/default"), json!(0)),
        ["breaking  GET /groups/, query parameter `page`: `default` changed from 1 to 0"]
    );
}

#[test]
fn bodies() {
    let post = "/paths/~1groups~1/post";
    assert_eq!(
        remove(&format!("{post}/requestBody")),
        ["breaking  POST /groups/, request body: removed"]
    );
    assert_eq!(
        set(
            "/paths/~1groups~1/get/requestBody",
            json!({ "required": true })
        ),
        ["breaking  GET /groups/, request body: added, and required"]
    );
    assert_eq!(
        set("/paths/~1groups~1/get/requestBody", json!({})),
        ["additive  GET /groups/, request body: added, optional"]
    );
    assert_eq!(
        set(&format!("{post}/responses/404"), json!({})),
        ["additive  POST /groups/, response 404: added"]
    );
    assert_eq!(
        set(&format!("{post}/responses/201"), json!({})),
        ["breaking  POST /groups/, response 201: added"]
    );
    assert_eq!(
        remove(&format!("{post}/responses/422")),
        ["breaking  POST /groups/, response 422: removed"]
    );
    assert_eq!(
        set(
            &format!("{post}/responses/200/content/application~1json/schema"),
            json!({ "$ref": "#/components/schemas/GroupResponse" })
        ),
        [
            "breaking  POST /groups/, response 200 body: is no longer nullable (`Option<T>` becomes `T`)"
        ]
    );
    assert_eq!(
        set(
            "/paths/~1groups~1/get/responses/200/content/application~1json/schema/items/$ref",
            json!("#/components/schemas/Member")
        ),
        [
            "breaking  GET /groups/, response 200 body[]: type changed from `GroupResponse` to `Member`"
        ]
    );
}

#[test]
fn fields() {
    let form = "/components/schemas/GroupForm";
    let response = "/components/schemas/GroupResponse";
    // A new field: breaking only where it must be sent.
    let new = json!({ "type": "string" });
    assert_eq!(
        set(&format!("{form}/properties/x"), new.clone()),
        ["additive  GroupForm.x: optional field added (string)"]
    );
    for (schema, line) in [
        (form, "breaking  GroupForm.x: required field added (string)"),
        (
            response,
            "additive  GroupResponse.x: required field added (string)",
        ),
    ] {
        let (property, required) = (
            format!("{schema}/properties/x"),
            format!("{schema}/required/-"),
        );
        assert_eq!(
            edited([
                (&property, Some(new.clone())),
                (&required, Some(json!("x")))
            ]),
            [line]
        );
    }
    assert_eq!(
        remove(&format!("{response}/properties/owner")),
        ["breaking  GroupResponse.owner: field removed"]
    );
    // Required or not: breaking where the type changes, or must be sent now.
    assert_eq!(
        remove(&format!("{form}/required/0")),
        ["breaking  GroupForm.name: is now optional (`T` becomes `Option<T>`)"]
    );
    assert_eq!(
        set(&format!("{form}/required/-"), json!("parent_id")),
        ["breaking  GroupForm.parent_id: is now required"]
    );
    assert_eq!(
        set(&format!("{response}/required/-"), json!("owner")),
        ["breaking  GroupResponse.owner: is now required (`Option<T>` becomes `T`)"]
    );
    assert_eq!(
        set(&format!("{response}/required/-"), json!("parent")),
        ["additive  GroupResponse.parent: is now required"]
    );
    // Nullable: likewise.
    assert_eq!(
        set(&format!("{response}/properties/name/nullable"), json!(true)),
        ["breaking  GroupResponse.name: is now nullable (`T` becomes `Option<T>`)"]
    );
    assert_eq!(
        set(
            &format!("{response}/properties/owner/nullable"),
            json!(true)
        ),
        ["additive  GroupResponse.owner: is now nullable"]
    );
    assert_eq!(
        remove(&format!("{form}/properties/parent_id/nullable")),
        ["breaking  GroupForm.parent_id: is no longer nullable"]
    );
}

#[test]
fn types_and_constraints() {
    let form = "/components/schemas/GroupForm";
    let response = "/components/schemas/GroupResponse/properties";
    assert_eq!(
        set(
            &format!("{response}/id"),
            json!({ "type": "array", "items": { "type": "string" } })
        ),
        ["breaking  GroupResponse.id: type changed from string (uuid) to array of string"]
    );
    assert_eq!(
        remove(&format!("{response}/id/format")),
        ["breaking  GroupResponse.id: `format` changed from \"uuid\" to none"]
    );
    assert_eq!(
        set(
            &format!("{response}/counts/additionalProperties/type"),
            json!("string")
        ),
        ["breaking  GroupResponse.counts.*: type changed from integer (int64) to string (int64)"]
    );
    assert_eq!(
        remove(&format!("{form}/additionalProperties")),
        ["breaking  GroupForm: `additionalProperties` changed from false to none"]
    );
    assert_eq!(
        set(&format!("{form}/properties/name/maxLength"), json!(200)),
        ["additive  GroupForm.name: `maxLength` changed from 100 to 200"]
    );
    assert_eq!(
        set(&format!("{form}/properties/name/maxLength"), json!(50)),
        ["breaking  GroupForm.name: `maxLength` changed from 100 to 50"]
    );
    // The type of an inline enum is named by its title, that of a string is not.
    let parameter = "/paths/~1groups~1/get/parameters/2/schema/title";
    assert_eq!(
        set(parameter, json!("Kind")),
        [
            "breaking  GET /groups/, query parameter `membership`: `title` changed from \"Membership\" to \"Kind\""
        ]
    );
    assert_eq!(
        set(&format!("{response}/owner/title"), json!("Owner")),
        ["neutral   GroupResponse.owner: documentation changed (title)"]
    );
}

#[test]
fn enums_and_variants() {
    let response = "/components/schemas/GroupResponse/properties";
    assert_eq!(
        set(&format!("{response}/state/enum/-"), json!("paused")),
        ["breaking  GroupResponse.state: enum values added: \"paused\""]
    );
    assert_eq!(
        set(&format!("{response}/source/enum/-"), json!("ldap")),
        ["additive  GroupResponse.source: enum values added: \"ldap\""]
    );
    assert_eq!(
        set(
            "/paths/~1groups~1/get/parameters/2/schema/enum/-",
            json!("effective")
        ),
        ["additive  GET /groups/, query parameter `membership`: enum values added: \"effective\""]
    );
    // Sent and received: the worse counts.
    assert_eq!(
        set("/components/schemas/Kind/enum/-", json!("class")),
        ["breaking  Kind: enum values added: \"class\""]
    );
    assert_eq!(
        remove("/components/schemas/Kind/enum/0"),
        ["breaking  Kind: enum values removed: \"team\""]
    );
    assert_eq!(
        set(
            &format!("{response}/data/properties/share/oneOf/-"),
            json!({ "type": "integer" })
        ),
        ["breaking  GroupResponse.data.share: oneOf gained integer"]
    );
    assert_eq!(
        set(
            "/components/schemas/ValidationError/properties/loc/items/anyOf/1/type",
            json!("number")
        ),
        ["breaking  ValidationError.loc[], anyOf 2: type changed from integer to number"]
    );
}

#[test]
fn schemas() {
    assert_eq!(
        set("/components/schemas/New", json!({})),
        ["additive  New: schema added"]
    );
    assert_eq!(
        remove("/components/schemas/Kind"),
        ["breaking  Kind: schema removed"]
    );
    // Written as `allOf` of one, a reference means the same.
    assert_eq!(
        set(
            "/components/schemas/GroupForm/properties/kind",
            json!({ "allOf": [{ "$ref": "#/components/schemas/Kind" }] })
        ),
        ["neutral   GroupForm.kind: written in another way, with the same meaning"]
    );
}

#[test]
fn permissions() {
    let chat = "/components/schemas/ChatPermissions/properties";
    assert_eq!(
        set(&format!("{chat}/import"), json!({ "type": "boolean" })),
        ["additive  permission `chat.import`: added"]
    );
    assert_eq!(
        remove(&format!("{chat}/file_upload")),
        ["breaking  permission `chat.file_upload`: removed"]
    );
    assert_eq!(
        set(&format!("{chat}/delete/default"), json!(false)),
        ["breaking  permission `chat.delete`: `default` changed from true to false"]
    );
    // A section comes and goes as its permissions.
    let settings =
        json!({ "type": "object", "properties": { "interface": { "type": "boolean" } } });
    assert_eq!(
        edited([
            ("/components/schemas/SettingsPermissions", Some(settings)),
            (
                "/components/schemas/UserPermissions/properties/settings",
                Some(json!({ "$ref": "#/components/schemas/SettingsPermissions" }))
            ),
            (
                "/components/schemas/UserPermissions/required/-",
                Some(json!("settings"))
            ),
        ]),
        ["additive  permission `settings.interface`: added"]
    );
    // A section that contains itself ends there.
    assert_eq!(
        set(
            &format!("{chat}/again"),
            json!({ "$ref": "#/components/schemas/ChatPermissions" })
        ),
        ["additive  permission `chat.again`: added"]
    );
}

#[test]
fn the_report_puts_what_breaks_first_and_counts() {
    let mut new = sample();
    new["info"]["title"] = json!("Others");
    new["paths"]["/groups/"]["put"] = json!({});
    new["components"]["schemas"]["Kind"]["type"] = json!("one\nline\u{1b}[1m");
    assert_eq!(
        report(&compare(&sample(), &new)),
        "breaking  Kind: type changed from string enum of 2 values to one line [1m enum of 2 values
additive  PUT /groups/: operation added
neutral   document: documentation changed (info)
1 breaking, 1 additive, 1 neutral
"
    );
}

/// What changes when the value at each pointer is set, or removed for `None`.
fn edited<const N: usize>(edits: [(&str, Option<Value>); N]) -> Vec<String> {
    let mut new = sample();
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/");
        match (new.pointer_mut(parent).unwrap(), value) {
            (Value::Object(parent), Some(value)) => {
                parent.insert(key, value);
            }
            (Value::Object(parent), None) => assert!(parent.remove(&key).is_some()),
            (Value::Array(parent), Some(value)) => parent.push(value),
            (parent, None) => {
                parent.as_array_mut().unwrap().remove(key.parse().unwrap());
            }
            (parent, _) => panic!("{parent} has no entries"),
        }
    }
    let changes = compare(&sample(), &new);
    changes.iter().map(Change::to_string).collect()
}

fn set(pointer: &str, value: Value) -> Vec<String> {
    edited([(pointer, Some(value))])
}

fn remove(pointer: &str) -> Vec<String> {
    edited([(pointer, None)])
}
