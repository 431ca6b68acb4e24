//! Classifies responses by status, content type and body. The status alone is not sufficient: for
//! example, a web page can have status 200.

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

/// The maximum length of an error response that is read, in bytes.
const ERROR_BODY_LIMIT: usize = 64 << 10;

/// Returns the response if it is successful and JSON, and an error otherwise. If `operation` is
/// `None`, the response is that of `/api/version`.
pub(crate) async fn response(
    operation: Option<Operation>,
    response: Response,
    limit: usize,
    secrets: &SecretHeaders,
) -> Result<Response> {
    let bound = u64::try_from(limit).unwrap_or(u64::MAX);
    let is_success = is_success(response.status(), response.headers());
    // The HTTP client enforces the announced length, so the generated code may read the body.
    if is_success
        && response
            .content_length()
            .is_some_and(|length| length <= bound)
    {
        return Ok(response);
    }
    // Boxed, so that the large future costs nothing for the usual response.
    Box::pin(read_response(operation, response, limit, secrets)).await
}

/// Reads the whole response, and returns it if it is successful and JSON.
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
        // A web page is not shown, and may be endless.
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

/// The error if a ready-made HTTP client followed a redirect with a request that may write.
pub(crate) fn redirected(url: &Url, secrets: &SecretHeaders) -> Error {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    Error::new(ErrorKind::NotOpenWebUi).with_message(format!(
        "the server redirects to {}; use that URL as the base URL",
        ServerText::of_display(url, secrets)
    ))
}

/// The error for a response that a proxy compressed, so that its body cannot be read.
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
        "the response has the `{header}` `{}`, which the request does not accept; disable \
         compression in the proxy in front of the server",
        ServerText::of_display(coding, secrets)
    ))
}

/// Converts an error of the generated client.
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

/// The error for JSON of another shape than documented, with the place of the difference.
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
        "the response does not have the documented shape at `{place}`"
    ));
    with_cause(error, fault.into_inner(), secrets)
}

/// Adds the cause. If it quotes a long text or a secret of the client, only its redacted and shortened
/// text is added.
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
                "the server redirects to {}; use that URL as the base URL, or sign in to the proxy \
                 in front of the server",
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

/// The kind of an error response. Open WebUI uses the same status for several errors, which are
/// distinguished by the wording of the body.
fn kind(
    operation: Option<Operation>,
    status: StatusCode,
    error_body: Option<&ErrorBody>,
) -> ErrorKind {
    // Operations on one group or one user have an ID in their path.
    let has_id = operation.is_some_and(|operation| operation.path().contains('{'));
    let says = |wording: &str| error_body.is_some_and(|body| body.wording.starts_with(wording));
    match status.as_u16() {
        // Up to 0.11.4, the response for a missing group.
        401 if says("We could not find") => ErrorKind::NotFound,
        401 if says("You do not have permission") => ErrorKind::PermissionDenied,
        401 | 407 => ErrorKind::Unauthenticated,
        403 => ErrorKind::PermissionDenied,
        404 if says("Parent group") => ErrorKind::Rejected,
        // FastAPI's response for an unknown path.
        404 if says("Not Found") => ErrorKind::NotOpenWebUi,
        404 if error_body.is_some() && has_id => ErrorKind::NotFound,
        400 | 409 if error_body.is_some() => ErrorKind::Rejected,
        // Usually from a proxy whose size limit the request exceeds.
        413 => ErrorKind::Rejected,
        408 | 504 | 524 => ErrorKind::Timeout,
        422 if error_body.is_some() => ErrorKind::Validation,
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::NotOpenWebUi,
    }
}

/// Whether the wording is `[ERROR: Error updating group]` or similar, possibly nested.
fn may_mean_missing(wording: &str) -> bool {
    [
        "Error updating group",
        "Error adding users",
        "Error removing users",
    ]
    .iter()
    .any(|part| wording.contains(part))
}

/// Reads a body of unknown length.
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
    /// The error that ended the body early, if any.
    broken: Option<reqwest::Error>,
}

/// Reads as much of the body as is necessary to explain the error.
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

/// Whether this status has several meanings, which only the body distinguishes.
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
            "the response exceeds the limit of {limit} bytes; set a larger one with \
             `response_limit()`"
        ))
}

/// Whether the generated code may read the response.
fn is_success(status: StatusCode, headers: &HeaderMap) -> bool {
    status == StatusCode::OK && is_json(headers) && !headers.contains_key(header::CONTENT_ENCODING)
}

/// The header that announces codings of the body, and the codings, if any.
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
    // The exact form that the server sends, as a shortcut.
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
