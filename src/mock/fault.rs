//! Failures on demand.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::MockError;
use crate::Operation;

/// A failure that the mock shows instead of, or on top of, its own answer.
///
/// It strikes once, at the next groups operation, unless told otherwise.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use owui_groups::{Operation, mock::{Fault, MockServer}};
///
/// let server = MockServer::start().await?;
/// server.inject(Fault::rate_limited(Duration::from_secs(1)).on(Operation::GetGroup).times(2));
/// server.inject(Fault::dropped_after().on(Operation::CreateGroup));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault strikes only when it is injected"]
pub struct Fault {
    effect: Effect,
    operation: Option<Operation>,
    left: usize,
}

/// What a fault does to a request.
#[derive(Clone)]
pub(super) enum Effect {
    /// The work is done, and the answer comes late.
    Delay(Duration),
    /// This comes instead; the work is not done.
    Instead {
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
    },
    /// The work is done; half of the answer's body comes.
    Truncated,
    /// The work is done; the answer's body has no end.
    Endless,
    /// No work, no answer.
    DroppedBefore,
    /// The work is done; no answer.
    DroppedAfter,
}

impl Fault {
    /// The answer comes late by this much. The work is done at once.
    pub fn delay(by: Duration) -> Self {
        Self::of(Effect::Delay(by))
    }

    /// This status and body come instead; nothing is done. The body is
    /// declared as text unless [`header`](Self::header) sets another type.
    ///
    /// # Errors
    ///
    /// When the number is not an HTTP status from 200 up.
    pub fn status(status: u16, body: impl Into<Bytes>) -> Result<Self, MockError> {
        let number = StatusCode::from_u16(status).ok();
        let status = number
            .filter(|status| status.as_u16() >= 200)
            .ok_or_else(|| {
                MockError::new(format!("{status} is not a status that can end a request"))
            })?;
        Ok(Self::instead(status, "text/plain; charset=utf-8", body))
    }

    /// This status and JSON come instead; nothing is done.
    ///
    /// # Errors
    ///
    /// When the number is not an HTTP status from 200 up.
    pub fn json(status: u16, body: &Value) -> Result<Self, MockError> {
        Self::status(status, body.to_string())?.header("content-type", "application/json")
    }

    /// A web page comes instead, with status 200; nothing is done. So answers
    /// a proxy that wants a sign-in, and Open WebUI where it has no such path.
    pub fn html_page() -> Self {
        const PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head></html>";
        Self::instead(StatusCode::OK, "text/html; charset=utf-8", PAGE)
    }

    /// 429 comes instead, with `Retry-After` in whole seconds, rounded up; nothing is done.
    pub fn rate_limited(retry_after: Duration) -> Self {
        let mut seconds = retry_after.as_secs();
        if retry_after.subsec_nanos() > 0 {
            seconds = seconds.saturating_add(1);
        }
        let mut fault = Self::instead(
            StatusCode::TOO_MANY_REQUESTS,
            "application/json",
            r#"{"detail":"Too Many Requests"}"#,
        );
        if let Effect::Instead { headers, .. } = &mut fault.effect {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        fault
    }

    /// The work is done, but only half of the answer comes before the connection is closed.
    pub fn truncated_body() -> Self {
        Self::of(Effect::Truncated)
    }

    /// The work is done, but the answer never ends.
    pub fn endless_body() -> Self {
        Self::of(Effect::Endless)
    }

    /// The connection is closed without an answer; nothing is done.
    pub fn dropped_before() -> Self {
        Self::of(Effect::DroppedBefore)
    }

    /// The work is done, but the connection is closed without an answer.
    pub fn dropped_after() -> Self {
        Self::of(Effect::DroppedAfter)
    }

    /// Strikes at this operation only.
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Strikes this often.
    pub fn times(mut self, times: usize) -> Self {
        self.left = times;
        self
    }

    /// Sets a header of the answer that comes instead; no other fault has one.
    ///
    /// # Errors
    ///
    /// When it is not a header that HTTP can carry, or when nothing comes instead.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, MockError> {
        let Effect::Instead { headers, .. } = &mut self.effect else {
            return Err(MockError::new(
                "only an answer that comes instead has headers to set",
            ));
        };
        let wrong = || format!("{name:?} with {value:?} is not a header");
        let name = http::HeaderName::try_from(name)
            .map_err(|error| MockError::new(wrong()).caused_by(error))?;
        let value = HeaderValue::from_str(value)
            .map_err(|error| MockError::new(wrong()).caused_by(error))?;
        headers.insert(name, value);
        Ok(self)
    }

    /// What to do to this operation, if the fault strikes it; one strike less is left then.
    pub(super) fn strike(&mut self, operation: Operation) -> Option<Effect> {
        let strikes = self.left > 0 && self.operation.is_none_or(|only| only == operation);
        strikes.then(|| {
            self.left -= 1;
            self.effect.clone()
        })
    }

    fn of(effect: Effect) -> Self {
        Self {
            effect,
            operation: None,
            left: 1,
        }
    }

    fn instead(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        Self::of(Effect::Instead {
            status,
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]),
            body: body.into(),
        })
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(by) => formatter.debug_tuple("Delay").field(by).finish(),
            Self::Instead { status, .. } => formatter.debug_tuple("Instead").field(status).finish(),
            Self::Truncated => formatter.write_str("Truncated"),
            Self::Endless => formatter.write_str("Endless"),
            Self::DroppedBefore => formatter.write_str("DroppedBefore"),
            Self::DroppedAfter => formatter.write_str("DroppedAfter"),
        }
    }
}
