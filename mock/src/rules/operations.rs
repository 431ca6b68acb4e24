//! The groups operations, each with its handler.

use http::StatusCode;
use owui_groups::Operation;

use crate::rules::{
    access::{self, Access},
    form::Body,
    groups, listing, lookup, membership, preview,
    query::Query,
    request::Request,
    response::{Outcome, Response},
    store::Store,
};

/// Carries out one operation. What a server does first comes first: it reads
/// the body, asks who calls, looks at the parameters, and does the work.
pub(crate) fn handle(
    store: &mut Store,
    operation: Operation,
    id: &str,
    request: &Request,
) -> Outcome {
    let body = match operation {
        Operation::CreateGroup
        | Operation::UpdateGroup
        | Operation::AddGroupMembers
        | Operation::RemoveGroupMembers => {
            Body::read(store.version, &request.headers, &request.body)?
        }
        _ => Body::Absent,
    };
    let access = match operation {
        Operation::ListGroups | Operation::GetGroupInfo => Access::Verified,
        _ => Access::Admin,
    };
    let caller = access::caller(store, &request.headers, access)?.clone();
    let query = || Query::parse(request.query.as_deref());
    match operation {
        Operation::ListGroups => listing::list(store, &caller, query()),
        Operation::CreateGroup => {
            let id = store.next_id();
            groups::create(store, &caller.id, id, &body)
        }
        Operation::GetGroup => groups::get(store, id),
        Operation::GetGroupInfo => groups::info(store, id),
        Operation::ExportGroup => groups::export(store, id),
        Operation::ListGroupUsers => Ok(membership::users(store, id)),
        Operation::UpdateGroup => groups::update(store, id, &body),
        Operation::AddGroupMembers => membership::add(store, id, &body),
        Operation::RemoveGroupMembers => membership::remove(store, id, &body),
        Operation::DeleteGroup => groups::delete(store, id),
        Operation::PreviewGroup => preview::preview(store, lookup::for_preview(store, id)?),
        Operation::ListGroupMembers => membership::page(store, id, query()),
        other => Err(Response::error(
            StatusCode::NOT_IMPLEMENTED,
            format!("the mock has no handler for {other}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method, header};

    use super::*;
    use crate::{emulated_version::EmulatedVersion, role::Role, rules::store::User};

    #[test]
    fn every_operation_has_a_handler() {
        let mut store = Store::new(EmulatedVersion::default());
        let admin = User {
            id: "admin".to_owned(),
            name: "Admin".to_owned(),
            email: "admin@example.com".to_owned(),
            role: Role::Admin,
            last_active_at: 0,
        };
        store.put_user(admin, "token".to_owned());
        let authorization = "Bearer token".parse().unwrap();
        let request = Request {
            method: Method::GET,
            path: String::new(),
            query: None,
            headers: HeaderMap::from_iter([(header::AUTHORIZATION, authorization)]),
            body: bytes::Bytes::new(),
        };
        for operation in Operation::ALL {
            let outcome = handle(&mut store, *operation, "no-group", &request);
            let status = outcome.err().map(|response| response.status);
            assert_ne!(status, Some(StatusCode::NOT_IMPLEMENTED), "{operation}");
        }
    }
}
