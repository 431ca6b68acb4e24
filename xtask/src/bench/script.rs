//! The responses that the loopback server sends for a part, prepared before the part runs.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use contender_harness::{
    Part,
    data::{GROUP_ID, PAGE_SIZE, retained, user_id, user_ids},
};
use serde_json::{Map, Value, json};

use crate::document::files::Folder;

/// When a group was created, for example.
const TIME: i64 = 1_795_415_300;

/// What a server responds in a part.
pub(crate) struct Script {
    version: Vec<u8>,
    responses: Responses,
}

enum Responses {
    /// The same response to all requests.
    Same(Vec<u8>),
    /// Exports in this order, again and again, and the same group after each change.
    Members {
        exports: Vec<Vec<u8>>,
        next: AtomicUsize,
        changed: Vec<u8>,
    },
    /// By the number of the page.
    Pages(Vec<Vec<u8>>),
}

impl Script {
    /// Prepares the responses for a part of this size.
    ///
    /// # Errors
    ///
    /// When the document cannot be read.
    pub(crate) fn new(part: Part, size: usize) -> Result<Self> {
        let responses = match part {
            Part::Get => Responses::Same(response(&group(0, &some_permissions(), 7))),
            Part::List => {
                let permissions = all_permissions(&document()?)?;
                let groups = (0..size).map(|number| group(number, &permissions, 7));
                Responses::Same(response(&groups.collect()))
            }
            Part::Users => Responses::Same(response(&(0..size).map(user).collect())),
            Part::AddMembers => Responses::members(size, &[0..0, 0..size]),
            // The list has the IDs from 0; those that are to be removed come after it.
            Part::SetMembers => {
                let (first, end) = (size - retained(size), size + retained(size));
                Responses::members(size, &[first..end, 0..end, 0..size])
            }
            Part::Members | Part::MembersSlow | Part::MembersHeap => Responses::pages(size),
        };
        Ok(Self {
            version: response(&json!({"version": "0.12.4"})),
            responses,
        })
    }

    /// Begins again, for another run.
    pub(crate) fn restart(&self) {
        if let Responses::Members { next, .. } = &self.responses {
            next.store(0, Ordering::Relaxed);
        }
    }

    /// The response to a request for this path and query.
    pub(crate) fn respond(&self, target: &str) -> &[u8] {
        if target.ends_with("/api/version") {
            return &self.version;
        }
        let response = match &self.responses {
            Responses::Same(response) => Some(response),
            Responses::Members {
                exports,
                next,
                changed,
            } => match target.ends_with("/export") {
                true => exports.get(next.fetch_add(1, Ordering::Relaxed) % exports.len()),
                false => Some(changed),
            },
            Responses::Pages(pages) => {
                page_number(target).and_then(|number| pages.get(number.checked_sub(1)?))
            }
        };
        response.map_or(
            b"HTTP/1.1 500 No response\r\ncontent-length: 0\r\n\r\n",
            Vec::as_slice,
        )
    }
}

impl Responses {
    /// The members at each reading, and how many a group has after a change.
    fn members(size: usize, readings: &[std::ops::Range<usize>]) -> Self {
        let export = |ids: &std::ops::Range<usize>| {
            let export = group(0, &some_permissions(), ids.len());
            response(&with(export, json!({"user_ids": user_ids(ids.clone())})))
        };
        Self::Members {
            exports: readings.iter().map(export).collect(),
            next: AtomicUsize::new(0),
            changed: response(&group(0, &some_permissions(), size)),
        }
    }

    fn pages(members: usize) -> Self {
        let pages = 0..members.div_ceil(PAGE_SIZE);
        Self::Pages(pages.map(|index| response(&page(index, members))).collect())
    }
}

fn page_number(target: &str) -> Option<usize> {
    let (_, query) = target.split_once('?')?;
    let number = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("page="))?;
    number.parse().ok()
}

