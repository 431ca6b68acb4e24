//! Groups and users in the format of the servers.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::server::{detail, json as answer};

/// The ID of the group that most tests use.
pub(crate) const GROUP: &str = "5be5e52a-cc60-4307-a9a5-33af4518f1c1";

/// The path of the group, or of a resource below it.
pub(crate) fn at(method: &str, below: &str) -> String {
    format!("{method} /api/v1/groups/id/{GROUP}{below}")
}

/// A group in the format of servers before 0.12.
pub(crate) fn old_group(members: usize) -> Value {
    json!({
        "id": GROUP, "user_id": "f3a83348-7dc7-437f-afd3-1543d3b74c23", "name": "g",
        "description": "", "data": {"config": {"share": "members"}}, "meta": null,
        "permissions": null, "created_at": 1795415300, "updated_at": 1795415301,
        "member_count": members,
    })
}

/// A group in the format of servers since 0.12.
pub(crate) fn group(members: usize) -> Value {
    let mut group = old_group(members);
    group["parent_group_id"] = Value::Null;
    group
}

/// The export of a group.
pub(crate) fn export<S: AsRef<str>>(members: &[S]) -> ResponseTemplate {
    let ids: Vec<&str> = members.iter().map(AsRef::as_ref).collect();
    let mut export = group(ids.len());
    export["user_ids"] = json!(ids);
    answer(200, export)
}

/// A user of `…/users`.
pub(crate) fn user(id: &str, name: &str) -> Value {
    json!({
        "status_emoji": null, "status_message": null, "status_expires_at": null, "id": id,
        "name": name, "email": format!("{id}@example.com"), "role": "user", "bio": null,
        "last_active_at": null, "timezone": null, "groups": [], "is_active": false,
    })
}

/// A member of `…/members`.
pub(crate) fn member(id: &str, name: &str) -> Value {
    let mut member = user(id, name);
    member["membership_type"] = json!("direct");
    member["via_group_ids"] = json!([]);
    member
}

/// The responses of servers since 0.12 for a missing group, which depend on the endpoint.
pub(crate) fn no_group() -> ResponseTemplate {
    detail(404, "Group not found.")
}
pub(crate) fn not_found() -> ResponseTemplate {
    detail(404, "We could not find what you're looking for :/")
}

/// The response of older servers.
pub(crate) fn old_not_found() -> ResponseTemplate {
    detail(401, "We could not find what you're looking for :/")
}
