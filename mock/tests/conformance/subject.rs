//! A server under test, either real or a mock.

use std::{collections::BTreeMap, sync::OnceLock, time::Duration};

use reqwest::{
    Client, Method, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, VARY},
    redirect::Policy,
};

use crate::people::People;

const TIMEOUT: Duration = Duration::from_secs(60);

/// A server, its version and its users.
pub(crate) struct Subject {
    pub(crate) version: String,
    pub(crate) people: People,
    url: String,
    http: Client,
    check: Option<Check>,
}

/// Explains why the last response is invalid. For a mock, it also keeps the server alive.
pub(crate) type Check = Box<dyn Fn(&Response) -> Option<String> + Send + Sync>;

/// A request without placeholders.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: Option<String>,
    /// All other headers.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<Vec<u8>>,
}

/// A response without changes.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    /// The CORS headers.
    pub(crate) cors: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Subject {
    pub(crate) fn new(
        version: &str,
        url: String,
        people: People,
        check: Option<Check>,
    ) -> Result<Self, String> {
        Ok(Self {
            version: version.to_owned(),
            people,
            url,
            http: client()?,
            check,
        })
    }

    pub(crate) async fn send(&self, request: Request) -> Result<Response, String> {
        send(&self.http, &self.url, request).await
    }

    /// Explains why the last response is invalid, if it is.
    pub(crate) fn violation(&self, response: &Response) -> Option<String> {
        self.check.as_ref()?(response)
    }
}

/// One client for all cases, because creating one loads the system's certificates, which takes
/// longer than a case.
pub(crate) fn client() -> Result<Client, String> {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    if let Some(client) = CLIENT.get() {
        return Ok(client.clone());
    }
    let client = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        // A server closes the connection after an invalid request. The client may not know this yet
        // when it sends the next one.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(|error| error.to_string())?;
    Ok(CLIENT.get_or_init(|| client).clone())
}

pub(crate) async fn send(http: &Client, url: &str, request: Request) -> Result<Response, String> {
    let named = format!("{} {}", request.method, request.path);
    let failed = |error: reqwest::Error| format!("{named}: {error:?}");
    let url = Url::parse(&format!("{url}{}", request.path))
        .map_err(|error| format!("{named}: {error}"))?;
    let mut builder = http.request(request.method, url);
    let authorization = request
        .authorization
        .map(|value| (AUTHORIZATION.to_string(), value));
    let content_type = request
        .content_type
        .map(|value| (CONTENT_TYPE.to_string(), value));
    let headers = authorization
        .into_iter()
        .chain(content_type)
        .chain(request.headers);
    for (name, value) in headers {
        // Cases may set headers that are not ASCII.
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|error| format!("{named}: {error}"))?;
        builder = builder.header(name, value);
    }
    if let Some(body) = request.body {
        builder = builder.body(body);
    }
    let response = builder.send().await.map_err(failed)?;
    let content_type = response.headers().get(CONTENT_TYPE);
    let cors = cors_headers(response.headers());
    Ok(Response {
        status: response.status().as_u16(),
        content_type: content_type
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        cors,
        body: response.bytes().await.map_err(failed)?.to_vec(),
    })
}

/// The headers that control which sites may read a response, and which of them share a cached copy.
/// A server that compresses adds `Accept-Encoding` to `Vary`; the mock does not compress.
fn cors_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut cors = BTreeMap::new();
    for name in headers.keys() {
        if name != VARY && !name.as_str().starts_with("access-control-") {
            continue;
        }
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let values = values.join(", ");
        let kept = values
            .split(", ")
            .filter(|value| *value != "Accept-Encoding");
        let kept: Vec<_> = kept.collect();
        if !kept.is_empty() {
            cors.insert(name.to_string(), kept.join(", "));
        }
    }
    cors
}
