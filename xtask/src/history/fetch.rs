//! What a running server publishes of itself, with an administrator's token.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    document::{
        history::raw::{PREVIEW, Raw},
        slice,
    },
    published::{self, Published},
    server::{version::Version, workaround},
};

/// The responses of a running server. The preview requires a group, which is created and deleted.
///
/// # Errors
///
/// If the server does not run a final release, does not publish its document, or rejects a request.
pub(crate) async fn fetch(url: &str, token: &str) -> Result<Raw> {
    complete(published::fetch(url).await?, url, token).await
}

/// The responses of a running server whose document and version are known, as [`fetch`] returns
/// them.
///
/// # Errors
///
/// As [`fetch`], apart from the document.
pub(crate) async fn complete(published: Published, url: &str, token: &str) -> Result<Raw> {
    let server = Server {
        client: published::client(url)?,
        base: url.trim_end_matches('/'),
        token,
    };
    let default_permissions = server.get("/api/v1/users/default/permissions").await?;
    let has_preview = slice::operation_pointers(&published.document)
        .iter()
        .any(|(_, place)| place == PREVIEW);
    let preview = match has_preview {
        true => Some(server.preview().await?),
        false => None,
    };
    Ok(Raw {
        release: published.server_version.parse()?,
        workaround: description(&published.server_version),
        document: published.document,
        default_permissions,
        preview,
    })
}

/// How a server of this version is started, if not as published.
pub(crate) fn description(version: &str) -> Option<String> {
    let version: Version = version.parse().ok()?;
    workaround::of(&version).map(|workaround| workaround.description.to_owned())
}

struct Server<'a> {
    client: Client,
    base: &'a str,
    token: &'a str,
}

impl Server<'_> {
    async fn preview(&self) -> Result<Value> {
        let form = json!({
            "name": "preview",
            "description": "",
            "permissions": {"chat": {"delete": true}},
        });
        let path = format!("{}/api/v1/groups/create", self.base);
        let group = self.send(self.client.post(path).json(&form)).await?;
        let id = group.get("id").and_then(Value::as_str);
        let id = id.context("the group that was created has no `id`")?;
        let preview = self.get(&format!("/api/v1/groups/id/{id}/preview")).await;
        let path = format!("{}/api/v1/groups/id/{id}/delete", self.base);
        self.send(self.client.delete(path)).await?;
        preview
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.base);
        self.send(self.client.get(url)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value> {
        let response = request.bearer_auth(self.token).send().await?;
        let (status, url) = (response.status(), response.url().clone());
        ensure!(status.is_success(), "{url} responds with {status}");
        let body = response.bytes().await?;
        serde_json::from_slice(&body).with_context(|| format!("{url} does not respond with JSON"))
    }
}
