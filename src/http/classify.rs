//! What an answer means. A 200 is no proof: content type, status and body
//! decide together.

use std::mem;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, header};
use reqwest::{Response, Url};
use serde::de::DeserializeOwned;

use crate::{
    error::{Ambiguity, Error, Result, kind::ErrorKind},
    generated,
    http::{
        error_body::ErrorBody,
        response_body::ResponseBody,
        retry,
        secrets::headers::SecretHeaders,
        secrets::server_text::ServerText,
        transport_error::{PROXY_LOGIN, transport_error},
    },
    value::names::Operation,
};

/// The most of a failure's body that is read.
const ERROR_BODY_LIMIT: usize = 64 << 10;

/// Lets a response pass only if it is a success in JSON. Without an operation it
/// is that of `/api/version`.
pub(crate) async fn response(
    operation: Option<Operation>,
    response: Response,
    limit: usize,
    secrets: &SecretHeaders,
) -> Result<Response> {
    let bound = u64::try_from(limit).unwrap_or(u64::MAX);
    let is_success = is_success(response.status(), response.headers());
    // HTTP keeps to the length that was announced, so the generated code may read it.
    if is_success
        && response
            .content_length()
            .is_some_and(|length| length <= bound)
    {
        return Ok(response);
    }
    // Boxed, so that the usual response does not pay for the size of this future.
    Box::pin(read_response(operation, response, limit, secrets)).await
}

/// Reads a response whole, and returns it if it is a success in JSON.
async fn read_response(
    operation: Option<Operation>,
    mut response: Response,
    limit: usize,
    secrets: &SecretHeaders,
) -> Result<Response> {
    let status = response.status();
    let headers = mem::take(response.headers_mut());
    let coding = coding(&headers);
    if status == StatusCode::OK && is_json(&headers) && coding.is_none() {
        let bound = u64::try_from(limit).unwrap_or(u64::MAX);
        if response
            .content_length()
            .is_some_and(|length| length > bound)
        {
            return Err(too_large(operation, status, limit));
        }
        let body = read(operation, &mut response, limit, secrets).await?;
        let mut whole = http::Response::new(body);
        *whole.status_mut() = status;
        *whole.headers_mut() = headers;
        return Ok(whole.into());
    }
    if let Some(coding) = coding
        && !status.is_redirection()
    {
        let error = encoded(operation, status, coding, secrets);
        return Err(error.with_retry_after(retry::retry_after(&headers)));
    }
    let (error_body, is_empty) = if is_html(&headers) {
        // A page is not shown, and it may be endless.
        (ErrorBody::default(), false)
    } else {
        let prefix = read_prefix(response).await;
        if let Some(broken) = prefix.broken
            && is_json(&headers)
            && is_decided_by_body(status)
        {
            return Err(transport_error(broken, secrets).with_status(status));
        }
        let body = prefix.body;
        (
            ErrorBody::read(&body, prefix.is_cut, secrets),
            body.is_empty(),
        )
    };
    if status.is_success() && (is_empty || is_json(&headers)) {
        let what = if is_empty {
            "no body"
        } else {
            "an unexpected status"
        };
        return Err(Error::new(ErrorKind::Decode)
            .with_status(status)
            .with_message(format!(
                "the response has {what} (HTTP {})",
                status.as_u16()
            ))
            .with_detail(error_body.detail));
    }
    let error = error_response(operation, status, &headers, error_body, secrets);
    Err(error)
}

/// A ready-made HTTP client followed a redirect with a request that may write.
pub(crate) fn redirected(url: &Url, secrets: &SecretHeaders) -> Error {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    Error::new(ErrorKind::NotOpenWebUi).with_message(format!(
        "the server redirects to {}; use that address as the base URL",
        ServerText::of_display(url, secrets)
    ))
}

/// A response that something on the way has compressed, so that its body cannot be read.
fn encoded(
    operation: Option<Operation>,
    status: StatusCode,
    (header, coding): (HeaderName, String),
    secrets: &SecretHeaders,
) -> Error {
    let kind = match status.is_success() {
        true => ErrorKind::Decode,
        false => kind(operation, status, None),
    };
    Error::new(kind).with_status(status).with_message(format!(
        "the response has the `{header}` `{}`, although the request accepts none; turn compression \
         off in the proxy in front of the server",
        ServerText::of_display(coding, secrets)
    ))
}

