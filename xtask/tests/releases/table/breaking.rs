//! Changes that hand-written code has to follow.

use serde_json::json;

use super::{GROUP, INFO, MEMBERS, Outcome::Refused, Row, parameters, remove, required, schemas};

pub(super) const RELEASES: &[Row] = &[
    (
        "required field of a form",
        Refused(&["src/model/new_group.rs"]),
        |document| {
            required(
                document,
                "GroupForm",
                "workspace",
                json!({"type": "string"}),
            );
        },
    ),
    (
        "optional field of a response is removed",
        Refused(&[]),
        |document| {
            remove(document, "GroupResponse", "member_count");
        },
    ),
    (
        "required field of a response is removed",
        Refused(&[]),
        |document| {
            remove(document, "UserInfoResponse", "email");
        },
    ),
    (
        "field of a form is removed",
        Refused(&["src/model/new_group.rs"]),
        |document| {
            remove(document, "GroupForm", "parent_group_id");
        },
    ),
    ("type of a field changes", Refused(&[]), |document| {
        schemas(document)["GroupResponse"]["properties"]["created_at"] = json!({"type": "string"});
    }),
    (
        "type of a field of a form changes",
        Refused(&[]),
        |document| {
            schemas(document)["UserIdsForm"]["properties"]["user_ids"] =
                json!({"type": "array", "items": {"type": "integer"}});
        },
    ),
    ("field becomes nullable", Refused(&[]), |document| {
        schemas(document)["GroupResponse"]["properties"]["name"] =
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]});
    }),
    ("field becomes optional", Refused(&[]), |document| {
        let required = schemas(document)["GroupResponse"]["required"]
            .as_array_mut()
            .unwrap();
        required.retain(|name| name != "name");
    }),
    ("operation is removed", Refused(&[]), |document| {
        document["paths"].as_object_mut().unwrap().remove(INFO);
    }),
    (
        "operation moves to another path",
        Refused(&[]),
        |document| {
            let paths = document["paths"].as_object_mut().unwrap();
            let operation = paths.remove(INFO).unwrap();
            paths.insert(format!("{GROUP}/summary"), operation);
        },
    ),
    ("query parameter is removed", Refused(&[]), |document| {
        parameters(&mut document["paths"][MEMBERS]["get"]).retain(|one| one["name"] != "query");
    }),
    ("permission is removed", Refused(&[]), |document| {
        remove(document, "ChatPermissions", "delete");
    }),
    (
        "value of `membership` is removed",
        Refused(&[]),
        |document| {
            let parameters = parameters(&mut document["paths"][MEMBERS]["get"]);
            let membership = parameters
                .iter_mut()
                .find(|one| one["name"] == "membership")
                .unwrap();
            membership["schema"]["enum"].as_array_mut().unwrap().pop();
        },
    ),
    ("default of a parameter changes", Refused(&[]), |document| {
        let parameters = parameters(&mut document["paths"][MEMBERS]["get"]);
        let membership = parameters
            .iter_mut()
            .find(|one| one["name"] == "membership")
            .unwrap();
        membership["schema"]["default"] = json!("direct");
    }),
];
