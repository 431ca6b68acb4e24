//! The groups operations, each with its handler.

use super::{
    access::{self, Access},
    answer::Outcome,
    finding,
    form::Body,
    groups, listing, membership, preview,
    query::Query,
    store::Store,
};
use crate::{Operation, mock::request::Request};

/// Carries out one operation. What a server does first comes first: it reads
/// the body, asks who calls, looks at the parameters, and does the work.
pub(super) fn answer(
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
        Operation::PreviewGroup => preview::preview(store, finding::to_preview(store, id)?),
        Operation::ListGroupMembers => membership::page(store, id, query()),
    }
}
