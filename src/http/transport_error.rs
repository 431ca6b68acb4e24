//! Classifies the errors of the HTTP client.

use std::{error::Error as StdError, fmt, io, iter};

use crate::{
    error::{Error, kind::ErrorKind},
    http::{
        secrets::{headers::SecretHeaders, server_text::ServerText},
        tls_problem::TlsProblem,
    },
};

/// The message for a 407, as a response or while a tunnel is set up.
pub(crate) const PROXY_LOGIN: &str =
    "the proxy requires credentials, or rejected them; check those set with `proxy()`";

/// Converts an error of the HTTP client.
pub(crate) fn transport_error(error: reqwest::Error, secrets: &SecretHeaders) -> Error {
    let (kind, message) = classify(&error);
    // The URL is removed from the cause, because it is in the error's own fields.
    let classified = with_cause(Error::new(kind), error.without_url(), secrets);
    match message {
        Some(message) => classified.with_message(message),
        None => classified,
    }
}

/// Adds the cause. An error of a TLS library is replaced by a text, because it can quote names of the
/// server's certificate. So is another error that quotes the server, unless it is shown unchanged.
fn with_cause(error: Error, cause: reqwest::Error, secrets: &SecretHeaders) -> Error {
    let text = ServerText::of_display(Chain(&cause), secrets);
    let is_harmless = error.kind() != ErrorKind::Tls
        && text.is_shown_unchanged()
        && ServerText::of_display(format_args!("{cause:?}"), secrets).is_shown_unchanged();
    if is_harmless {
        error.with_source(cause)
    } else {
        error.with_source(text.to_string())
    }
}

/// Shows an error and its causes.
struct Chain<'a>(&'a (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = self.0.to_string();
        formatter.write_str(&last)?;
        for cause in causes(self.0).skip(1) {
            // An error that wraps another one often has the same text.
            let text = cause.to_string();
            if !last.ends_with(&text) {
                write!(formatter, ": {text}")?;
            }
            last = text;
        }
        Ok(())
    }
}

fn classify(error: &reqwest::Error) -> (ErrorKind, Option<String>) {
    if let Some(problem) = causes(error).find_map(TlsProblem::of) {
        // After the handshake, other problems do not rule out that the request was carried out.
        if !error.is_connect() && !problem.is_about_the_client() {
            return (ErrorKind::Interrupted, None);
        }
        let host = error.url().and_then(|url| url.host_str());
        let message = problem.message(host.unwrap_or_default());
        return (ErrorKind::Tls, Some(message));
    }
    if let Some(problem) = causes(error).find_map(HttpProblem::of) {
        let is_https = error.url().is_some_and(|url| url.scheme() == "https");
        let message = problem.message(is_https).to_owned();
        return (ErrorKind::NotOpenWebUi, Some(message));
    }
    if causes(error).any(|cause| cause.to_string() == TUNNEL_LOGIN) {
        return (ErrorKind::Unauthenticated, Some(PROXY_LOGIN.to_owned()));
    }
    // A connection timeout is both a connection error and a timeout.
    let kind = if error.is_connect() {
        ErrorKind::Connect
    } else if error.is_timeout() {
        ErrorKind::Timeout
    } else if error.is_redirect() {
        ErrorKind::NotOpenWebUi
    } else if error.is_builder() {
        ErrorKind::InvalidInput
    } else {
        ErrorKind::Interrupted
    };
    (kind, None)
}

/// The connector's message for a 407 of a proxy for `https`. Its error type is not public.
const TUNNEL_LOGIN: &str = "tunnel error: proxy authorization required";

/// The ways in which a response violates HTTP.
enum HttpProblem {
    Head,
    HeadTooLarge,
    Body,
    /// Bytes of the server arrived before the request was sent.
    Unsolicited,
}

impl HttpProblem {
    fn of(cause: &(dyn StdError + 'static)) -> Option<Self> {
        let error = cause.downcast_ref::<hyper::Error>()?;
        if error.is_parse() {
            return Some(match error.to_string() == TOO_LARGE {
                true => Self::HeadTooLarge,
                false => Self::Head,
            });
        }
        let source = error.source()?;
        // On a connection that was used before, hyper retries the request itself.
        if error.is_canceled() && source.to_string() == UNSOLICITED {
            return Some(Self::Unsolicited);
        }
        let kind = source.downcast_ref::<io::Error>().map(io::Error::kind);
        matches!(
            kind,
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        )
        .then_some(Self::Body)
    }

    fn message(&self, is_https: bool) -> &'static str {
        match self {
            Self::Head if is_https => "the response is not valid HTTP; check the port",
            Self::Head => {
                "the response is not valid HTTP; check the port, and write `https://` if the \
                 server uses TLS"
            }
            Self::HeadTooLarge => {
                "the headers of the response are too large; check the base URL and the proxies in \
                 front of the server"
            }
            Self::Body => {
                "the body of the response is not valid HTTP; check the proxies in front of the \
                 server"
            }
            Self::Unsolicited => {
                "the server sent data before the request, so it does not use HTTP; check the port"
            }
        }
    }
}

/// The messages of two errors of hyper that have no public method.
const TOO_LARGE: &str = "message head is too large";
const UNSOLICITED: &str = "received unexpected message from connection";

/// An error and its causes, starting with the outermost.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| {
        let error: &'a (dyn StdError + 'static) = *error;
        match error.downcast_ref::<io::Error>() {
            // The `source` of an I/O error skips the inner error.
            Some(error) => error.get_ref().map(|inner| inner as _),
            None => error.source(),
        }
    })
}
