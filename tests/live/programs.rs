//! Runs the example programs as a reader would.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use owui_groups::{Operation, Permission, ServerVersion, Share};
use serde_json::{Value, json};

use crate::{
    example,
    harness::tests,
    outcome::{Outcome, failure, some, sorted},
    server::Live,
};

tests![
    add_members_tells_what_became_of_each_user,
    add_members_fails_when_somebody_is_unknown,
    add_members_fails_for_a_missing_group,
    add_members_without_arguments_tells_what_it_takes,
    move_group_puts_a_group_below_another,
    move_group_puts_a_group_at_the_top,
    move_group_rejects_a_circle,
    move_group_without_arguments_tells_what_it_takes,
    allow_switches_permissions_on,
    allow_leaves_other_permissions_alone,
    allow_changes_nothing_for_a_name_that_is_no_permission,
    allow_without_permissions_tells_what_it_takes,
    diagnose_tells_version_and_rights_of_an_admin,
    diagnose_tells_what_the_server_lacks,
    diagnose_tells_others_from_admins,
    diagnose_tells_a_token_that_is_not_accepted,
    diagnose_tells_an_address_that_is_not_open_webui,
    diagnose_tells_that_nothing_answers,
    provision_adds_users_to_new_and_existing_groups,
    provision_changes_nothing_the_second_time,
    provision_fails_for_unknown_users,
    provision_creates_parents_or_nothing,
    provision_without_a_file_explains_what_it_requires,
    audit_prints_each_group,
    audit_prints_malformed_permissions,
    diagnose_uses_no_proxy_of_the_environment,
    tour_uses_no_proxy_of_the_environment,
];

/// The output of a program and its exit status.
#[derive(Debug, PartialEq)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs an example on the server, with the admin's token.
fn run(live: &Live, program: &str, arguments: &[&str]) -> Outcome<Run> {
    run_as(live.url(), live.token(), program, arguments)
}

fn run_as(url: &str, token: &str, program: &str, arguments: &[&str]) -> Outcome<Run> {
    let output = Command::new(example(program)?)
        .args(arguments)
        .env("OPENWEBUI_URL", url)
        .env("OPENWEBUI_TOKEN", token)
        .output()?;
    Ok(Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    })
}

fn example(name: &str) -> Outcome<PathBuf> {
    example::path(name).map_err(failure)
}

async fn add_members_tells_what_became_of_each_user(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = live.group("program").await?;
    let _ = live.client().add_members(&group.id, [&ben.id]).await?;
    let ran = run(
        &live,
        "add_members",
        &[&group.id, &ann.id, &ben.id, &ann.id],
    )?;
    let out = format!("{}: added\n{}: already a member\n", ann.id, ben.id);
    assert_eq!(
        ran,
        Run {
            code: Some(0),
            out,
            err: String::new()
        }
    );
    Ok(())
}

async fn add_members_fails_when_somebody_is_unknown(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = live.group("program").await?;
    let ran = run(&live, "add_members", &[&group.id, "nobody", &ann.id])?;
    let out = format!("nobody: unknown to the server\n{}: added\n", ann.id);
    let err = "add_members: not all users were added\n".to_owned();
    assert_eq!(
        ran,
        Run {
            code: Some(1),
            out,
            err
        }
    );
    Ok(())
}

async fn add_members_fails_for_a_missing_group(live: Live) -> Outcome {
    let ran = run(&live, "add_members", &["no-such-group", "anybody"])?;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("the group does not exist"), "{}", ran.err);
    Ok(())
}

async fn add_members_without_arguments_tells_what_it_takes(live: Live) -> Outcome {
    let err = "add_members: give a group's id and the ids of users\n".to_owned();
    let ran = run(&live, "add_members", &[])?;
    assert_eq!(
        ran,
        Run {
            code: Some(2),
            out: String::new(),
            err
        }
    );
    Ok(())
}

async fn move_group_puts_a_group_below_another(live: Live) -> Outcome {
    let (company, team) = (live.group("company").await?, live.group("team").await?);
    let ran = run(&live, "move_group", &[&team.id, &company.id])?;
    let expected = if live.has_hierarchy() {
        let out = format!("{} ({}) is below {}\n", team.name, team.id, company.id);
        Run {
            code: Some(0),
            out,
            err: String::new(),
        }
    } else {
        let err = format!(
            "move_group: update_group: the server does not support groups with a \
             parent (requires Open WebUI 0.12.0 or later; the server is {})\n",
            live.version()
        );
        Run {
            code: Some(1),
            out: String::new(),
            err,
        }
    };
    assert_eq!(ran, expected);
    Ok(())
}

