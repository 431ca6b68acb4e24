//! Adds users to a group: `add_members GROUP USER…`, with the server in
//! `OPENWEBUI_URL` and `OPENWEBUI_TOKEN`. Prints a line for each user.

use std::{collections::HashSet, env, process::ExitCode};

use owui_groups::GroupsClient;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let group = arguments.next();
    let users: Vec<_> = arguments.collect();
    let (Some(group), false) = (group, users.is_empty()) else {
        eprintln!("add_members: give a group's id and the ids of users");
        return ExitCode::from(2);
    };
    match add(&group, users).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("add_members: not all users were added");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("add_members: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn add(group: &str, users: Vec<String>) -> owui_groups::Result<bool> {
    let client = GroupsClient::from_env()?;
    let change = client.add_members(group, &users).await?;
    let mut seen = HashSet::new();
    for user in users.iter().filter(|user| seen.insert(*user)) {
        let outcome = if change.added.contains(user) {
            "added"
        } else if change.already_members.contains(user) {
            "already a member"
        } else if change.unknown.contains(user) {
            "unknown to the server"
        } else {
            "not confirmed; read the members again"
        };
        println!("{user}: {outcome}");
    }
    Ok(change.unknown.is_empty() && change.unconfirmed.is_empty())
}
