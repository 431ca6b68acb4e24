//! Switches permissions of a group on: `allow GROUP PERMISSION…`, with the
//! server in `OPENWEBUI_URL` and `OPENWEBUI_TOKEN`. All others stay as they are.

use std::{env, process::ExitCode};

use owui_groups::{GroupsClient, Permission};

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let group = arguments.next();
    let names: Vec<_> = arguments.collect();
    let (Some(group), false) = (group, names.is_empty()) else {
        eprintln!("allow: give a group's id and permissions like chat.file_upload");
        return ExitCode::from(2);
    };
    match allow(&group, &names).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("allow: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn allow(id: &str, names: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let names = names.iter().map(|name| name.parse());
    let permissions = names.collect::<Result<Vec<Permission>, _>>()?;
    let client = GroupsClient::from_env()?;
    // A name that only a newer server knows is fine where it is set already.
    let unknown: Vec<_> = permissions.iter().filter(|name| !name.is_known()).collect();
    if !unknown.is_empty() {
        let set = client.get(id).await?.permissions.unwrap_or_default();
        if let Some(name) = unknown.into_iter().find(|name| set.get(*name).is_none()) {
            return Err(format!("{name} is not a permission; nothing was changed").into());
        }
    }
    let group = client
        .edit(id, |group| {
            for permission in &permissions {
                group.permissions().allow(permission)?;
            }
            Ok(())
        })
        .await?;
    let now = group.permissions.unwrap_or_default();
    for permission in &permissions {
        if !now.is_allowed(permission) {
            return Err(format!("the server did not switch {permission} on").into());
        }
        println!("{permission}: allowed for {}", group.name);
    }
    Ok(())
}
