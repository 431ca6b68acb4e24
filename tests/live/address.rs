//! The server's base URL, and responses that show that it is wrong.

use std::net::TcpListener;

use owui_groups::{ErrorKind, GroupsClient, ServerVersion};
use serde_json::Value;

use crate::{
    harness::tests,
    outcome::{Outcome, fails},
    server::Live,
};

tests![
    every_form_of_the_address_works,
    a_wrong_path_in_the_address_is_not_open_webui,
    nothing_is_created_at_a_wrong_path,
    nothing_is_deleted_at_a_wrong_path,
    a_port_where_nobody_listens_is_no_connection,
    the_version_is_what_the_server_says,
    the_server_is_one_that_is_supported,
];

async fn every_form_of_the_address_works(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    for form in ["", "/", "/api", "/api/", "/api/v1", "/api/v1/"] {
        let url = format!("{}{form}", live.url());
        GroupsClient::new(&url, ann.token.as_str())?.list().await?;
    }
    Ok(())
}

fn lost(live: &Live) -> owui_groups::Result<GroupsClient> {
    GroupsClient::new(&format!("{}/not/here", live.url()), "any-token")
}

async fn a_wrong_path_in_the_address_is_not_open_webui(live: Live) -> Outcome {
    fails(ErrorKind::NotOpenWebUi, lost(&live)?.list().await)?;
    Ok(())
}

async fn nothing_is_created_at_a_wrong_path(live: Live) -> Outcome {
    let outcome = lost(&live)?.create(live.new_group("lost")).await;
    fails(ErrorKind::NotOpenWebUi, outcome)?;
    Ok(())
}

async fn nothing_is_deleted_at_a_wrong_path(live: Live) -> Outcome {
    let group = live.group("stays").await?;
    fails(
        ErrorKind::NotOpenWebUi,
        lost(&live)?.delete(&group.id).await,
    )?;
    Ok(())
}

async fn a_port_where_nobody_listens_is_no_connection(_: Live) -> Outcome {
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let client = GroupsClient::new(&format!("http://{free}"), "any-token")?;
    fails(ErrorKind::Connect, client.server_version().await)?;
    Ok(())
}

async fn the_version_is_what_the_server_says(live: Live) -> Outcome {
    // The server is on this machine, so the client does not use a proxy of the environment.
    let http = reqwest::Client::builder().no_proxy().build()?;
    let answer = http
        .get(format!("{}/api/version", live.url()))
        .send()
        .await?;
    let said: Value = answer.json().await?;
    let version = live.client().server_version().await?.to_string();
    assert_eq!(
        said.get("version").and_then(Value::as_str),
        Some(version.as_str())
    );
    Ok(())
}

async fn the_server_is_one_that_is_supported(live: Live) -> Outcome {
    assert!(*live.version() >= ServerVersion::OLDEST_SUPPORTED);
    Ok(())
}
