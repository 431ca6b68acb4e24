//! Tells what is at an address: `diagnose [URL]`, or the one in
//! `OPENWEBUI_URL`, asked with the token in `OPENWEBUI_TOKEN`.

use std::{env, process::ExitCode, time::Duration};

use owui_groups::{Error, ErrorKind, GroupsClient, Operation, RetryPolicy, ServerVersion};

#[tokio::main]
async fn main() -> ExitCode {
    match diagnose().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(diagnosis) => {
            eprintln!("diagnose: {diagnosis}");
            ExitCode::FAILURE
        }
    }
}

async fn diagnose() -> Result<(), String> {
    let url = env::args()
        .nth(1)
        .or_else(|| env::var("OPENWEBUI_URL").ok());
    let url = url.ok_or("give an address, or set OPENWEBUI_URL")?;
    let token = env::var("OPENWEBUI_TOKEN").unwrap_or_default();
    let has_token = !token.trim().is_empty();
    let client = GroupsClient::builder(&url, if has_token { token } else { "none".to_owned() })
        .timeout(Duration::from_secs(10))
        .total_timeout(Duration::from_secs(20))
        .retry_policy(RetryPolicy::none())
        .build()
        .map_err(|error| error.to_string())?;

    let version = client
        .server_version()
        .await
        .map_err(|error| explain(&client, &error))?;
    println!("{} is Open WebUI {version}", client.base_url());
    if version < ServerVersion::OLDEST_SUPPORTED {
        let oldest = ServerVersion::OLDEST_SUPPORTED;
        println!("it is older than {oldest}, the oldest version that this crate is tested with");
    }
    for operation in Operation::ALL
        .iter()
        .filter(|operation| !version.supports(**operation))
    {
        println!(
            "it lacks {operation}, which came with {}",
            operation.since()
        );
    }
    if !has_token {
        return Err("no token to ask further with; set OPENWEBUI_TOKEN".to_owned());
    }

    let groups = client
        .list()
        .await
        .map_err(|error| explain(&client, &error))?;
    // Only administrators learn that a group does not exist.
    match client.get("00000000-0000-0000-0000-000000000000").await {
        Err(error) if error.is_not_found() => {}
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Err("the token is valid, but its user is not an admin".to_owned());
        }
        Err(error) => return Err(explain(&client, &error)),
        Ok(_) => {}
    }
    println!("the token is an admin's, who sees {} groups", groups.len());
    Ok(())
}

fn explain(client: &GroupsClient, error: &Error) -> String {
    let url = client.base_url();
    match error.kind() {
        ErrorKind::Connect => format!("nothing answers at {url}: {}", cause(error)),
        ErrorKind::Timeout => format!("{url} is too slow: no answer within the time limit"),
        ErrorKind::NotOpenWebUi => format!("{url} is not an Open WebUI: {error}"),
        ErrorKind::Unauthenticated => format!("{url} does not accept the token: {error}"),
        ErrorKind::PermissionDenied => {
            format!("the token is valid, but may do nothing here: {error}")
        }
        _ => error.to_string(),
    }
}

/// The innermost cause is the operating system's own word.
fn cause(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