/// What the generated client itself finds wrong.
pub(crate) fn generated_error<T: DeserializeOwned, E>(
    error: generated::Error<E>,
    secrets: &SecretHeaders,
) -> Error {
    match error {
        generated::Error::InvalidResponsePayload(body, _) => decode_error::<T>(&body, secrets),
        generated::Error::CommunicationError(error)
        | generated::Error::ResponseBodyError(error)
        | generated::Error::InvalidUpgrade(error) => transport_error(error, secrets),
        generated::Error::InvalidRequest(message) | generated::Error::Custom(message) => {
            Error::invalid_input(message)
        }
        generated::Error::ErrorResponse(response) => {
            Error::new(ErrorKind::NotOpenWebUi).with_status(response.status())
        }
        generated::Error::UnexpectedResponse(response) => {
            Error::new(ErrorKind::NotOpenWebUi).with_status(response.status())
        }
    }
}

/// Names the place in the JSON at which it stops being of the documented shape.
fn decode_error<T: DeserializeOwned>(body: &Bytes, secrets: &SecretHeaders) -> Error {
    let error = Error::new(ErrorKind::Decode)
        .with_status(StatusCode::OK)
        .with_ambiguity(Some(Ambiguity::OtherProgram))
        .with_detail(Some(ServerText::of_body(body, false, secrets).to_string()));
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let fault = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => match deserializer.end() {
            Ok(()) => return error,
            Err(fault) => return with_cause(error, fault, secrets),
        },
        Err(fault) => fault,
    };
    let place = ServerText::of_display(fault.path(), secrets);
    let error = error.with_message(format!(
        "the response is not of the documented shape at `{place}`"
    ));
    with_cause(error, fault.into_inner(), secrets)
}

/// Errors quote what they do not expect, whatever its length, and a server may echo anything.
pub(crate) fn with_cause(error: Error, cause: serde_json::Error, secrets: &SecretHeaders) -> Error {
    let text = ServerText::of_display(&cause, secrets);
    if text.is_shown_unchanged() {
        error.with_source(cause)
    } else {
        error.with_source(text.to_string())
    }
}

fn error_response(
    operation: Option<Operation>,
    status: StatusCode,
    headers: &HeaderMap,
    error_body: ErrorBody,
    secrets: &SecretHeaders,
) -> Error {
    let is_own = is_json(headers) && error_body.is_open_webui;
    let kind = kind(operation, status, is_own.then_some(&error_body));
    let error = Error::new(kind)
        .with_status(status)
        .with_retry_after(retry::retry_after(headers));
    let error = match (kind, headers.get(header::LOCATION)) {
        (ErrorKind::NotOpenWebUi, Some(location)) if status.is_redirection() => {
            let location = location.as_bytes();
            let is_end = |byte: &u8| matches!(byte, b'?' | b'#');
            let address = location.split(is_end).next().unwrap_or_default();
            error.with_message(format!(
                "the server redirects to {}; use that address, or sign in to the proxy in front",
                ServerText::of_body(address, false, secrets)
            ))
        }
        (ErrorKind::Rejected, _) if status == StatusCode::PAYLOAD_TOO_LARGE => error.with_message(
            "the request exceeds a size limit, probably of a proxy; send fewer IDs at once",
        ),
        (ErrorKind::NotOpenWebUi, _) if is_html(headers) => error.with_message(
            "the response is a web page, so the URL does not point to an Open WebUI API; check the \
             base URL",
        ),
        (ErrorKind::Unauthenticated, _) if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            error.with_message(PROXY_LOGIN)
        }
        (ErrorKind::Unauthenticated | ErrorKind::PermissionDenied, _) if !is_own => error
            .with_message(
                "access denied, probably by a proxy in front of the server; set its credentials \
                 with `header()`",
            ),
        _ => error,
    };
    let is_write = operation.is_some_and(|operation| !operation.is_safe());
    let ambiguity = match kind {
        ErrorKind::NotOpenWebUi if status == StatusCode::OK && is_html(headers) => {
            Some(Ambiguity::MissingPath)
        }
        ErrorKind::Rejected if is_write && may_mean_missing(&error_body.wording) => {
            Some(Ambiguity::MissingGroup)
        }
        _ => None,
    };
    error
        .with_ambiguity(ambiguity)
        .with_detail(error_body.detail)
        .with_field_errors(error_body.field_errors)
}

