//! Walks every operation: `cargo run --example tour`.
//!
//! It starts a mock of Open WebUI to walk on. With `OPENWEBUI_URL` and
//! `OPENWEBUI_TOKEN` (an admin's) set it walks on that server instead, and
//! leaves nothing behind: `cargo xtask server -- cargo run --example tour`.

use std::{env, error::Error, process::ExitCode};

use futures_util::TryStreamExt;
use owui_groups::{GroupUpdate, GroupsClient, NewGroup, Operation, Permission, Permissions, Share};
use owui_groups_mock::MockServer;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match tour().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tour: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn tour() -> Result<()> {
    let names_a_server = ["OPENWEBUI_URL", "OPENWEBUI_TOKEN"]
        .iter()
        .any(|variable| env::var(variable).is_ok_and(|value| !value.trim().is_empty()));
    // The mock stops when it is dropped, at the end of the tour.
    let mock = match names_a_server {
        true => None,
        false => Some(MockServer::start()?),
    };
    let client = match &mock {
        Some(mock) => mock.client()?,
        None => GroupsClient::from_env()?,
    };
    let version = client.server_version().await?;
    let kind = if mock.is_some() { "A mock of " } else { "" };
    println!("{kind}Open WebUI {version} at {}", client.base_url());

    let mut people = People::default();
    let mut made = Vec::new();
    let walked = match people.sign_up(&client).await {
        Ok(()) => walk(&client, &people, &mut made).await,
        Err(error) => Err(error),
    };
    for id in made {
        // Those that the walk deleted itself are not found, which is what is wanted.
        if let Err(error) = client.delete(&id).await
            && !error.is_not_found()
        {
            eprintln!("tour: cleaning up: {error}");
        }
    }
    let left = people.leave(&client).await;
    walked.and(left)?;
    println!("Done; everything that was made is gone again.");
    Ok(())
}

