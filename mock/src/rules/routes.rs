//! Selects the handler of a request.

use bytes::Bytes;
use http::{Method, StatusCode};
use owui_groups::Operation;
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::{
    emulated_version::EmulatedVersion,
    rules::{
        access, accounts, cors, operations,
        request::Request,
        response::{Outcome, Response},
        store::Store,
    },
};

/// The target of a request.
pub(crate) enum Route {
    /// An operation, with the ID in its path, if any.
    Operation(Operation, String),
    Version,
    Health,
    AddUser,
    ApiKey,
    RemoveUser(String),
    /// A path that is unknown to a server of this version. The web app responds.
    WebApp,
    /// A path of real servers that the mock does not implement.
    NotImplemented,
}

impl Route {
    pub(crate) fn of(version: EmulatedVersion, request: &Request) -> Self {
        let path = percent_decode_str(&request.path).decode_utf8_lossy();
        let method = request.method.as_str();
        let operation = Operation::ALL.iter().find_map(|operation| {
            let id = matched(operation.path(), &path)?;
            (operation.method() == method).then(|| match version.supports(*operation) {
                true => Self::Operation(*operation, id.to_owned()),
                false => Self::WebApp,
            })
        });
        if let Some(operation) = operation {
            return operation;
        }
        match (method, &*path) {
            ("GET", "/api/version") => Self::Version,
            ("GET", "/health") => Self::Health,
            ("POST", "/api/v1/auths/add") => Self::AddUser,
            ("POST", "/api/v1/auths/api_key") => Self::ApiKey,
            ("DELETE", path) if matched(USER, path).is_some() => {
                Self::RemoveUser(matched(USER, path).unwrap_or_default().to_owned())
            }
            (_, path) if path.starts_with("/api/v1/groups") => Self::WebApp,
            (_, path) => {
                let elsewhere = ["/api/", "/ollama/", "/openai/", "/oauth/"];
                if elsewhere.iter().any(|start| path.starts_with(start)) {
                    Self::NotImplemented
                } else {
                    Self::WebApp
                }
            }
        }
    }

    pub(crate) fn operation(&self) -> Option<Operation> {
        match self {
            Self::Operation(operation, _) => Some(*operation),
            _ => None,
        }
    }

    pub(crate) fn respond(&self, store: &mut Store, request: &Request) -> http::Response<Bytes> {
        cors::respond(store.version, request, || {
            self.handle(store, request).into()
        })
    }

    fn handle(&self, store: &mut Store, request: &Request) -> Outcome {
        if store.version.fails_on_malformed_authorization()
            && access::is_authorization_malformed(&request.headers)
        {
            return Err(Response::internal_server_error());
        }
        match self {
            Self::Operation(operation, id) => operations::handle(store, *operation, id, request),
            Self::Version => Ok(accounts::version(store)),
            Self::Health => Ok(json!({"status": true})),
            Self::AddUser => accounts::add(store, request),
            Self::ApiKey => accounts::api_key(store, request),
            Self::RemoveUser(id) => accounts::remove(store, id, request),
            Self::WebApp => Err(web_app(store.version, request)),
            Self::NotImplemented => Err(not_implemented(store.version, request)),
        }
    }
}

const USER: &str = "/api/v1/users/{id}";

/// The value of the parameter in the path. Empty for a template without a parameter.
fn matched<'a>(template: &str, path: &'a str) -> Option<&'a str> {
    let parameter = template
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
    let Some((before, after)) = parameter else {
        return (template == path).then_some("");
    };
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

/// Returns a page for a path that is not part of the API. Real servers have files there, and return
/// the page if the file does not exist.
fn web_app(version: EmulatedVersion, request: &Request) -> Response {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        Response::error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    } else if version.fails_on_null_bytes() && request.path.contains("%00") {
        // Such a file name is invalid, and the server does not handle the exception.
        Response::internal_server_error()
    } else if request.path.ends_with(".js") {
        Response::error(StatusCode::NOT_FOUND, "Not Found")
    } else {
        Response::web_page()
    }
}

/// Lists the implemented operations, so that this is not mistaken for the response of a server.
fn not_implemented(version: EmulatedVersion, request: &Request) -> Response {
    let Request { method, path, .. } = request;
    let operations = Operation::ALL
        .iter()
        .filter(|operation| version.supports(**operation))
        .map(|operation| format!("{} {}", operation.method(), operation.path()));
    let beside = [
        "GET /api/version",
        "GET /health",
        "POST /api/v1/auths/add",
        "POST /api/v1/auths/api_key",
        "DELETE /api/v1/users/{id}",
    ];
    let known: Vec<_> = operations.chain(beside.map(str::to_owned)).collect();
    tracing::warn!(%method, path, "the mock does not implement this request");
    Response::error(
        StatusCode::NOT_IMPLEMENTED,
        format!(
            "this mock of Open WebUI {version} does not implement {method} {path}; it has {}",
            known.join(", ")
        ),
    )
}
