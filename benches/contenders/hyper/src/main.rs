//! The least that a client can cost: hyper sends a request and reads the body, which is not decoded.

use std::fmt;

use bytes::Bytes;
use contender_harness::{
    careful::{Inconsistent, Requests},
    data::GROUP_ID,
};
use http::{
    HeaderValue, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION},
};
use http_body_util::{BodyExt, Empty};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

struct Floor {
    http: Client<HttpConnector, Empty<Bytes>>,
    group: String,
    token: HeaderValue,
}

#[derive(Debug)]
enum Error {
    Request(http::Error),
    Transport(Box<dyn std::error::Error + Send + Sync>),
    Status(StatusCode),
    NotMeasured,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => write!(formatter, "the request is invalid: {error}"),
            Self::Transport(error) => write!(formatter, "the request failed: {error}"),
            Self::Status(status) => write!(formatter, "the server responded with {status}"),
            Self::NotMeasured => write!(formatter, "only `get` is measured"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Inconsistent> for Error {
    fn from(_: Inconsistent) -> Self {
        Self::NotMeasured
    }
}

impl Requests for Floor {
    type Error = Error;
    type Member = ();

    fn new(url: &str, token: &str) -> Result<Self, Error> {
        let token = HeaderValue::from_str(&format!("Bearer {token}"));
        Ok(Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            group: format!("{url}/api/v1/groups/id/{GROUP_ID}"),
            token: token.map_err(|error| Error::Request(error.into()))?,
        })
    }

    async fn get(&self) -> Result<(), Error> {
        let request = Request::get(&self.group)
            .header(AUTHORIZATION, self.token.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .body(Empty::new())
            .map_err(Error::Request)?;
        let response = self.http.request(request).await;
        let response = response.map_err(|error| Error::Transport(error.into()))?;
        if response.status() != StatusCode::OK {
            return Err(Error::Status(response.status()));
        }
        let body = response.into_body().collect().await;
        let body = body.map_err(|error| Error::Transport(error.into()))?;
        std::hint::black_box(body.to_bytes());
        Ok(())
    }

    async fn list(&self) -> Result<usize, Error> {
        Err(Error::NotMeasured)
    }

    async fn users(&self) -> Result<usize, Error> {
        Err(Error::NotMeasured)
    }

    async fn export(&self) -> Result<(Vec<String>, Option<i64>), Error> {
        Err(Error::NotMeasured)
    }

    async fn add(&self, _: &[String]) -> Result<(), Error> {
        Err(Error::NotMeasured)
    }

    async fn remove(&self, _: &[String]) -> Result<(), Error> {
        Err(Error::NotMeasured)
    }

    async fn page(&self, _: usize) -> Result<(Vec<()>, usize), Error> {
        Err(Error::NotMeasured)
    }

    fn id((): &()) -> &str {
        ""
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    contender_harness::run::<Floor>()
}
