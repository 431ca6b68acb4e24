//! Operations, with their parameters and bodies.

use expect_test::expect;
use serde_json::json;

use super::*;

#[test]
fn a_removed_value_of_a_parameter_is_breaking() {
    check(
        |d| {
            schema(d, "Membership")["enum"] = json!(["direct", "effective"]);
        },
        expect![[r#"
            breaking
            - Membership::Inherited, named "inherited" in JSON
        "#]],
    );
}

#[test]
fn a_new_value_of_a_parameter_is_additive() {
    check(
        |d| {
            schema(d, "Membership")["enum"] =
                json!(["direct", "inherited", "effective", "invited"]);
        },
        expect![[r#"
            additive
            + Membership::Invited, named "invited" in JSON
        "#]],
    );
}

#[test]
fn a_new_optional_parameter_is_additive() {
    check(
        |d| {
            parameters(d, "/api/v1/groups/id/{id}").push(json!({"name": "with_data", "in": "query", "schema": {"type": "boolean", "default": false}}));
        },
        expect![[r#"
            additive
            + get_group: optional query parameter `with_data`: Option<bool>, default false
        "#]],
    );
}

#[test]
fn a_new_required_parameter_is_breaking() {
    check(
        |d| {
            parameters(d, "/api/v1/groups/id/{id}").push(json!({"name": "tenant", "in": "header", "required": true, "schema": {"type": "string"}}));
        },
        expect![[r#"
            breaking
            + get_group: required header parameter `tenant`: &str
            ! callers have to set it
        "#]],
    );
}

#[test]
fn a_parameter_that_becomes_required_is_breaking() {
    check(
        |d| {
            parameter(d, "/api/v1/groups/id/{id}/members", "page")["required"] = json!(true);
        },
        expect![[r#"
            breaking
            - list_group_members: optional query parameter `page`: Option<NonZeroU64>, default 1
            + list_group_members: required query parameter `page`: NonZeroU64, default 1
        "#]],
    );
}

#[test]
fn a_changed_default_of_a_parameter_is_breaking() {
    check(
        |d| {
            parameter(d, "/api/v1/groups/id/{id}/members", "page")["schema"]["default"] = json!(2);
        },
        expect![[r#"
            breaking
            - list_group_members: optional query parameter `page`: Option<NonZeroU64>, default 1
            + list_group_members: optional query parameter `page`: Option<NonZeroU64>, default 2
        "#]],
    );
}

#[test]
fn a_parameter_in_another_place_is_breaking() {
    check(
        |d| {
            parameter(d, "/api/v1/groups/id/{id}/members", "query")["in"] = json!("header");
        },
        expect![[r#"
            breaking
            - list_group_members: optional query parameter `query`: Option<&str>, default ""
            + list_group_members: optional header parameter `query`: Option<&str>, default ""
        "#]],
    );
}

#[test]
fn a_removed_parameter_is_breaking() {
    check(
        |d| {
            parameters(d, "/api/v1/groups/id/{id}/members").retain(|one| one["name"] != "query");
        },
        expect![[r#"
            breaking
            - list_group_members: optional query parameter `query`: Option<&str>, default ""
        "#]],
    );
}

#[test]
fn a_moved_path_is_breaking() {
    check(
        |d| {
            let item = remove(&mut d["paths"], "/api/v1/groups/id/{id}/info");
            d["paths"]["/api/v2/groups/{id}/info"] = item;
        },
        expect![[r#"
            breaking
            - get_group_info: GET /api/v1/groups/id/{id}/info
            + get_group_info: GET /api/v2/groups/{id}/info
        "#]],
    );
}

#[test]
fn another_method_is_breaking() {
    check(
        |d| {
            let item = &mut d["paths"]["/api/v1/groups/id/{id}/update"];
            let operation = remove(item, "post");
            item["put"] = operation;
        },
        expect![[r#"
            breaking
            - update_group: POST /api/v1/groups/id/{id}/update
            + update_group: PUT /api/v1/groups/id/{id}/update
        "#]],
    );
}

#[test]
fn a_removed_operation_is_breaking() {
    check(
        |d| {
            remove(&mut d["paths"], "/api/v1/groups/id/{id}/info");
        },
        expect![[r#"
            breaking
            - get_group_info: GET /api/v1/groups/id/{id}/info
            breaking
            - struct GroupInfo
        "#]],
    );
}

#[test]
fn a_new_operation_is_additive() {
    check(
        |d| {
            d["paths"]["/api/v1/groups/id/{id}/audit"] = json!({"post": {"operationId": "audit_group", "x-since": "0.13.0", "x-retry": "if-not-sent", "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AuditForm"}}}}, "responses": {"200": {"description": "", "content": {"application/json": {"schema": {}}}}}}});
            d["components"]["schemas"]["AuditForm"] = json!({"type": "object", "required": ["from"], "properties": {"from": {"type": "integer"}}});
        },
        expect![[r#"
            additive
            + audit_group: POST /api/v1/groups/id/{id}/audit
            additive
            + audit_group: required path parameter `id`: &str
            additive
            + audit_group: request body AuditForm as application/json
            additive
            + audit_group: response serde_json::Value with status 200
            additive
            + audit_group: error response ()
            additive
            + audit_group: retry if-not-sent
            additive
            + audit_group: since Open WebUI 0.13.0
            additive
            + struct AuditForm
            additive
            + AuditForm.from: i64
            additive
            + AuditForm::new(from: i64)
        "#]],
    );
}

#[test]
fn another_retry_policy_or_version_is_breaking() {
    check(
        |d| {
            let operation = &mut d["paths"]["/api/v1/groups/create"]["post"];
            operation["x-retry"] = json!("idempotent");
            operation["x-since"] = json!("0.7.0");
        },
        expect![[r#"
            breaking
            - create_group: retry if-not-sent
            + create_group: retry idempotent
            breaking
            - create_group: since Open WebUI 0.6.43
            + create_group: since Open WebUI 0.7.0
        "#]],
    );
}

#[test]
fn another_body_is_breaking() {
    check(
        |d| {
            d["paths"]["/api/v1/groups/create"]["post"]["requestBody"]["content"]["application/json"]
                ["schema"] = json!({"$ref": "#/components/schemas/GroupUpdateForm"});
        },
        expect![[r#"
            breaking
            - create_group: request body GroupForm as application/json
            + create_group: request body GroupUpdateForm as application/json
            breaking
            - struct GroupForm
        "#]],
    );
}

#[test]
fn another_response_is_breaking() {
    check(
        |d| {
            d["paths"]["/api/v1/groups/id/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
                ["schema"] = json!({"$ref": "#/components/schemas/GroupInfoResponse"});
        },
        expect![[r#"
            breaking
            - get_group: response Group with status 200
            + get_group: response GroupInfo with status 200
        "#]],
    );
}

#[test]
fn another_status_is_breaking() {
    check(
        |d| {
            let responses = &mut d["paths"]["/api/v1/groups/create"]["post"]["responses"];
            let response = remove(responses, "200");
            responses["201"] = response;
        },
        expect![[r#"
            breaking
            - create_group: response Group with status 200
            + create_group: response Group with status 201
        "#]],
    );
}

#[test]
fn another_media_type_of_a_body_is_breaking() {
    check(
        |d| {
            let content =
                &mut d["paths"]["/api/v1/groups/create"]["post"]["requestBody"]["content"];
            let body = remove(content, "application/json");
            content["application/x-www-form-urlencoded"] = body;
        },
        expect![[r#"
            breaking
            - create_group: request body GroupForm as application/json
            + create_group: request body GroupForm as application/x-www-form-urlencoded
        "#]],
    );
}
