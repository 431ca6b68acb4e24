//! Operations that the server gets.

use serde_json::{Value, json};

use super::{
    GROUP,
    Outcome::{NeedsMethod, Taken, Unchanged},
    Row, operation, optional, reference, schemas,
};

pub(super) const RELEASES: &[Row] = &[
    ("new GET with a schema", NeedsMethod, |document| {
        schemas(document)["AuditEntry"] = json!({"type": "object", "title": "AuditEntry",
            "properties": {"at": {"type": "integer"}, "what": {"type": "string"}},
            "required": ["at", "what"]});
        let list = json!({"type": "array", "items": reference("AuditEntry")});
        add(
            document,
            "get",
            "audit",
            operation("audit_group", "get", &at("audit"), list),
        );
    }),
    ("new GET with a query", NeedsMethod, |document| {
        let list = json!({"type": "array", "items": reference("GroupResponse")});
        let mut search = operation("search_groups", "get", "/api/v1/groups/search", list);
        search["parameters"] = json!([
            {"in": "query", "name": "query", "required": true, "schema": {"type": "string"}},
            {"in": "query", "name": "page", "required": false,
                "schema": {"type": "integer", "default": 1}}]);
        document["paths"]["/api/v1/groups/search"]["get"] = search;
    }),
    ("new POST with a form", NeedsMethod, |document| {
        schemas(document)["GroupMoveForm"] = json!({"type": "object", "title": "GroupMoveForm",
            "properties": {"parent_id": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "position": {"type": "integer"}}, "required": ["position"]});
        let mut new = operation(
            "move_group",
            "post",
            &at("move"),
            reference("GroupResponse"),
        );
        new["requestBody"] = json!({"required": true,
            "content": {"application/json": {"schema": reference("GroupMoveForm")}}});
        add(document, "post", "move", new);
    }),
    ("new POST without a body", NeedsMethod, |document| {
        let new = operation(
            "archive_group",
            "post",
            &at("archive"),
            json!({"type": "boolean"}),
        );
        add(document, "post", "archive", new);
    }),
    (
        "new DELETE with and without a body",
        NeedsMethod,
        |document| {
            let path = at("tags");
            let mut new = operation("clear_tags", "delete", &path, json!({}));
            new["responses"]["204"] = json!({"description": "No Content"});
            new["responses"].as_object_mut().unwrap().remove("200");
            add(document, "delete", "tags", new);
            let mut new = operation(
                "forget_group",
                "delete",
                &at("memory"),
                json!({"type": "boolean"}),
            );
            new["requestBody"] = json!({"required": true,
                "content": {"application/json": {"schema": reference("UserIdsForm")}}});
            add(document, "delete", "memory", new);
        },
    ),
    ("new PATCH of a group", NeedsMethod, |document| {
        schemas(document)["GroupPatch"] = json!({"type": "object",
            "properties": {"name": {"type": "string"}}, "title": "GroupPatch"});
        let mut new = operation("patch_group", "patch", GROUP, reference("GroupResponse"));
        new["requestBody"] = json!({"required": true,
            "content": {"application/json": {"schema": reference("GroupPatch")}}});
        document["paths"][GROUP]["patch"] = new;
    }),
    (
        "new operation with a function of a known name",
        NeedsMethod,
        |document| {
            let new = operation("get_group", "get", &at("again"), reference("GroupResponse"));
            add(document, "get", "again", new);
        },
    ),
    ("upload of a file", Taken, |document| {
        schemas(document)["Body_upload_icon"] = json!({"type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]});
        let mut new = operation(
            "upload_icon",
            "post",
            &at("icon"),
            json!({"type": "boolean"}),
        );
        new["requestBody"] = json!({"required": true,
            "content": {"multipart/form-data": {"schema": reference("Body_upload_icon")}}});
        add(document, "post", "icon", new);
    }),
    ("download of a file", Taken, |document| {
        let mut new = operation("download_icon", "get", &at("icon"), json!({}));
        new["responses"]["200"]["content"] = json!({"image/png": {}});
        add(document, "get", "icon", new);
    }),
    (
        "new operation of another part of the server",
        Unchanged,
        |document| {
            let mut new = operation("list_notes", "get", "/api/v1/notes/", json!({}));
            new["tags"] = json!(["notes"]);
            document["paths"]["/api/v1/notes/"]["get"] = new;
            schemas(document)["Note"] = json!({"type": "object"});
            optional(document, "Note", "text", json!({"type": "string"}));
        },
    ),
];

/// A path below a group.
fn at(name: &str) -> String {
    format!("{GROUP}/{name}")
}

fn add(document: &mut Value, method: &str, name: &str, operation: Value) {
    document["paths"][at(name)][method] = operation;
}