async fn move_group_puts_a_group_at_the_top(live: Live) -> Outcome {
    let company = live.group("company").await?;
    let team = if live.has_hierarchy() {
        live.group_below(&company.id, "team").await?
    } else {
        live.group("team").await?
    };
    let ran = run(&live, "move_group", &[&team.id])?;
    let out = format!("{} ({}) is at the top\n", team.name, team.id);
    assert_eq!(
        ran,
        Run {
            code: Some(0),
            out,
            err: String::new()
        }
    );
    Ok(())
}

async fn move_group_rejects_a_circle(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let company = live.group("company").await?;
    let team = live.group_below(&company.id, "team").await?;
    let ran = run(&live, "move_group", &[&company.id, &team.id])?;
    let err = "move_group: update_group: the server rejected the request (HTTP 400): \
               A group cannot be its own parent or a descendant of itself.\n";
    assert_eq!(
        ran,
        Run {
            code: Some(1),
            out: String::new(),
            err: err.to_owned()
        }
    );
    Ok(())
}

async fn move_group_without_arguments_tells_what_it_takes(live: Live) -> Outcome {
    assert_eq!(run(&live, "move_group", &[])?.code, Some(2));
    Ok(())
}

async fn allow_switches_permissions_on(live: Live) -> Outcome {
    let group = live.group("program").await?;
    let ran = run(&live, "allow", &[&group.id, "chat.edit", "features.notes"])?;
    let out = format!(
        "chat.edit: allowed for {0}\nfeatures.notes: allowed for {0}\n",
        group.name
    );
    assert_eq!(
        ran,
        Run {
            code: Some(0),
            out,
            err: String::new()
        }
    );
    Ok(())
}

async fn allow_leaves_other_permissions_alone(live: Live) -> Outcome {
    let permissions = [
        (Permission::try_from("future.of_all")?, true),
        (Permission::ChatShare, false),
    ]
    .into_iter()
    .collect();
    let group = live
        .client()
        .create(live.new_group("program").permissions(permissions))
        .await?;
    run(&live, "allow", &[&group.id, "chat.edit"])?;
    let mut expected = some(group.permissions)?;
    expected.allow(Permission::ChatEdit)?;
    assert_eq!(
        live.client().get(&group.id).await?.permissions,
        Some(expected)
    );
    Ok(())
}

async fn allow_changes_nothing_for_a_name_that_is_no_permission(live: Live) -> Outcome {
    let group = live.group("program").await?;
    let ran = run(&live, "allow", &[&group.id, "chat.edit", "chat.nonsense"])?;
    let err = "allow: chat.nonsense is not a permission; nothing was changed\n".to_owned();
    assert_eq!(
        (ran, live.client().get(&group.id).await?),
        (
            Run {
                code: Some(1),
                out: String::new(),
                err
            },
            group
        )
    );
    Ok(())
}

async fn allow_without_permissions_tells_what_it_takes(live: Live) -> Outcome {
    assert_eq!(run(&live, "allow", &["group-id"])?.code, Some(2));
    Ok(())
}

async fn diagnose_tells_version_and_rights_of_an_admin(live: Live) -> Outcome {
    let ran = run(&live, "diagnose", &[])?;
    let lines: Vec<_> = ran.out.lines().collect();
    let first = format!("{} is Open WebUI {}", live.url(), live.version());
    assert_eq!((ran.code, lines.first()), (Some(0), Some(&first.as_str())));
    let last = lines.last().copied().unwrap_or_default();
    assert!(
        last.starts_with("the token is an admin's, who sees "),
        "{last}"
    );
    Ok(())
}

