//! The accounts of users: reads the session user, and adds and removes users.

use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    error::MockError,
    role::Role,
    rules::{
        access::{self, Access},
        default_permissions::default_permissions,
        form::Body,
        permission,
        request::Request,
        response::{Outcome, Response},
        store::{Store, User, now},
    },
};

/// `GET /api/version`.
pub(crate) fn version(store: &Store) -> Value {
    let mut json = json!({"version": store.version.as_str()});
    if store.version.returns_deployment_id()
        && let Some(json) = json.as_object_mut()
    {
        json.insert("deployment_id".to_owned(), "".into());
    }
    json
}

/// The token's user, and the token.
pub(crate) fn session_user(store: &Store, user: &User, headers: &HeaderMap) -> Outcome {
    let token = access::token(headers, store.version).unwrap_or_default();
    if store.version.requires_session_for_session_user() && token.starts_with("sk-") {
        return Err(Response::error(
            StatusCode::FORBIDDEN,
            "A human session is required.",
        ));
    }
    Ok(json!({
        "status_emoji": null,
        "status_message": null,
        "status_expires_at": null,
        "token": token,
        "token_type": "Bearer",
        "expires_at": null,
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "profile_image_url": image_of(&user.id),
        "permissions": default_permissions(store.version),
    }))
}

/// `POST /api/v1/auths/add`: an administrator creates a user. Passwords are ignored.
pub(crate) fn add(store: &mut Store, request: &Request) -> Outcome {
    let body = Body::read(store.version, &request.headers, &request.body)?;
    access::caller(store, &request.headers, Access::Admin)?;
    let mut fields = body.fields();
    let name = fields.text("name");
    let email = fields.text("email").to_lowercase();
    fields.text("password");
    let role = fields.optional_text("role").map(|role| {
        role.parse().unwrap_or_else(|error: MockError| {
            fields.add_value_error("role", &error.to_string(), role.into());
            Role::Pending
        })
    });
    fields.finish()?;
    if store.user_at(&email).is_some() {
        return Err(Response::error(
            StatusCode::BAD_REQUEST,
            "Uh-oh! This email is already registered. Sign in with your existing account or \
             choose another email to start anew.",
        ));
    }
    let user = User {
        id: store.next_id(),
        name,
        email,
        role: role.unwrap_or(Role::Pending),
        created_at: now(),
        last_active_at: now(),
        profile: Map::new(),
        row: 0,
    };
    let token = store.next_token();
    let response = json!({
        "token": token,
        "token_type": "Bearer",
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "profile_image_url": image_of(&user.id),
    });
    store.put_user(user, token);
    Ok(response)
}

/// `POST /api/v1/auths/api_key`: for administrators, and for users whose groups allow it.
pub(crate) fn api_key(store: &mut Store, request: &Request) -> Outcome {
    let user = access::caller(store, &request.headers, Access::Verified)?;
    let is_exempt = user.role == Role::Admin && store.version.gives_every_admin_an_api_key();
    if !is_exempt && !permission::is_allowed(store, user, "features", "api_keys")? {
        return Err(Response::error(
            StatusCode::FORBIDDEN,
            "API key creation is not allowed in the environment.",
        ));
    }
    let id = user.id.clone();
    let key = format!("sk-mock-{:032x}", store.next_number());
    store.set_token(key.clone(), id);
    Ok(json!({ "api_key": key }))
}

/// `DELETE /api/v1/users/{id}`.
pub(crate) fn remove(store: &mut Store, id: &str, request: &Request) -> Outcome {
    const PROHIBITED: &str = "The requested action has been restricted as a security measure.";
    let caller = access::caller(store, &request.headers, Access::Admin)?;
    if caller.id == id {
        return Err(Response::error(StatusCode::FORBIDDEN, PROHIBITED));
    }
    if store.remove_user(id) {
        Ok(Value::Bool(true))
    } else {
        Err(Response::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Oops! Something went wrong. We encountered an issue while trying to delete the \
             user. Please give it another shot.",
        ))
    }
}

fn image_of(id: &str) -> String {
    format!("/api/v1/users/{id}/profile/image")
}
