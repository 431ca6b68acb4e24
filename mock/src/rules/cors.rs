//! Allows all sites to use the API from a browser, as a server does by default.
//!
//! This emulates the middleware of the server's web framework. Releases up to 0.6.43 pin a
//! version before 0.51. Later releases accept newer versions. The compared servers have 1.10.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::{
    emulated_version::EmulatedVersion,
    rules::{
        request::Request,
        response::{Response, TEXT},
    },
};

const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
const METHODS_WITH_QUERY: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY";
const ANY: HeaderValue = HeaderValue::from_static("*");
const ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const TRUE: HeaderValue = HeaderValue::from_static("true");

/// Returns the response to a preflight request, or that of `handle` with the headers for browsers.
pub(crate) fn respond(
    version: EmulatedVersion,
    request: &Request,
    handle: impl FnOnce() -> Response,
) -> http::Response<Bytes> {
    let origin = request.headers.get(header::ORIGIN);
    if let Some(origin) = origin
        && request.method == Method::OPTIONS
        && let Some(method) = request.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)
    {
        return preflight(version, &request.headers, origin, method);
    }
    let response = handle();
    let is_exception = response.is_exception();
    let mut response = http::Response::from(response);
    if is_exception {
        // The framework handles an exception outside its middleware.
        return response;
    }
    let headers = response.headers_mut();
    let is_mirrored =
        version.mirrors_every_origin() || request.headers.contains_key(header::COOKIE);
    if let Some(origin) = origin {
        let allowed = if is_mirrored { origin } else { &ANY };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    }
    if version.mirrors_every_origin() || origin.is_some() && is_mirrored {
        headers.insert(header::VARY, ORIGIN);
    }
    response
}

/// Allows all origins and headers, and the methods that the framework knows.
fn preflight(
    version: EmulatedVersion,
    requested: &HeaderMap,
    origin: &HeaderValue,
    method: &HeaderValue,
) -> http::Response<Bytes> {
    let methods = if version.has_query_method() {
        METHODS_WITH_QUERY
    } else {
        METHODS
    };
    let mut disallowed = Vec::new();
    if !methods.split(", ").any(|known| known == method) {
        disallowed.push("method");
    }
    if version.rejects_private_networks() && requested.contains_key(REQUEST_PRIVATE_NETWORK) {
        disallowed.push("private-network");
    }
    let (status, body) = if disallowed.is_empty() {
        (StatusCode::OK, "OK".to_owned())
    } else {
        let body = format!("Disallowed CORS {}", disallowed.join(", "));
        (StatusCode::BAD_REQUEST, body)
    };
    let mut response = http::Response::from(Response {
        status,
        content_type: TEXT,
        body: body.into(),
    });
    let vary = if version.rejects_private_networks() {
        HeaderValue::from_static(
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, \
             Access-Control-Request-Private-Network",
        )
    } else {
        ORIGIN
    };
    response.headers_mut().extend([
        (header::VARY, vary),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()),
        (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE),
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static(methods),
        ),
        (
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("600"),
        ),
    ]);
    if let Some(headers) = requested.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_HEADERS, headers.clone());
    }
    response
}