async fn diagnose_tells_what_the_server_lacks(live: Live) -> Outcome {
    let ran = run(&live, "diagnose", &[])?;
    let lacks: Vec<_> = ran
        .out
        .lines()
        .filter(|line| line.starts_with("it lacks "))
        .collect();
    let all = [
        (
            live.is_since(0, 8, 0),
            "it lacks get_group_info, which came with 0.8.0",
        ),
        (
            live.is_since(0, 9, 6),
            "it lacks preview_group, which came with 0.9.6",
        ),
        (
            live.is_since(0, 12, 0),
            "it lacks list_group_members, which came with 0.12.0",
        ),
    ];
    // Those of releases after the newest one that these tests run on.
    let newer = Operation::ALL.iter().copied();
    let newer = newer.filter(|operation| operation.since() > ServerVersion::new(0, 12, 4));
    let others = [Operation::PreviewUser, Operation::GetOauthConfig];
    let others = others.into_iter().chain(newer).map(|operation| {
        let line = format!(
            "it lacks {operation}, which came with {}",
            operation.since()
        );
        (live.version().supports(operation), line)
    });
    let others = Vec::from_iter(others);
    let others = others.iter().map(|(has, line)| (*has, line.as_str()));
    let mut expected: Vec<_> = all
        .into_iter()
        .chain(others)
        .filter(|(has, _)| !has)
        .map(|(_, line)| line)
        .collect();
    expected.sort_by_key(|line| lacks.iter().position(|lack| lack == line));
    assert_eq!(lacks, expected);
    Ok(())
}

async fn diagnose_tells_others_from_admins(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let ran = run_as(live.url(), &ann.token, "diagnose", &[])?;
    let err = "diagnose: the token is valid, but its user is not an admin\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), err));
    Ok(())
}

async fn diagnose_tells_a_token_that_is_not_accepted(live: Live) -> Outcome {
    let ran = run_as(live.url(), "nobody-s-token", "diagnose", &[])?;
    let err = format!("diagnose: {} does not accept the token: ", live.url());
    assert!(ran.err.starts_with(&err), "{}", ran.err);
    Ok(())
}

async fn diagnose_tells_an_address_that_is_not_open_webui(live: Live) -> Outcome {
    let url = format!("{}/not/here", live.url());
    let ran = run(&live, "diagnose", &[&url])?;
    let err = format!("diagnose: {url} is not an Open WebUI: ");
    assert!(ran.err.starts_with(&err), "{}", ran.err);
    Ok(())
}

async fn diagnose_tells_that_nothing_answers(live: Live) -> Outcome {
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let ran = run(&live, "diagnose", &[&format!("http://{free}")])?;
    let err = format!("diagnose: nothing answers at http://{free}: ");
    assert!(ran.err.starts_with(&err), "{}", ran.err);
    Ok(())
}

/// A file with these rows, named after the first group.
fn table(rows: &[[&str; 3]]) -> Outcome<PathBuf> {
    let name = some(rows.first())?[0].replace(' ', "-");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.csv"));
    let rows = rows.iter().map(|row| row.join(",") + "\n");
    fs::write(
        &path,
        "group,parent,user_id\n".to_owned() + &rows.collect::<String>(),
    )?;
    Ok(path)
}

/// Runs the program with a table of these rows.
fn provision(live: &Live, rows: &[[&str; 3]]) -> Outcome<Run> {
    let file = table(rows)?;
    let ran = run(live, "provision", &[&file.to_string_lossy()])?;
    fs::remove_file(file)?;
    Ok(ran)
}

async fn provision_adds_users_to_new_and_existing_groups(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let existing = live.group("existing").await?.name;
    let new = live.name("new");
    let ran = provision(
        &live,
        &[
            [&existing, "", &ann.id],
            [&new, "", &ben.id],
            [&new, "", &ann.id],
        ],
    )?;
    let expected = [
        format!("{new}: created"),
        format!("{existing}: added {}", ann.id),
        format!("{new}: added {}", ben.id),
        format!("{new}: added {}", ann.id),
    ];
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    // Groups are in the order of their names, which contain a number.
    assert_eq!(sorted(ran.out.lines()), sorted(expected));
    for name in [existing, new] {
        let group = some(live.client().find_by_name(&name).await?)?;
        let members = live.client().users(&group.id).await?;
        assert!(members.iter().any(|member| member.id == ann.id));
    }
    Ok(())
}

async fn provision_changes_nothing_the_second_time(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = live.name("group");
    let rows = [[&group, "", &ann.id], [&group, "", &ben.id]];
    provision(&live, &rows)?;
    let before = live.client().find_by_name(&group).await?;
    let second = provision(&live, &rows)?;
    let expected = Run {
        code: Some(0),
        out: String::new(),
        err: String::new(),
    };
    assert_eq!(second, expected);
    assert_eq!(live.client().find_by_name(&group).await?, before);
    Ok(())
}

async fn provision_fails_for_unknown_users(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = live.name("group");
    let ran = provision(&live, &[[&group, "", "nobody"], [&group, "", &ann.id]])?;
    let expected = Run {
        code: Some(1),
        out: format!("{group}: created\n{group}: added {}\n", ann.id),
        err: format!(
            "{group}: nobody is unknown to the server\nprovision: not all users were added\n"
        ),
    };
    assert_eq!(ran, expected);
    Ok(())
}

