//! The requests, with the settings and checks of the client that is measured.

use std::time::Duration;

use reqwest::{
    Client, Method, Request, Response, StatusCode, Url,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap,
        HeaderValue,
    },
    redirect,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{Error, Result},
    types::{Export, Group, MembersPage, Problem, User, UserIds},
};

/// The most of a response that is read, in bytes.
const RESPONSE_LIMIT: u64 = 32 << 20;

pub(crate) struct GroupClient {
    http: Client,
    base: Url,
}

impl GroupClient {
    pub(crate) fn new(url: &str, token: &str) -> Result<Self> {
        let base = Url::parse(url).map_err(|_| Error::InvalidUrl)?;
        let mut token =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| Error::InvalidToken)?;
        token.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, token),
            (ACCEPT, HeaderValue::from_static("application/json")),
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        ]);
        let http = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .pool_idle_timeout(Duration::from_secs(4))
            .redirect(redirect::Policy::none())
            .user_agent("by-hand/0.0.0")
            .default_headers(headers)
            .no_proxy()
            .build()?;
        Ok(Self { http, base })
    }

    pub(crate) async fn group(&self, id: &str) -> Result<Group> {
        let url = self.url(&["id", checked(id)?])?;
        self.send(Request::new(Method::GET, url)).await
    }

    pub(crate) async fn groups(&self) -> Result<Vec<Group>> {
        let url = self.url(&[""])?;
        self.send(Request::new(Method::GET, url)).await
    }

    pub(crate) async fn users(&self, id: &str) -> Result<Vec<User>> {
        let url = self.url(&["id", checked(id)?, "users"])?;
        self.send(Request::new(Method::POST, url)).await
    }

    pub(crate) async fn export(&self, id: &str) -> Result<Export> {
        let url = self.url(&["id", checked(id)?, "export"])?;
        self.send(Request::new(Method::GET, url)).await
    }

    pub(crate) async fn add(&self, id: &str, user_ids: &[String]) -> Result<Group> {
        let url = self.url(&["id", checked(id)?, "users", "add"])?;
        self.post(url, &UserIds { user_ids }).await
    }

    pub(crate) async fn remove(&self, id: &str, user_ids: &[String]) -> Result<Group> {
        let url = self.url(&["id", checked(id)?, "users", "remove"])?;
        self.post(url, &UserIds { user_ids }).await
    }

    pub(crate) async fn page(&self, id: &str, number: usize) -> Result<MembersPage> {
        let mut url = self.url(&["id", checked(id)?, "members"])?;
        url.query_pairs_mut()
            .append_pair("membership", "direct")
            .append_pair("page", &number.to_string());
        self.send(Request::new(Method::GET, url)).await
    }

    fn url(&self, path: &[&str]) -> Result<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::InvalidUrl)?
            .pop_if_empty()
            .extend(["api", "v1", "groups"])
            .extend(path);
        Ok(url)
    }

    async fn post<T: DeserializeOwned>(&self, url: Url, body: &impl Serialize) -> Result<T> {
        let request = self.http.post(url).json(body).build()?;
        self.send(request).await
    }

    async fn send<T: DeserializeOwned>(&self, request: Request) -> Result<T> {
        let response = self.http.execute(request).await?;
        let status = response.status();
        let headers = response.headers();
        if status != StatusCode::OK {
            return Err(error(response).await);
        }
        if !is_json(headers) {
            return Err(Error::NotJson(status));
        }
        if headers
            .get(CONTENT_ENCODING)
            .is_some_and(|coding| coding != "identity")
        {
            return Err(Error::Encoded);
        }
        let body = match response.content_length() {
            Some(length) if length <= RESPONSE_LIMIT => response.bytes().await?,
            Some(_) => return Err(Error::TooLarge),
            None => read(response).await?.into(),
        };
        serde_json::from_slice(&body).map_err(Error::Decode)
    }
}

/// IDs become a part of the path, so those that lead elsewhere are rejected.
fn checked(id: &str) -> Result<&str> {
    let is_valid = !matches!(id, "" | "." | "..") && !id.chars().any(char::is_control);
    is_valid.then_some(id).ok_or(Error::InvalidId)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/json")
    })
}

async fn error(response: Response) -> Error {
    let status = response.status();
    if !is_json(response.headers()) {
        return Error::NotJson(status);
    }
    let problem = match read(response).await {
        Ok(body) => serde_json::from_slice::<Problem>(&body).ok(),
        Err(error) => return error,
    };
    Error::Status {
        status,
        detail: problem.map(|problem| problem.detail.to_string()),
    }
}

/// Reads a body whose length is not known before.
async fn read(mut response: Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if (body.len() + chunk.len()) as u64 > RESPONSE_LIMIT {
            return Err(Error::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
