//! Parameters that operations get.

use serde_json::json;

use super::{
    CREATE, GROUP, GROUPS, INFO, MEMBERS,
    Outcome::{Refused, Taken},
    Row, or_null, parameters, query, reference, schemas,
};

pub(super) const RELEASES: &[Row] = &[
    (
        "query parameter: text, integer and boolean",
        Taken,
        |document| {
            query(
                document,
                "get",
                GROUPS,
                "owner",
                or_null(json!({"type": "string"})),
            );
            query(
                document,
                "get",
                GROUPS,
                "limit",
                json!({"type": "integer", "default": 100,
            "minimum": 1}),
            );
            query(
                document,
                "get",
                GROUPS,
                "archived",
                json!({"type": "boolean", "default": false}),
            );
            query(
                document,
                "get",
                MEMBERS,
                "since",
                json!({"type": "integer"}),
            );
            query(document, "get", GROUP, "expand", json!({"type": "boolean"}));
        },
    ),
    ("query parameter: enum", Taken, |document| {
        schemas(document)["GroupSort"] =
            json!({"type": "string", "enum": ["name", "created_at"], "title": "GroupSort"});
        query(
            document,
            "get",
            GROUPS,
            "sort",
            or_null(reference("GroupSort")),
        );
        query(
            document,
            "get",
            GROUPS,
            "direction",
            json!({"type": "string", "enum": ["asc", "desc"], "default": "asc"}),
        );
        query(
            document,
            "get",
            INFO,
            "view",
            json!({"type": "string", "enum": ["short"]}),
        );
    }),
    ("query parameter: list", Taken, |document| {
        query(
            document,
            "get",
            GROUPS,
            "ids",
            or_null(json!({"type": "array", "items": {"type": "string"}})),
        );
        query(
            document,
            "get",
            MEMBERS,
            "roles",
            json!({"type": "array",
            "items": {"type": "string"}, "default": []}),
        );
    }),
    ("query parameter: date and UUID", Taken, |document| {
        query(
            document,
            "get",
            GROUPS,
            "after",
            or_null(json!({"type": "string",
            "format": "date-time"})),
        );
        query(
            document,
            "get",
            GROUPS,
            "key",
            json!({"type": "string", "format": "uuid"}),
        );
    }),
    ("query parameter: names that code uses", Taken, |document| {
        for name in ["type", "client", "value", "self", "request"] {
            query(
                document,
                "get",
                GROUPS,
                name,
                or_null(json!({"type": "string"})),
            );
        }
        query(document, "post", CREATE, "body", json!({"type": "boolean"}));
        query(
            document,
            "post",
            CREATE,
            "dry-run",
            json!({"type": "boolean", "default": false}),
        );
        query(document, "get", GROUP, "id", json!({"type": "string"}));
    }),
    (
        "query parameter: two with one name in Rust",
        Taken,
        |document| {
            query(document, "get", GROUPS, "Share", json!({"type": "string"}));
            query(
                document,
                "get",
                GROUPS,
                "page-size",
                json!({"type": "integer"}),
            );
            query(
                document,
                "get",
                GROUPS,
                "page_size",
                json!({"type": "integer"}),
            );
        },
    ),
    (
        "query parameter of an operation with a body",
        Taken,
        |document| {
            query(
                document,
                "post",
                CREATE,
                "notify",
                json!({"type": "boolean", "default": true}),
            );
        },
    ),
    ("query parameter with an object", Taken, |document| {
        let schema = json!({"type": "object", "additionalProperties": {"type": "string"}});
        let parameters = parameters(&mut document["paths"][GROUPS]["get"]);
        parameters.push(
            json!({"in": "query", "name": "filter", "style": "deepObject",
            "explode": true, "required": false, "schema": schema}),
        );
    }),
    (
        "query parameter for all operations of a path",
        Taken,
        |document| {
            let parameters = parameters(&mut document["paths"][INFO]);
            parameters.push(json!({"in": "query", "name": "lang", "required": false,
            "schema": {"type": "string"}}));
        },
    ),
    ("cookie and header", Taken, |document| {
        let parameters = parameters(&mut document["paths"][GROUPS]["get"]);
        parameters.push(json!({"in": "cookie", "name": "token", "required": false,
            "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]}}));
        parameters.push(
            json!({"in": "header", "name": "X-Request-Id", "required": false,
            "schema": {"type": "string"}}),
        );
    }),
    ("new value of `membership`", Taken, |document| {
        let parameters = parameters(&mut document["paths"][MEMBERS]["get"]);
        let membership = parameters
            .iter_mut()
            .find(|one| one["name"] == "membership")
            .unwrap();
        membership["schema"]["enum"]
            .as_array_mut()
            .unwrap()
            .push(json!("delegated"));
    }),
    (
        "required query parameter",
        Refused(&["src/groups/list_groups.rs"]),
        |document| {
            query(
                document,
                "get",
                GROUPS,
                "workspace",
                json!({"type": "string"}),
            );
            let added = parameters(&mut document["paths"][GROUPS]["get"])
                .last_mut()
                .unwrap();
            added["required"] = json!(true);
        },
    ),
];