async fn provision_creates_parents_or_nothing(live: Live) -> Outcome {
    let (team, company) = (live.name("team"), live.name("company"));
    let ran = provision(&live, &[[&team, &company, ""], [&company, "", ""]])?;
    let client = live.client();
    let team = client.find_by_name(&team).await?;
    let company = client.find_by_name(&company).await?;
    if live.has_hierarchy() {
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert_eq!(some(team)?.parent_group_id, Some(some(company)?.id));
    } else {
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
        let problem = "does not support groups with a parent";
        assert!(ran.err.contains(problem), "{}", ran.err);
        assert_eq!((team, company), (None, None));
    }
    Ok(())
}

async fn provision_without_a_file_explains_what_it_requires(live: Live) -> Outcome {
    assert_eq!(run(&live, "provision", &[])?.code, Some(2));
    Ok(())
}

/// The line of the group with this ID, because other tests create groups concurrently.
fn audit(live: &Live, id: &str) -> Outcome<Value> {
    let ran = run(live, "audit", &[])?;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let entries = ran.out.lines().map(serde_json::from_str);
    let entries = entries.collect::<Result<Vec<Value>, _>>()?;
    let is_wanted = |entry: &Value| entry.get("id").and_then(Value::as_str) == Some(id);
    some(entries.into_iter().find(is_wanted))
}

async fn audit_prints_each_group(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let permissions = [(Permission::ChatEdit, true), (Permission::ChatShare, false)];
    let company = live.new_group("company").share(Share::Nobody);
    let company = live.client().create(company).await?;
    let team = live
        .new_group("team")
        .permissions(permissions.into_iter().collect())
        .share(Share::Anyone);
    let team = match live.has_hierarchy() {
        true => team.parent(&company.id),
        false => team,
    };
    let team = live.client().create(team).await?;
    let _ = live.client().add_members(&team.id, [&ann.id]).await?;
    let team = live.client().get(&team.id).await?;
    let parents: &[_] = match live.has_hierarchy() {
        true => &[&company.name],
        false => &[],
    };
    let expected = json!({
        "id": team.id,
        "name": team.name,
        "parents": parents,
        "members": 1,
        "allowed": ["chat.edit"],
        "malformed": [],
        "share": true,
        "malformed_share": null,
        "created_at": team.created_at,
        "updated_at": team.updated_at,
    });
    assert_eq!(audit(&live, &team.id)?, expected);
    let company = audit(&live, &company.id)?;
    assert_eq!(
        (company.get("share"), company.get("allowed")),
        (Some(&json!(false)), Some(&json!([])))
    );
    Ok(())
}

async fn audit_prints_malformed_permissions(live: Live) -> Outcome {
    let stored = json!({"workspace": {"tools": "false", "models": 0}});
    let permissions = serde_json::from_value(stored)?;
    let group = live.new_group("group").permissions(permissions);
    let group = live.client().create(group).await?;
    let entry = audit(&live, &group.id)?;
    assert_eq!(entry.get("allowed"), Some(&json!(["workspace.tools"])));
    let malformed = json!([
        {"path": "workspace.models", "permission": "workspace.models", "value": 0},
        {"path": "workspace.tools", "permission": "workspace.tools", "value": "false"},
    ]);
    assert_eq!(entry.get("malformed"), Some(&malformed));
    Ok(())
}

/// The environment contains a proxy that does not accept connections.
fn behind_a_proxy(program: &str) -> Outcome<Command> {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = Command::new(example(program)?);
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(variable, format!("http://{closed}"));
    }
    Ok(command)
}

async fn diagnose_uses_no_proxy_of_the_environment(live: Live) -> Outcome {
    let output = behind_a_proxy("diagnose")?
        .env("OPENWEBUI_URL", live.url())
        .env("OPENWEBUI_TOKEN", live.token())
        .output()?;
    let err = String::from_utf8(output.stderr)?;
    assert!(output.status.success(), "{err}");
    Ok(())
}

/// Without the address of a server, it starts its own mock.
async fn tour_uses_no_proxy_of_the_environment(_: Live) -> Outcome {
    let output = behind_a_proxy("tour")?
        .env_remove("OPENWEBUI_URL")
        .env_remove("OPENWEBUI_TOKEN")
        .output()?;
    let err = String::from_utf8(output.stderr)?;
    assert!(output.status.success(), "{err}");
    Ok(())
}
