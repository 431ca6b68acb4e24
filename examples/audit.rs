//! Prints what every group allows, as a line of JSON for each: `audit`, with the server and an
//! administrator's token in `OPENWEBUI_URL` and `OPENWEBUI_TOKEN`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use owui_groups::{
    GroupTree, GroupsClient, MalformedPermission, Permission, Permissions, Share, external::Value,
    types::Group,
};
use serde::Serialize;

/// Times are in seconds since the Unix epoch.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    name: &'a str,
    /// The names of the groups above, the nearest first.
    parents: Vec<&'a str>,
    members: Option<u64>,
    allowed: Vec<Permission>,
    malformed: Vec<MalformedPermission<'a>>,
    share: Share,
    malformed_share: Option<&'a Value>,
    created_at: i64,
    updated_at: i64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match audit().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("audit: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn audit() -> Result<(), Box<dyn std::error::Error>> {
    let tree = GroupsClient::from_env()?.tree().await?;
    let mut out = io::stdout().lock();
    for (_, group) in tree.walk() {
        writeln!(out, "{}", serde_json::to_string(&Entry::new(group, &tree))?)?;
    }
    Ok(())
}

impl<'a> Entry<'a> {
    fn new(group: &'a Group, tree: &'a GroupTree) -> Self {
        let permissions = group.permissions.iter();
        let set = permissions.clone().flat_map(Permissions::iter);
        Self {
            id: &group.id,
            name: &group.name,
            parents: tree
                .ancestors(&group.id)
                .map(|above| &*above.name)
                .collect(),
            members: group.member_count,
            allowed: set
                .filter_map(|(permission, allowed)| allowed.then_some(permission))
                .collect(),
            malformed: permissions.flat_map(Permissions::malformed).collect(),
            share: group.share(),
            malformed_share: group.malformed_share(),
            created_at: group.created_at,
            updated_at: group.updated_at,
        }
    }
}