async fn walk(client: &GroupsClient, people: &People, made: &mut Vec<String>) -> Result<()> {
    let has = async |operation| client.supports(operation).await;
    let parents = has(Operation::ListGroupMembers).await?;

    step("create", "a group with a permission of its own");
    let mut permissions = Permissions::new();
    permissions.allow(Permission::ChatFileUpload)?;
    let new = NewGroup::new("Tour company")
        .description("made by the tour")
        .permissions(permissions)
        .share(Share::Members);
    let company = client.create(new).await?;
    made.push(company.id.clone());
    expect(
        company.share() == Share::Members,
        "the share setting was kept",
    )?;

    if parents {
        step("create", "a group below it");
    } else {
        step(
            "create",
            "another group (this server has no groups below others)",
        );
    }
    let new = NewGroup::new("Tour engineering");
    let new = if parents {
        new.parent(&company.id)
    } else {
        new
    };
    let team = client.create(new).await?;
    made.push(team.id.clone());

    step("list", "all groups, and those that can be shared with");
    let groups = client.list().await?;
    expect(
        made.iter()
            .all(|id| groups.iter().any(|group| group.id == *id)),
        "both groups are listed",
    )?;
    client.list().share(true).await?;

    step("get", "one group by its id");
    let group = client.get(&company.id).await?;
    expect(
        group
            .permissions
            .is_some_and(|permissions| permissions.is_allowed(Permission::ChatFileUpload)),
        "the permission was kept",
    )?;

    if has(Operation::GetGroupInfo).await? {
        step("info", "what every signed-in user may see of it");
        let info = client.info(&company.id).await?;
        expect(info.name == "Tour company", "the name is the same")?;
    } else {
        lacks(Operation::GetGroupInfo);
    }

    step(
        "add members",
        "three people, one of them twice, one unknown to the server",
    );
    let [ann, ben, cid] = people.ids();
    let requested = [ann, ben, ann, cid, "nobody"];
    let change = client.add_members(&team.id, requested).await?;
    expect(change.added == [ann, ben, cid], "all three became members")?;
    expect(change.unknown == ["nobody"], "the unknown one was reported")?;

    step(
        "add members",
        "somebody who is a member already: nobody is lost",
    );
    let change = client.add_members(&team.id, [ann]).await?;
    expect(change.already_members == [ann], "the member was recognised")?;

    step("users", "the members, as users");
    let users = client.users(&team.id).await?;
    expect(users.len() == 3, "there are three")?;

    step("members", "the same, page by page and as a stream");
    let page = client.members(&team.id).search("tour").page(1).await?;
    expect(page.counts.direct == 3, "the page counts three")?;
    let streamed: Vec<_> = client.members(&team.id).stream().try_collect().await?;
    expect(streamed.len() == 3, "the stream has three")?;
    if parents {
        let inherited = client.members(&company.id).inherited().await?;
        expect(inherited.len() == 3, "the group above inherits them")?;
    } else {
        lacks(Operation::ListGroupMembers);
    }

    step("export", "the group with the ids of its members");
    let export = client.export(&team.id).await?;
    expect(export.user_ids.len() == 3, "there are three")?;

    step("remove members", "one of them");
    let change = client.remove_members(&team.id, [ann]).await?;
    expect(change.removed == [ann], "the member is gone")?;

    step("set members", "exactly one of them");
    let change = client.set_members(&team.id, [ann]).await?;
    expect(
        change.added == [ann] && change.removed.len() == 2,
        "one came, two went",
    )?;

    step(
        "update",
        "name and description, everything else left as it is",
    );
    let update = GroupUpdate::from_group(&team);
    let update = if parents { update.detach() } else { update };
    let updated = client.update(&team.id, update).await?;
    expect(
        updated.parent_group_id.is_none(),
        "no group is above it any longer",
    )?;

    if has(Operation::PreviewGroup).await? {
        step("preview", "what its members can reach");
        let preview = client.preview(&company.id).await?;
        expect(
            preview.permissions.is_allowed(Permission::ChatFileUpload),
            "its permission is there",
        )?;
    } else {
        lacks(Operation::PreviewGroup);
    }

    step("delete", "both groups");
    for id in &*made {
        client.delete(id).await?;
    }
    let missing = client.get(&company.id).await.err();
    expect(
        missing.is_some_and(|error| error.is_not_found()),
        "the group is not found",
    )?;
    Ok(())
}

fn step(name: &str, what: &str) {
    println!("  {name:<15} {what}");
}

fn lacks(operation: Operation) {
    let since = operation.since();
    println!("  -               this server lacks {operation}, which came with {since}");
}

fn expect(came_true: bool, what: &str) -> Result<()> {
    if came_true {
        Ok(())
    } else {
        Err(format!("expected that {what}, but it is not so").into())
    }
}

/// Users to put in groups. The client has no methods for them, so `request` makes them.
#[derive(Default)]
struct People([String; 3]);

impl People {
    async fn sign_up(&mut self, client: &GroupsClient) -> Result<()> {
        for (id, name) in self.0.iter_mut().zip(["Ann", "Ben", "Cid"]) {
            let stamp = std::process::id();
            let body = json!({
                "name": format!("Tour {name}"),
                "email": format!("{name}.{stamp}@tour.example"),
                "password": "tour-password-1!",
                "role": "user",
            });
            let request = client.request(Method::POST, "api/v1/auths/add")?;
            let answer = request.json(&body).send().await?.error_for_status()?;
            let user: NewUser = answer.json().await?;
            *id = user.id;
        }
        Ok(())
    }

    fn ids(&self) -> [&str; 3] {
        self.0.each_ref().map(String::as_str)
    }

    async fn leave(self, client: &GroupsClient) -> Result<()> {
        let mut outcome = Ok(());
        for id in self.0.iter().filter(|id| !id.is_empty()) {
            let request = client.request(Method::DELETE, &format!("api/v1/users/{id}"))?;
            let answer = request
                .send()
                .await
                .and_then(|answer| answer.error_for_status());
            outcome = outcome.and(answer.map(drop));
        }
        outcome.map_err(Into::into)
    }
}

#[derive(Deserialize)]
struct NewUser {
    id: String,
}
