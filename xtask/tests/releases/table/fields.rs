//! Fields that responses and forms get.

use serde_json::json;

use super::{
    CREATE, GROUP, GROUPS, Outcome::Taken, Row, operation, optional, or_null, reference, required,
    schemas,
};

pub(super) const RELEASES: &[Row] = &[
    ("optional field of a response", Taken, |document| {
        for schema in ["GroupResponse", "GroupInfoResponse", "GroupExportResponse"] {
            optional(document, schema, "icon", or_null(json!({"type": "string"})));
            optional(
                document,
                schema,
                "slug",
                json!({"type": "string", "default": ""}),
            );
        }
        optional(
            document,
            "UserInfoResponse",
            "pronouns",
            or_null(json!({"type": "string"})),
        );
        optional(
            document,
            "UserInfoResponse",
            "tags",
            json!({
            "type": "array", "items": {"type": "string"}, "default": [], "title": "Tags"}),
        );
    }),
    ("required field of a response", Taken, |document| {
        required(document, "GroupResponse", "kind", json!({"type": "string"}));
        required(
            document,
            "GroupMemberInfo",
            "joined_at",
            json!({"type": "integer"}),
        );
        required(
            document,
            "GroupMembersResponse",
            "has_more",
            json!({"type": "boolean"}),
        );
        required(
            document,
            "UserInfoResponse",
            "username",
            json!({"type": "string"}),
        );
        required(
            document,
            "UserInfoListResponse",
            "limit",
            json!({"type": "number"}),
        );
    }),
    ("optional field of a form", Taken, |document| {
        for schema in ["GroupForm", "GroupUpdateForm"] {
            optional(
                document,
                schema,
                "color",
                or_null(json!({"type": "string"})),
            );
            optional(
                document,
                schema,
                "owners",
                json!({
                "type": "array", "items": {"type": "string"}, "default": []}),
            );
            optional(
                document,
                schema,
                "rank",
                json!({"type": "integer", "default": 3}),
            );
        }
        optional(
            document,
            "UserIdsForm",
            "notify",
            json!({"type": "boolean", "default": false}),
        );
    }),
    ("new schema inside a response", Taken, |document| {
        schemas(document)["GroupBadge"] = json!({"type": "object", "title": "GroupBadge",
            "properties": {"text": {"type": "string"}, "level": {"type": "integer", "minimum": 0}},
            "required": ["text"]});
        optional(
            document,
            "GroupResponse",
            "badge",
            or_null(reference("GroupBadge")),
        );
        optional(
            document,
            "UserInfoResponse",
            "badges",
            json!({
            "type": "array", "items": reference("GroupBadge"), "default": []}),
        );
    }),
    (
        "object without a schema of its own inside a response",
        Taken,
        |document| {
            optional(
                document,
                "GroupResponse",
                "limits",
                json!({"type": "object",
            "properties": {"members": {"type": "integer", "minimum": 0}}, "title": "Limits"}),
            );
        },
    ),
    ("enum inside a response", Taken, |document| {
        schemas(document)["GroupVisibility"] = json!({
            "type": "string", "enum": ["public", "private"], "title": "GroupVisibility"});
        optional(
            document,
            "GroupResponse",
            "visibility",
            reference("GroupVisibility"),
        );
        optional(
            document,
            "GroupInfoResponse",
            "mode",
            json!({"type": "string", "enum": ["open", "closed"], "default": "open"}),
        );
        optional(
            document,
            "GroupInfoResponse",
            "version",
            json!({"const": "1", "type": "string"}),
        );
    }),
    ("enum inside a form", Taken, |document| {
        for schema in ["GroupForm", "GroupUpdateForm"] {
            optional(
                document,
                schema,
                "join",
                json!({"type": "string", "enum": ["open", "by-invitation"], "default": "open"}),
            );
        }
    }),
    ("new value of the enum of a response", Taken, |document| {
        let field = &mut schemas(document)["GroupMemberInfo"]["properties"]["membership_type"];
        field["enum"]
            .as_array_mut()
            .unwrap()
            .push(json!("delegated"));
    }),
    ("union inside a response", Taken, |document| {
        optional(
            document,
            "GroupResponse",
            "owner",
            json!({"anyOf": [reference("UserInfoResponse"), {"type": "string"}]}),
        );
        optional(
            document,
            "GroupResponse",
            "quota",
            json!({"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}),
        );
    }),
    ("discriminated union inside a response", Taken, |document| {
        for kind in ["Oauth", "Ldap"] {
            schemas(document)[format!("{kind}Source")] = json!({"type": "object",
                "title": format!("{kind}Source"), "required": ["type"],
                "properties": {"type": {"type": "string", "const": kind.to_lowercase()}}});
        }
        optional(
            document,
            "GroupResponse",
            "source",
            json!({
            "oneOf": [reference("OauthSource"), reference("LdapSource")],
            "discriminator": {"propertyName": "type", "mapping": {
                "oauth": "#/components/schemas/OauthSource",
                "ldap": "#/components/schemas/LdapSource"}}}),
        );
    }),
    ("date, UUID, pattern and bounds", Taken, |document| {
        let fields = [
            (
                "archived_on",
                json!({"type": "string", "format": "date-time"}),
            ),
            ("external_id", json!({"type": "string", "format": "uuid"})),
            (
                "code",
                json!({"type": "string", "pattern": "^[a-z]+(?!x)$", "maxLength": 9}),
            ),
            (
                "site",
                json!({"type": "string", "format": "uri", "minLength": 1}),
            ),
            (
                "weight",
                json!({"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5}),
            ),
        ];
        for (name, schema) in fields {
            optional(document, "GroupResponse", name, or_null(schema.clone()));
            optional(document, "GroupForm", name, or_null(schema.clone()));
            optional(document, "GroupUpdateForm", name, or_null(schema));
        }
    }),
    ("tuple", Taken, |document| {
        optional(
            document,
            "GroupResponse",
            "range",
            json!({"type": "array", "minItems": 2,
            "maxItems": 2, "prefixItems": [{"type": "string"}, {"type": "integer"}]}),
        );
    }),
    ("map with names of properties", Taken, |document| {
        optional(
            document,
            "GroupResponse",
            "labels",
            json!({"type": "object",
            "propertyNames": {"enum": ["a", "b"]}, "additionalProperties": {"type": "integer"}}),
        );
    }),
    ("same title twice", Taken, |document| {
        let inner = |field: &str| {
            json!({"type": "object", "title": "Settings",
            "properties": {field: {"type": "string"}}})
        };
        optional(document, "GroupResponse", "view_settings", inner("theme"));
        optional(document, "GroupResponse", "mail_settings", inner("from"));
        optional(document, "GroupInfoResponse", "settings", inner("other"));
    }),
    ("two fields with one name in Rust", Taken, |document| {
        optional(
            document,
            "GroupResponse",
            "user-id",
            json!({"type": "string"}),
        );
        optional(
            document,
            "GroupResponse",
            "last-seen",
            json!({"type": "integer"}),
        );
        optional(
            document,
            "GroupResponse",
            "last_seen",
            json!({"type": "integer"}),
        );
    }),
    ("fields with names of Rust", Taken, |document| {
        for name in ["type", "self", "async", "new", "default", "value", "Ok"] {
            optional(
                document,
                "GroupResponse",
                name,
                json!({"type": "string", "default": ""}),
            );
        }
        optional(
            document,
            "GroupForm",
            "type",
            or_null(json!({"type": "string"})),
        );
    }),
    ("response with further properties", Taken, |document| {
        schemas(document)["GroupResponse"]["additionalProperties"] = json!(true);
    }),
    ("response without a schema gets one", Taken, |document| {
        schemas(document)["GroupAccessPreview"] = json!({"type": "object",
            "properties": {"group": {"type": "object"}}, "required": ["group"]});
        let path = format!("{GROUP}/preview");
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"] =
            reference("GroupAccessPreview");
    }),
    (
        "responses of other statuses and media types",
        Taken,
        |document| {
            let responses = &mut document["paths"][GROUP]["get"]["responses"];
            responses["404"] = json!({"description": "Not Found", "content": {"application/json":
            {"schema": {"type": "object", "properties": {"detail": {"type": "string"}}}}}});
            responses["200"]["content"]["text/csv"] = json!({"schema": {"type": "string"}});
            let responses = &mut document["paths"][CREATE]["post"]["responses"];
            responses["201"] = responses["200"].clone();
            document["paths"][GROUPS]["get"]["responses"]["4XX"] = json!({"description": "Error"});
        },
    ),
    ("descriptions", Taken, |document| {
        schemas(document)["GroupResponse"]["description"] = json!("A group.\n\n    let x = 1;");
        schemas(document)["GroupResponse"]["properties"]["name"]["title"] = json!("The Name");
        schemas(document)["ValidationError"]["properties"]["msg"]["description"] = json!("*/ [x]");
        document["paths"][GROUPS]["get"]["summary"] = json!("All Groups");
        document["paths"][GROUPS]["get"]["description"] = json!("Lists `groups`.");
    }),
    ("recursive schema inside a response", Taken, |document| {
        schemas(document)["GroupNode"] = json!({"type": "object", "properties": {
            "id": {"type": "string"}, "parent": or_null(reference("GroupNode")),
            "children": {"type": "array", "items": reference("GroupNode"), "default": []}}});
        optional(
            document,
            "GroupResponse",
            "tree",
            or_null(reference("GroupNode")),
        );
    }),
    ("deprecated field and operation", Taken, |document| {
        optional(
            document,
            "GroupResponse",
            "old_name",
            json!({"type": "string", "deprecated": true}),
        );
        optional(
            document,
            "GroupForm",
            "old_name",
            json!({"anyOf": [{"type": "string"}, {"type": "null"}], "deprecated": true}),
        );
        document["paths"][GROUP]["get"]["deprecated"] = json!(true);
        let info = operation("unused", "get", GROUP, json!({}));
        document["paths"][GROUP]["get"]["security"] = info["security"].clone();
    }),
];
