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

    step("find users", "three people by their addresses");
    let found = client.find_users_by_email(&people.emails).await?;
    expect(
        found.user_ids().eq(people.ids()) && found.is_complete(),
        "all three were found",
    )?;
    step("search users", "the same, as the server searches");
    let page = client.search_users("@tour.example").await?;
    expect(page.total >= 3, "there are at least three")?;
    step("all users", "everybody on the server");
    let all = client.all_users().await?;
    expect(all.len() > 3, "there is an administrator too")?;
    let user = client.session_user().await?;
    step("session user", "whose token it is");
    expect(user.role == "admin", "it is an administrator's")?;

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

    step("user groups", "what a user is a member of");
    let groups = client.user_groups(ann).with_inherited().await?;
    expect(
        groups.iter().any(|group| group.id == team.id),
        "the group is there",
    )?;
    if has(Operation::PreviewUser).await? {
        step("preview user", "what a user can reach");
        let preview = client.preview_user(ann).await?;
        expect(preview.user.id == ann, "the user is the same")?;
    } else {
        lacks(Operation::PreviewUser);
    }

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

    settings(client).await?;

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

/// The settings that decide who is in which group.
async fn settings(client: &GroupsClient) -> Result<()> {
    step("default permissions", "what everybody may do");
    client.default_permissions().await?;
    step("settings", "who else changes groups");
    client.admin_config().await?;
    client.ldap_server_config().await?;
    let ldap = client.ldap_config().await?.enable_ldap;
    let features = client.app_config().await?.features;
    expect(
        features.enable_ldap == Some(ldap),
        "both report the same of LDAP",
    )?;
    if client.supports(Operation::GetOauthConfig).await? {
        client.oauth_config().await?;
    } else {
        lacks(Operation::GetOauthConfig);
    }
    Ok(())
}

fn step(name: &str, what: &str) {
    println!("  {name:<19} {what}");
}

fn lacks(operation: Operation) {
    let since = operation.since();
    println!("  -                   this server lacks {operation}, which came with {since}");
}

fn expect(came_true: bool, what: &str) -> Result<()> {
    if came_true {
        Ok(())
    } else {
        Err(format!("expected that {what}, but it is not so").into())
    }
}

/// Users to put in groups. The client has no methods that make them, so `request` does.
#[derive(Default)]
struct People {
    ids: [String; 3],
    emails: Vec<String>,
}

impl People {
    async fn sign_up(&mut self, client: &GroupsClient) -> Result<()> {
        for (id, name) in self.ids.iter_mut().zip(["Ann", "Ben", "Cid"]) {
            let stamp = std::process::id();
            let email = format!("{name}.{stamp}@tour.example");
            let body = json!({
                "name": format!("Tour {name}"),
                "email": email,
                "password": "tour-password-1!",
                "role": "user",
            });
            let request = client.request(Method::POST, "api/v1/auths/add")?;
            let answer = request.json(&body).send().await?.error_for_status()?;
            let user: NewUser = answer.json().await?;
            *id = user.id;
            self.emails.push(email);
        }
        Ok(())
    }

    fn ids(&self) -> [&str; 3] {
        self.ids.each_ref().map(String::as_str)
    }

    async fn leave(self, client: &GroupsClient) -> Result<()> {
        let mut outcome = Ok(());
        for id in self.ids.iter().filter(|id| !id.is_empty()) {
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
