//! Changes that hand-written code has to follow.

use serde_json::json;

use super::{
    GROUP, INFO, MEMBERS,
    Outcome::{Breaking, Refused},
    Row, parameters, remove, required, schemas,
};

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
        Refused(&["src/groups/member_ids.rs", "src/groups/read.rs"]),
        |document| {
            remove(document, "GroupResponse", "member_count");
        },
    ),
    (
        "required field of a response is removed",
        Refused(&[
            "src/groups/member_filter.rs",
            "src/users/find_users.rs",
            "src/users/search.rs",
        ]),
        |document| {
            remove(document, "UserInfoResponse", "email");
        },
    ),
    (
        "field of a form is removed",
        Refused(&["src/groups/create.rs", "src/model/new_group.rs"]),
        |document| {
            remove(document, "GroupForm", "parent_group_id");
        },
    ),
    (
        "type of a field changes",
        Refused(&["src/model/times.rs"]),
        |document| {
            schemas(document)["GroupResponse"]["properties"]["created_at"] =
                json!({"type": "string"});
        },
    ),
    (
        "type of a field of a form changes",
        Refused(&["src/groups/member_ids.rs"]),
        |document| {
            schemas(document)["UserIdsForm"]["properties"]["user_ids"] =
                json!({"type": "array", "items": {"type": "integer"}});
        },
    ),
    (
        "field becomes nullable",
        Refused(&["src/groups/find.rs", "src/model/group_update.rs"]),
        |document| {
            schemas(document)["GroupResponse"]["properties"]["name"] =
                json!({"anyOf": [{"type": "string"}, {"type": "null"}]});
        },
    ),
    (
        "field becomes optional",
        Refused(&["src/groups/find.rs", "src/model/group_update.rs"]),
        |document| {
            let required = schemas(document)["GroupResponse"]["required"]
                .as_array_mut()
                .unwrap();
            required.retain(|name| name != "name");
        },
    ),
    (
        "operation is removed",
        Refused(&["src/groups/read.rs", "src/types.rs"]),
        |document| {
            document["paths"].as_object_mut().unwrap().remove(INFO);
        },
    ),
    (
        "operation moves to another path",
        Refused(&["src/groups/read.rs"]),
        |document| {
            let paths = document["paths"].as_object_mut().unwrap();
            let operation = paths.remove(INFO).unwrap();
            paths.insert(format!("{GROUP}/summary"), operation);
        },
    ),
    (
        "query parameter is removed",
        Refused(&["src/groups/member_filter.rs"]),
        |document| {
            parameters(&mut document["paths"][MEMBERS]["get"]).retain(|one| one["name"] != "query");
        },
    ),
    (
        "permission is removed",
        Refused(&["src/client/permission_support.rs", "tests/wire/editing.rs"]),
        |document| {
            remove(document, "ChatPermissions", "delete");
        },
    ),
    (
        "value of `membership` is removed",
        Refused(&["src/groups/list_members.rs"]),
        |document| {
            let parameters = parameters(&mut document["paths"][MEMBERS]["get"]);
            let membership = parameters
                .iter_mut()
                .find(|one| one["name"] == "membership")
                .unwrap();
            membership["schema"]["enum"].as_array_mut().unwrap().pop();
        },
    ),
    ("default of a parameter changes", Breaking, |document| {
        let parameters = parameters(&mut document["paths"][MEMBERS]["get"]);
        let membership = parameters
            .iter_mut()
            .find(|one| one["name"] == "membership")
            .unwrap();
        membership["schema"]["default"] = json!("direct");
    }),
];
