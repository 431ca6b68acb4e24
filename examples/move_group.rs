//! Moves a group below another one, or to the top without one:
//! `move_group GROUP [PARENT]`, with the server in `OPENWEBUI_URL` and
//! `OPENWEBUI_TOKEN`. Everything else of the group stays as it is.

use std::{env, process::ExitCode};

use owui_groups::GroupsClient;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let (Some(group), parent, None) = (arguments.next(), arguments.next(), arguments.next()) else {
        eprintln!("move_group: give a group's id, and the id of the group to put it below");
        return ExitCode::from(2);
    };
    match move_below(&group, parent.as_deref()).await {
        Ok(message) => {
            println!("{message}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("move_group: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn move_below(group: &str, parent: Option<&str>) -> owui_groups::Result<String> {
    let client = GroupsClient::from_env()?;
    let moved = client
        .edit(group, |group| match parent {
            Some(parent) => _ = group.set_parent(parent),
            None => _ = group.detach(),
        })
        .await?;
    Ok(match moved.parent_group_id {
        Some(parent) => format!("{} ({}) is below {parent}", moved.name, moved.id),
        None => format!("{} ({}) is at the top", moved.name, moved.id),
    })
}