/// All of a response, so that one call writes it.
fn response(body: &Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn group(number: usize, permissions: &Value, members: usize) -> Value {
    let id = match number {
        0 => GROUP_ID.to_owned(),
        number => user_id(number),
    };
    json!({
        "id": id, "user_id": "f3a83348-7dc7-437f-afd3-1543d3b74c23",
        "name": format!("engineering {number}"), "description": "builds things",
        "parent_group_id": null, "data": {"config": {"share": "members"}}, "meta": null,
        "permissions": permissions, "created_at": TIME, "updated_at": TIME,
        "member_count": members,
    })
}

fn user(number: usize) -> Value {
    json!({
        "bio": null, "email": format!("user{number}@people.example"), "groups": [],
        "id": user_id(number), "is_active": false, "last_active_at": TIME,
        "name": format!("User {number}"), "role": "user", "status_emoji": null,
        "status_expires_at": null, "status_message": null, "timezone": null,
    })
}

fn page(index: usize, count: usize) -> Value {
    let first = index * PAGE_SIZE;
    let member = |number| {
        let membership = json!({"membership_type": "direct", "via_group_ids": []});
        with(user(number), membership)
    };
    json!({
        "items": (first..count.min(first + PAGE_SIZE)).map(member).collect::<Vec<_>>(), "total": count,
        "counts": {"direct": count, "inherited": 0, "effective": count},
    })
}

/// An object with the fields of another one too.
fn with(mut object: Value, fields: Value) -> Value {
    if let (Value::Object(object), Value::Object(fields)) = (&mut object, fields) {
        object.extend(fields);
    }
    object
}

fn some_permissions() -> Value {
    json!({
        "chat": {"file_upload": true, "web_upload": false}, "features": {"web_search": true},
    })
}

fn document() -> Result<Value> {
    let document = Folder::of_project().groups()?;
    let document = document.context("there is no openapi/groups.json")?;
    Ok(serde_json::from_str(&document)?)
}

/// Every permission that the document names, allowed and denied in turn.
fn all_permissions(document: &Value) -> Result<Value> {
    let properties = |name: &str| {
        let path = format!("/components/schemas/{name}/properties");
        let properties = document.pointer(&path).and_then(Value::as_object);
        properties.with_context(|| format!("the document has no properties of `{name}`"))
    };
    let mut allow = [true, false].into_iter().cycle();
    let mut all = Map::new();
    for (category, schema) in properties("UserPermissions")? {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let name = reference.and_then(|reference| reference.rsplit('/').next());
        let names = properties(name.unwrap_or_default())?.keys().cloned();
        let values = names.zip(allow.by_ref().map(Value::Bool));
        all.insert(category.clone(), values.collect::<Map<_, _>>().into());
    }
    Ok(all.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: usize = 1_000;

    fn body(response: &[u8]) -> Value {
        let text = std::str::from_utf8(response).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.ends_with(&format!("content-length: {}", body.len())),
            "{head}"
        );
        serde_json::from_str(body).unwrap()
    }

    #[test]
    fn members_are_exported_before_and_after_they_are_added() {
        let script = Script::new(Part::AddMembers, IDS).unwrap();
        let export = "/api/v1/groups/id/x/export";
        for expected in [0, IDS, 0, IDS] {
            let export = body(script.respond(export));
            assert_eq!(export["member_count"], expected);
            assert_eq!(export["user_ids"].as_array().unwrap().len(), expected);
        }
        assert_eq!(body(script.respond("/add"))["member_count"], IDS);
    }

    #[test]
    fn half_of_the_members_are_removed() {
        let script = Script::new(Part::SetMembers, IDS).unwrap();
        let export = || body(script.respond("/export"))["user_ids"].clone();
        let ids = |range| Value::from(user_ids(range));
        assert_eq!(export(), ids(500..1_500));
        assert_eq!(export(), ids(0..1_500));
        assert_eq!(export(), ids(0..1_000));
    }

    #[test]
    fn pages_have_their_number() {
        let script = Script::new(Part::Members, 3_000).unwrap();
        let second = body(script.respond("/members?membership=direct&page=2"));
        assert_eq!(second["items"][0]["id"], user_id(PAGE_SIZE));
        assert!(
            script
                .respond("/members?page=101")
                .starts_with(b"HTTP/1.1 500")
        );
        assert!(script.respond("/members").starts_with(b"HTTP/1.1 500"));
    }

    #[test]
    fn groups_of_the_list_have_all_permissions() {
        let script = Script::new(Part::List, 10).unwrap();
        let groups = body(script.respond("/api/v1/groups/"));
        assert_eq!(groups.as_array().unwrap().len(), 10);
        let categories = groups[0]["permissions"].as_object().unwrap();
        let names = categories
            .values()
            .map(|names| names.as_object().unwrap().len());
        assert!(names.sum::<usize>() > 60);
    }
}
