//! Defines how each operation is handled.

use http::{HeaderMap, StatusCode};
use owui_groups::Operation;
use serde_json::Value;

use crate::rules::{
    access::{self, Access},
    accounts,
    default_permissions::default_permissions,
    form::Body,
    groups, listing, lookup, membership, preview,
    query::Query,
    request::Request,
    response::{Outcome, Response},
    settings,
    store::{Store, User},
    users,
};

/// How the requests of one operation are handled.
struct Rule {
    body: BodyRule,
    access: Access,
    handle: fn(&mut Store, &Call<'_>) -> Outcome,
}

/// How the body of a request is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyRule {
    Ignored,
    Json,
}

/// A permitted request.
struct Call<'a> {
    /// `None` if the operation requires no token.
    caller: Option<User>,
    /// The ID in the path. Empty if there is none.
    id: &'a str,
    query: Option<&'a str>,
    headers: &'a HeaderMap,
    body: Body,
}

impl Call<'_> {
    fn caller(&self) -> Result<&User, Response> {
        self.caller
            .as_ref()
            .ok_or_else(Response::internal_server_error)
    }

    fn query(&self) -> Query {
        Query::parse(self.query)
    }
}

/// The table of all operations.
fn rule(operation: Operation) -> Option<Rule> {
    use Access::{Admin, Anyone, SignedIn, Verified};
    use BodyRule::{Ignored, Json};
    use Operation as Of;

    let rule = |body, access, handle| Rule {
        body,
        access,
        handle,
    };
    Some(match operation {
        Of::ListGroups => rule(Ignored, Verified, |store, call| {
            listing::list(store, call.caller()?, call.query())
        }),
        Of::CreateGroup => rule(Json, Admin, |store, call| {
            let id = store.next_id();
            groups::create(store, &call.caller()?.id, id, &call.body)
        }),
        Of::GetGroup => rule(Ignored, Admin, |store, call| groups::get(store, call.id)),
        Of::GetGroupInfo => rule(Ignored, Verified, |store, call| {
            groups::info(store, call.id)
        }),
        Of::ExportGroup => rule(Ignored, Admin, |store, call| groups::export(store, call.id)),
        Of::ListGroupUsers => rule(Ignored, Admin, |store, call| {
            Ok(membership::users(store, call.id))
        }),
        Of::UpdateGroup => rule(Json, Admin, |store, call| {
            groups::update(store, call.id, &call.body)
        }),
        Of::AddGroupMembers => rule(Json, Admin, |store, call| {
            membership::add(store, call.id, &call.body)
        }),
        Of::RemoveGroupMembers => rule(Json, Admin, |store, call| {
            membership::remove(store, call.id, &call.body)
        }),
        Of::DeleteGroup => rule(Ignored, Admin, |store, call| groups::delete(store, call.id)),
        Of::PreviewGroup => rule(Ignored, Admin, |store, call| {
            preview::preview(store, lookup::for_preview(store, call.id)?)
        }),
        Of::ListGroupMembers => rule(Ignored, Admin, |store, call| {
            membership::page(store, call.id, call.query())
        }),
        Of::ListAllUsers => rule(Ignored, Admin, |store, _| users::all(store)),
        Of::SearchUsers => rule(Ignored, Verified, |store, call| {
            users::search(store, call.query())
        }),
        Of::ListUserGroups => rule(Ignored, Admin, |store, call| {
            users::groups(store, call.id, call.query())
        }),
        Of::PreviewUser => rule(Ignored, Admin, |store, call| users::preview(store, call.id)),
        Of::GetDefaultPermissions => rule(Ignored, Admin, |store, _| {
            Ok(Value::Object(default_permissions(store.version)))
        }),
        Of::GetSessionUser => rule(Ignored, SignedIn, |store, call| {
            accounts::session_user(store, call.caller()?, call.headers)
        }),
        Of::GetAdminConfig => rule(Ignored, Admin, |_, _| Ok(settings::admin())),
        Of::GetOauthConfig => rule(Ignored, Admin, |_, _| Ok(settings::oauth())),
        Of::GetLdapConfig => rule(Ignored, Admin, |_, _| Ok(settings::ldap())),
        Of::GetLdapServerConfig => {
            rule(Ignored, Admin, |store, _| Ok(settings::ldap_server(store)))
        }
        Of::GetAppConfig => rule(Ignored, Anyone, |store, _| Ok(settings::app(store))),
        _ => return None,
    })
}

/// Carries out one operation, in the order of a server: it reads the body, authenticates the caller,
/// checks the parameters, and calls the handler.
pub(crate) fn handle(
    store: &mut Store,
    operation: Operation,
    id: &str,
    request: &Request,
) -> Outcome {
    let Some(rule) = rule(operation) else {
        return Err(Response::error(
            StatusCode::NOT_IMPLEMENTED,
            format!("the mock has no rule for {operation}"),
        ));
    };
    let body = match rule.body {
        BodyRule::Json => Body::read(store.version, &request.headers, &request.body)?,
        BodyRule::Ignored => Body::Absent,
    };
    let caller = match rule.access {
        Access::Anyone => None,
        access => Some(access::caller(store, &request.headers, access)?.clone()),
    };
    let call = Call {
        caller,
        id,
        query: request.query.as_deref(),
        headers: &request.headers,
        body,
    };
    (rule.handle)(store, &call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_rule() {
        let without: Vec<_> = Operation::ALL
            .iter()
            .filter(|operation| rule(**operation).is_none())
            .map(|operation| {
                let (method, path) = (operation.method(), operation.path());
                format!("{operation} ({method} {path})")
            })
            .collect();
        assert!(
            without.is_empty(),
            "the mock responds with 501 to {}. For each of them:\n\
             1. Write cases in mock/tests/conformance/cases/, also for callers without permission.\n\
             2. Record real servers: `cargo xtask conformance --record`.\n\
             3. Add it to `rule` in mock/src/rules/operations.rs, with the way to read its body \
             (`BodyRule`), the permitted callers (`Access`), and its handler.\n\
             4. If versions differ, add a named capability to `EmulatedVersion`.",
            without.join(", ")
        );
    }

    #[test]
    fn an_operation_that_only_reads_ignores_a_body() {
        for operation in Operation::ALL {
            if let Some(rule) = rule(*operation).filter(|_| operation.is_safe()) {
                assert_eq!(rule.body, BodyRule::Ignored, "{operation}");
            }
        }
    }
}
