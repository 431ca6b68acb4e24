//! The document and the version that a running server publishes.

use std::{net::IpAddr, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, Response, StatusCode, Url, header::CONTENT_TYPE, redirect};
use serde::Deserialize;
use serde_json::Value;

/// Far above the 0.6 MB of 0.12.4, far below what would hurt.
const SIZE_LIMIT: usize = 32 << 20;

/// What a running server says of itself.
pub(crate) struct Published {
    /// The whole document, OpenAPI 3.1.
    pub(crate) document: Value,
    /// What `/api/version` answers.
    pub(crate) server_version: String,
}

/// Asks a running server for its document and its version; two requests.
///
/// # Errors
///
/// When the server is not there, is no Open WebUI, or does not publish an
/// OpenAPI 3.1 document.
pub(crate) async fn fetch(url: &str) -> Result<Published> {
    let base = url.trim_end_matches('/');
    let client = client(base)?;

    #[derive(Deserialize)]
    struct Version {
        version: String,
    }
    let address = format!("{base}/api/version");
    let body = json(&client, &address)
        .await?
        .with_context(|| format!("{address} is not that of an Open WebUI: it is not JSON"))?;
    let Version { version } = serde_json::from_slice(&body)
        .with_context(|| format!("{address} is not that of an Open WebUI"))?;

    let address = format!("{base}/openapi.json");
    let body = json(&client, &address).await?.with_context(|| {
        format!(
            "{address} is a web page, not a document: Open WebUI publishes its document only \
             when it is started with ENV=dev in its environment"
        )
    })?;
    let document: Value =
        serde_json::from_slice(&body).with_context(|| format!("{address} is not JSON"))?;
    let openapi = document.get("openapi").and_then(Value::as_str);
    ensure!(
        openapi.is_some_and(|version| version.starts_with("3.1.")),
        "{address} is not an OpenAPI 3.1 document (`openapi` is {openapi:?})"
    );
    Ok(Published {
        document,
        server_version: version,
    })
}

/// A client for requests to a server at this URL.
///
/// # Errors
///
/// If the system's certificates cannot be read.
pub(crate) fn client(url: &str) -> Result<Client> {
    let builder = Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(120))
        .redirect(redirect::Policy::none());
    let builder = match is_loopback(url) {
        // A proxy of the environment cannot reach this machine.
        true => builder.no_proxy(),
        false => builder,
    };
    Ok(builder.build()?)
}

/// The body, when the answer says that it is JSON.
async fn json(client: &Client, address: &str) -> Result<Option<Vec<u8>>> {
    let mut response = client
        .get(address)
        .send()
        .await
        .with_context(|| format!("asking {address}"))?;
    ensure!(
        response.status() == StatusCode::OK,
        "{address} answers {}",
        response.status()
    );
    if !is_json(&response) {
        return Ok(None);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .with_context(|| format!("reading {address}"))?
    {
        if body.len() + chunk.len() > SIZE_LIMIT {
            bail!("{address} answers with more than {SIZE_LIMIT} bytes");
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

fn is_loopback(url: &str) -> bool {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    let is_local = |address: IpAddr| {
        let address = address.to_canonical();
        address.is_loopback() || address.is_unspecified()
    };
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(is_local)
}

fn is_json(response: &Response) -> bool {
    response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