/// The same status means different things, and the wording of Open WebUI's own body decides.
fn kind(
    operation: Option<Operation>,
    status: StatusCode,
    error_body: Option<&ErrorBody>,
) -> ErrorKind {
    // Of one group or of one user.
    let has_id = operation.is_some_and(|operation| operation.path().contains('{'));
    let says = |wording: &str| error_body.is_some_and(|body| body.wording.starts_with(wording));
    match status.as_u16() {
        // Up to 0.11.4 this is how a group is missing.
        401 if says("We could not find") => ErrorKind::NotFound,
        401 if says("You do not have permission") => ErrorKind::PermissionDenied,
        401 | 407 => ErrorKind::Unauthenticated,
        403 => ErrorKind::PermissionDenied,
        404 if says("Parent group") => ErrorKind::Rejected,
        // FastAPI's own word for a path that it does not have.
        404 if says("Not Found") => ErrorKind::NotOpenWebUi,
        404 if error_body.is_some() && has_id => ErrorKind::NotFound,
        400 | 409 if error_body.is_some() => ErrorKind::Rejected,
        // Mostly a proxy's, whose limit the request is beyond.
        413 => ErrorKind::Rejected,
        408 | 504 | 524 => ErrorKind::Timeout,
        422 if error_body.is_some() => ErrorKind::Validation,
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::NotOpenWebUi,
    }
}

/// `[ERROR: Error updating group]`, alone or inside another one.
fn may_mean_missing(wording: &str) -> bool {
    [
        "Error updating group",
        "Error adding users",
        "Error removing users",
    ]
    .iter()
    .any(|part| wording.contains(part))
}

/// A body whose length is not known before.
async fn read(
    operation: Option<Operation>,
    response: &mut Response,
    limit: usize,
    secrets: &SecretHeaders,
) -> Result<Bytes> {
    let failed = |error| transport_error(error, secrets);
    let mut body = ResponseBody::default();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > limit {
            return Err(too_large(operation, response.status(), limit));
        }
        body.push(chunk);
    }
    Ok(body.into_bytes())
}

/// The beginning of the body of an error response.
struct Prefix {
    body: Vec<u8>,
    /// Whether the body may be longer.
    is_cut: bool,
    /// Why the body ended early, if it did.
    broken: Option<reqwest::Error>,
}

/// Reads as much as it takes to explain the error.
async fn read_prefix(mut response: Response) -> Prefix {
    let mut body = Vec::new();
    let (is_cut, broken) = loop {
        if body.len() >= ERROR_BODY_LIMIT {
            body.truncate(ERROR_BODY_LIMIT);
            break (true, None);
        }
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break (false, None),
            Err(error) => break (true, Some(error)),
        }
    };
    Prefix {
        body,
        is_cut,
        broken,
    }
}

/// Whether responses with this status mean different things, which only their bodies distinguish.
fn is_decided_by_body(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 401 | 404 | 409 | 422)
}

fn too_large(operation: Option<Operation>, status: StatusCode, limit: usize) -> Error {
    if operation.is_none() {
        return Error::new(ErrorKind::NotOpenWebUi).with_status(status);
    }
    Error::new(ErrorKind::ResponseTooLarge)
        .with_status(status)
        .with_message(format!(
            "the response is larger than the client's limit of {limit} bytes"
        ))
}

/// Whether the generated code may read the response.
fn is_success(status: StatusCode, headers: &HeaderMap) -> bool {
    status == StatusCode::OK && is_json(headers) && !headers.contains_key(header::CONTENT_ENCODING)
}

/// The header that announces a coding of the body, and the codings, if there are any.
fn coding(headers: &HeaderMap) -> Option<(HeaderName, String)> {
    let names = [header::CONTENT_ENCODING, header::TRANSFER_ENCODING];
    names.into_iter().find_map(|name| {
        let values = headers.get_all(&name).into_iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let none = ["", "identity", "chunked"];
        let is_one = |coding: &&str| !none.iter().any(|none| coding.eq_ignore_ascii_case(none));
        let codings = values.iter().flat_map(|value| value.split(','));
        let codings: Vec<_> = codings.map(str::trim).filter(is_one).collect();
        (!codings.is_empty()).then(|| (name, codings.join(", ")))
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    const JSON: &str = "application/json";
    let content_type = headers.get(header::CONTENT_TYPE);
    // As the server writes it.
    content_type.is_some_and(|kind| kind == JSON)
        || media_type(headers).is_some_and(|kind| kind.eq_ignore_ascii_case(JSON))
}

fn is_html(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"))
}

fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}
