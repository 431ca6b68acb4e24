//! Lists the groups of a server behind a corporate proxy: `corporate_proxy`, with the server in
//! `OPENWEBUI_URL` and `OPENWEBUI_TOKEN`. Each of these variables may be unset:
//!
//! - `CORPORATE_PROXY`: the proxy, with its login: `http://ann:password@proxy.example.com:3128`
//! - `CORPORATE_CA`: a PEM file with certificates to trust, beside those of the system
//! - `CORPORATE_IDENTITY`: a PEM file with the client certificate and its key

use std::{env, fs, process::ExitCode};

use anyhow::{Context, ensure};
use owui_groups::{
    GroupsClientBuilder,
    external::{Certificate, Identity, Proxy},
};

#[tokio::main]
async fn main() -> ExitCode {
    match list().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("corporate_proxy: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn list() -> anyhow::Result<()> {
    let mut builder = GroupsClientBuilder::from_env()?;
    if let Ok(url) = env::var("CORPORATE_PROXY") {
        // The URL has a password in it, so it is not in the message.
        builder = builder.proxy(Proxy::all(url).context("CORPORATE_PROXY")?);
    }
    if let Some(pem) = file("CORPORATE_CA")? {
        let certificates = Certificate::from_pem_bundle(&pem).context("CORPORATE_CA")?;
        // Text that is not PEM is not an error.
        ensure!(!certificates.is_empty(), "CORPORATE_CA has no certificates");
        for certificate in certificates {
            builder = builder.root_certificate(certificate);
        }
    }
    if let Some(pem) = file("CORPORATE_IDENTITY")? {
        let identity = Identity::from_pem(&pem).context("CORPORATE_IDENTITY")?;
        builder = builder.identity(identity);
    }
    for group in builder.build()?.list().await? {
        println!("{} {}", group.id, group.name);
    }
    Ok(())
}

/// The content of the file that the variable names.
fn file(variable: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(path) = env::var_os(variable) else {
        return Ok(None);
    };
    let content = fs::read(&path).with_context(|| format!("{variable}: {}", path.display()))?;
    Ok(Some(content))
}
