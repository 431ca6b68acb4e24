//! Creates the groups of a CSV file that do not exist, and adds users to them:
//! `provision FILE.csv`, with the server in `OPENWEBUI_URL` and `OPENWEBUI_TOKEN`. Prints what
//! changed; a second run changes nothing.
//!
//! ```csv
//! group,parent,user_id
//! company,,
//! engineering,company,5be5e52a-cc60-4307-a9a5-33af4518f1c1
//! ```
//!
//! A group that exists stays below the parent that it has.

use std::{collections::BTreeMap, env, process::ExitCode};

use anyhow::{Context, bail, ensure};
use csv::{ReaderBuilder, Trim};
use owui_groups::{GroupsClient, NewGroup};
use serde::Deserialize;

const COLUMNS: [&str; 3] = ["group", "parent", "user_id"];

#[derive(Deserialize)]
struct Row {
    group: String,
    parent: Option<String>,
    user_id: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(file) = env::args().nth(1) else {
        eprintln!("provision: give a CSV file with the columns group, parent and user_id");
        return ExitCode::from(2);
    };
    match provision(&file).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("provision: not all users were added");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("provision: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn provision(file: &str) -> anyhow::Result<bool> {
    let rows = read(file).with_context(|| file.to_owned())?;
    let client = GroupsClient::from_env()?;
    let outcomes = client.get_or_create_all(rows.iter().map(Row::group)).await;
    let outcomes = outcomes.inspect_err(|error| {
        for group in error.created_groups() {
            println!("{}: created", group.name);
        }
    })?;
    let mut members: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (row, outcome) in rows.iter().zip(&outcomes) {
        if outcome.created {
            println!("{}: created", row.group);
        }
        if outcome.has_other_parent && !members.contains_key(&(&row.group, &outcome.group.id)) {
            eprintln!("{}: exists, but not below {}", row.group, row.parent());
        }
        let group = (&row.group, &outcome.group.id);
        members.entry(group).or_default().extend(&row.user_id);
    }
    let mut complete = true;
    for ((name, id), users) in members.into_iter().filter(|(_, users)| !users.is_empty()) {
        let change = client.add_members(id, users).await;
        let change = change
            .inspect_err(|error| {
                let change = error.membership_change();
                for user in change.iter().flat_map(|change| &change.added) {
                    println!("{name}: added {user}");
                }
            })
            .with_context(|| name.clone())?;
        for user in &change.added {
            println!("{name}: added {user}");
        }
        for user in &change.unknown {
            eprintln!("{name}: {user} is unknown to the server");
        }
        for user in &change.unconfirmed {
            eprintln!("{name}: {user} is not confirmed; read the members again");
        }
        complete &= change.is_complete();
    }
    Ok(complete)
}

fn read(file: &str) -> anyhow::Result<Vec<Row>> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_path(file)?;
    // A column with another name would be taken for one without values.
    ensure!(
        *reader.headers()? == COLUMNS[..],
        "the columns are not {}",
        COLUMNS.join(",")
    );
    let rows: Vec<Row> = reader.deserialize().collect::<csv::Result<_>>()?;
    let nameless = rows.iter().position(|row| row.group.is_empty());
    match nameless {
        Some(row) => bail!("row {} below the heading has no group", row + 1),
        None => Ok(rows),
    }
}

impl Row {
    fn parent(&self) -> &str {
        self.parent.as_deref().unwrap_or_default()
    }

    fn group(&self) -> NewGroup {
        let group = NewGroup::new(&self.group);
        match &self.parent {
            Some(parent) => group.parent_named(parent),
            None => group,
        }
    }
}
