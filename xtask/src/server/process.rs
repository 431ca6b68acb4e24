//! Starts an installed Open WebUI and brings it to where requests can be sent.

use std::{ffi::OsString, fmt::Write, fs, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;
use tokio::{process::Command, time::sleep};

use crate::server::{
    group::{Group, Reach},
    install::Python,
    output::{create_log, log_tail},
    version::Version,
    workaround::Workaround,
};

const START_LIMIT: Duration = Duration::from_secs(120);
const POLL_EVERY: Duration = Duration::from_millis(250);
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Runs the server in a Python that kills its process group once our end of its stdin is closed,
/// which the system does for us even if we are killed.
const LAUNCHER: &str = r"
import os, signal, threading

def die_with_parent():
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=die_with_parent, daemon=True).start()
";

/// Starts the server; after the launcher.
const SERVE: &str = r"
from open_webui import app
app()
";

/// Settings of every server, whatever its version.
const SETTINGS: &[(&str, &str)] = &[
    // Otherwise the server does not publish its OpenAPI document.
    ("ENV", "dev"),
    // Nothing is fetched at start, and no model provider is asked.
    ("HF_HUB_OFFLINE", "1"),
    ("OFFLINE_MODE", "true"),
    ("ENABLE_OLLAMA_API", "false"),
    ("ENABLE_OPENAI_API", "false"),
    // The local embedding packages are not installed, and 0.9.6 does not start if it wants them.
    ("RAG_EMBEDDING_ENGINE", "openai"),
    // The switch; up to 0.6.43 even an admin needs the permission features.api_keys beside it.
    ("ENABLE_API_KEYS", "true"),
    // The log is read while the server runs.
    ("PYTHONUNBUFFERED", "1"),
];

/// What of our own environment the server needs to run at all.
const INHERITED: &[&str] = &[
    "LANG",
    "LC_ALL",
    // Where Python's own library may be, as on GitHub's runners.
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
];

/// A new folder for the data of one server. In the cache, so that what a killed run left behind
/// goes with the cache.
pub(crate) fn data_folder(cache: &Path) -> Result<TempDir> {
    let parent = cache.join("data");
    fs::create_dir_all(&parent)
        .and_then(|()| {
            tempfile::Builder::new()
                .prefix("server-")
                .tempdir_in(&parent)
        })
        .with_context(|| format!("cannot create a data folder in {}", parent.display()))
}

/// Starts the server; it is not ready yet.
pub(crate) fn launch(
    python: &Python,
    port: u16,
    data: &Path,
    log: &Path,
    workaround: Option<&Workaround>,
) -> Result<Group> {
    let log_to = create_log(log)
        .with_context(|| format!("cannot write the server's log to {}", log.display()))?;
    let log_errors_to = log_to.try_clone().context("cannot share the log file")?;

    let inherited = INHERITED
        .iter()
        .filter_map(|&name| std::env::var_os(name).map(|value| (name, value)));
    let (code, settings) = workaround.map_or(("", &[][..]), |workaround| {
        (workaround.code, workaround.settings)
    });
    let mut command = Command::new(python.program());
    command
        // -P: without it, a file in the data folder could stand in for a module.
        .args(["-P", "-c", &format!("{LAUNCHER}{code}{SERVE}")])
        .args(["serve", "--host", "127.0.0.1"])
        .args(["--port", &port.to_string()])
        .env_clear()
        .env("PATH", search_path(python)?)
        .envs(inherited)
        .envs(SETTINGS.iter().copied())
        .envs(settings.iter().copied())
        .env("HOME", data)
        .env("DATA_DIR", data)
        .env("WEBUI_SECRET_KEY", random_word()?)
        .current_dir(data)
        .stdin(Stdio::piped())
        .stdout(log_to)
        .stderr(log_errors_to);
    Group::spawn(&mut command, Reach::Group)
        .with_context(|| format!("cannot start {}", python.program().display()))
}

/// Waits until the server is ready, signs up its admin and returns the token.
pub(crate) async fn bring_up(
    group: &mut Group,
    url: &str,
    version: &Version,
    log: &Path,
) -> Result<String> {
    let client = reqwest::Client::builder()
        // A proxy of the environment cannot know our loopback.
        .no_proxy()
        .timeout(REQUEST_LIMIT)
        .build()
        .context("cannot set up an HTTP client")?;
    let token = async {
        wait_until_ready(&client, url, version).await?;
        sign_up(&client, url).await
    };
    tokio::select! {
        status = group.exited() => {
            let status = status.context("cannot wait for the server")?;
            Err(anyhow!("Open WebUI {version} ended while it started ({status})"))
        }
        token = token => token,
        () = sleep(START_LIMIT) => Err(anyhow!(
            "Open WebUI {version} was not ready after {} s", START_LIMIT.as_secs()
        )),
    }
    .map_err(|error| anyhow!("{error:#}.{}", log_tail(log)))
}

fn search_path(python: &Python) -> Result<OsString> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(python.folder().to_owned());
    std::env::join_paths(folders.chain(std::env::split_paths(&inherited)))
        .context("the cache lies in a folder whose name no PATH can hold; move it")
}

/// Not guessable, so that nobody else on this machine signs in.
fn random_word() -> Result<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).context("the system gives no random numbers")?;
    Ok(bytes.iter().fold(String::new(), |mut word, byte| {
        let _ = write!(word, "{byte:02x}");
        word
    }))
}

async fn wait_until_ready(client: &reqwest::Client, url: &str, version: &Version) -> Result<()> {
    loop {
        if let Some(answered) = answered_version(client, url).await {
            if answered == version.as_str() {
                return Ok(());
            }
            bail!("{url} answers as version {answered}, not {version}");
        }
        sleep(POLL_EVERY).await;
    }
}

/// What the server says it is, once it answers as it should.
async fn answered_version(client: &reqwest::Client, url: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Answer {
        version: String,
    }

    let get = async |path: &str| {
        let response = client.get(format!("{url}{path}")).send().await.ok()?;
        (response.status() == reqwest::StatusCode::OK).then_some(response)
    };
    get("/health").await?;
    let answer: Answer = get("/api/version").await?.json().await.ok()?;
    Some(answer.version)
}

/// The first who signs up is the admin.
async fn sign_up(client: &reqwest::Client, url: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Answer {
        token: String,
    }

    let admin = json!({
        "name": "admin",
        "email": "admin@example.com",
        "password": random_word()?,
    });
    let response = client
        .post(format!("{url}/api/v1/auths/signup"))
        .json(&admin)
        .send()
        .await
        .context("cannot sign up the admin")?;
    let status = response.status();
    let body = response
        .text()
        .await
        .context("cannot read the answer to the admin's sign-up")?;
    let answer: Answer = serde_json::from_str(&body)
        .map_err(|_| anyhow!("the server answered {status} to the admin's sign-up"))?;
    Ok(answer.token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_words_differ_and_fit_a_password() {
        let word = random_word().expect("random numbers");
        // bcrypt takes 72 bytes at most.
        assert_eq!(word.len(), 48);
        assert_ne!(word, random_word().expect("random numbers"));
    }
}
