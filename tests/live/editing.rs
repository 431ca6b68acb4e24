//! Editing a group without losing changes of other clients.

use std::time::Duration;

use owui_groups::{
    ErrorKind, GroupUpdate, OnConflict, Permission, Permissions, Share, types::Group,
};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{
    harness::tests,
    outcome::{Outcome, fails, object, some},
    server::{Live, meanwhile},
};

tests![
    unknown_keys_in_data_survive,
    unknown_permissions_survive,
    what_is_not_changed_stays,
    sharing_changes_nothing_else,
    default_models_change_nothing_else,
    name_and_description_change_nothing_else,
    a_key_of_data_changes,
    a_null_in_data_is_kept,
    a_key_of_data_is_removed_where_the_server_can,
    a_group_moves_below_another,
    a_group_stays_below_its_parent,
    a_group_is_taken_out_from_under_its_parent,
    a_group_without_a_parent_may_be_detached_on_every_server,
    an_old_server_is_not_sent_a_parent,
    nothing_is_written_when_nothing_changes,
    a_conflict_is_noticed,
    a_conflict_leaves_what_the_other_wrote,
    a_conflict_is_solved_by_starting_over,
    an_edit_gives_up_when_others_never_rest,
    new_members_are_no_conflict,
    members_stay_members,
    a_group_with_white_space_around_its_name_stays_editable,
];

fn rich_data() -> Map<String, Value> {
    object(json!({
        "mine": {"a": 1, "b": [null, {"c": 2}]},
        "other": null,
        "config": {"share": "members", "default_models": ["one"], "unknown": {"x": true}},
    }))
}

fn rich_permissions() -> Permissions {
    object(json!({
        "chat": {"file_upload": true, "new_thing": true, "level": 3},
        "future": {"deep": {"x": false}},
        "odd": [1],
    }))
    .into()
}

/// A group with many fields that this crate does not know.
async fn rich(live: &Live) -> owui_groups::Result<Group> {
    let new = live
        .new_group("rich")
        .description("builds things")
        .data(rich_data())
        .permissions(rich_permissions());
    live.client().create(new).await
}

/// The data with one changed key of `config`.
fn with_config(key: &str, value: Value) -> Map<String, Value> {
    let mut data = rich_data();
    if let Some(Value::Object(config)) = data.get_mut("config") {
        config.insert(key.to_owned(), value);
    }
    data
}

async fn unknown_keys_in_data_survive(live: Live) -> Outcome {
    let group = rich(&live).await?;
    let edit = live
        .client()
        .edit(&group.id, |group| _ = group.set_share(Share::Nobody));
    edit.await?;
    let data = live.client().get(&group.id).await?.data;
    assert_eq!(data, Some(with_config("share", json!(false))));
    Ok(())
}

async fn unknown_permissions_survive(live: Live) -> Outcome {
    let group = rich(&live).await?;
    let edit = live.client().edit(&group.id, |group| {
        group.permissions().allow(Permission::ChatDelete)?;
        Ok(())
    });
    edit.await?;
    let mut expected = rich_permissions();
    expected.allow(Permission::ChatDelete)?;
    assert_eq!(
        live.client().get(&group.id).await?.permissions,
        Some(expected)
    );
    Ok(())
}

async fn what_is_not_changed_stays(live: Live) -> Outcome {
    let before = rich(&live).await?;
    let edit = live
        .client()
        .edit(&before.id, |group| _ = group.set_description("new"));
    edit.await?;
    let after = live.client().get(&before.id).await?;
    assert_eq!(
        (after.name, after.permissions, after.data),
        (before.name, before.permissions, before.data)
    );
    Ok(())
}

async fn sharing_changes_nothing_else(live: Live) -> Outcome {
    let before = rich(&live).await?;
    let edit = live
        .client()
        .edit(&before.id, |group| _ = group.set_share(Share::Anyone));
    let after = edit.await?;
    assert_eq!(after.default_models(), before.default_models());
    assert_eq!(
        (after.name, after.permissions),
        (before.name, before.permissions)
    );
    Ok(())
}

async fn default_models_change_nothing_else(live: Live) -> Outcome {
    let group = rich(&live).await?;
    let edit = live.client().edit(&group.id, |group| {
        _ = group.set_default_models(["two", "three"])
    });
    edit.await?;
    let data = live.client().get(&group.id).await?.data;
    assert_eq!(
        data,
        Some(with_config("default_models", json!(["two", "three"])))
    );
    Ok(())
}

async fn name_and_description_change_nothing_else(live: Live) -> Outcome {
    let before = rich(&live).await?;
    let name = live.name("renamed");
    let edit = live.client().edit(&before.id, |group| {
        group.set_name(&name).set_description("renamed");
    });
    edit.await?;
    let after = live.client().get(&before.id).await?;
    let updated_at = after.updated_at;
    let expected = |mut group: Group| {
        group.name = name.clone();
        group.description = "renamed".to_owned();
        group.updated_at = updated_at;
        group
    };
    assert_eq!(after, expected(before));
    Ok(())
}

async fn a_key_of_data_changes(live: Live) -> Outcome {
    let group = rich(&live).await?;
    let edit = live.client().edit(&group.id, |group| {
        group.data().insert("mine".to_owned(), json!({"b": 1}));
    });
    edit.await?;
    let data = some(live.client().get(&group.id).await?.data)?;
    assert_eq!(data.get("mine"), Some(&json!({"b": 1})));
    Ok(())
}

async fn a_null_in_data_is_kept(live: Live) -> Outcome {
    let group = rich(&live).await?;
    let edit = live.client().edit(&group.id, |group| {
        group.data().insert("mine".to_owned(), Value::Null);
    });
    edit.await?;
    let data = some(live.client().get(&group.id).await?.data)?;
    assert_eq!(data.get("mine"), Some(&Value::Null));
    Ok(())
}

async fn a_key_of_data_is_removed_where_the_server_can(live: Live) -> Outcome {
    let group = rich(&live).await?;
    let edit = live
        .client()
        .edit(&group.id, |group| _ = group.data().remove("mine"));
    let outcome = edit.await;
    if live.has_hierarchy() {
        fails(ErrorKind::InvalidInput, outcome)?;
    } else {
        assert!(!some(outcome?.data)?.contains_key("mine"));
    }
    Ok(())
}

async fn a_group_moves_below_another(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let (company, team) = (live.group("company").await?, live.group("team").await?);
    let edit = live
        .client()
        .edit(&team.id, |group| _ = group.set_parent(&company.id));
    edit.await?;
    assert_eq!(
        live.client().get(&team.id).await?.parent_group_id,
        Some(company.id)
    );
    Ok(())
}

async fn a_group_stays_below_its_parent(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let company = live.group("company").await?;
    let team = live.group_below(&company.id, "team").await?;
    let edit = live
        .client()
        .edit(&team.id, |group| _ = group.set_description("new"));
    edit.await?;
    assert_eq!(
        live.client().get(&team.id).await?.parent_group_id,
        Some(company.id)
    );
    Ok(())
}

async fn a_group_is_taken_out_from_under_its_parent(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let company = live.group("company").await?;
    let team = live.group_below(&company.id, "team").await?;
    let edit = live.client().edit(&team.id, |group| _ = group.detach());
    edit.await?;
    assert_eq!(live.client().get(&team.id).await?.parent_group_id, None);
    Ok(())
}

async fn a_group_without_a_parent_may_be_detached_on_every_server(live: Live) -> Outcome {
    let group = live.group("top").await?;
    let edit = live.client().edit(&group.id, |group| _ = group.detach());
    assert_eq!(edit.await?, group);
    Ok(())
}

async fn an_old_server_is_not_sent_a_parent(live: Live) -> Outcome {
    if live.has_hierarchy() {
        return Ok(());
    }
    let (company, team) = (live.group("company").await?, live.group("team").await?);
    let edit = live.client().edit(&team.id, |group| {
        group.set_parent(&company.id).set_description("new");
    });
    fails(ErrorKind::UnsupportedVersion, edit.await)?;
    assert_eq!(live.client().get(&team.id).await?, team);
    Ok(())
}

async fn nothing_is_written_when_nothing_changes(live: Live) -> Outcome {
    let before = rich(&live).await?;
    // A write would change `updated_at`, which has a resolution of one second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let edit = live.client().edit(&before.id, |group| {
        group.set_share(Share::Members);
        group.permissions().allow(Permission::ChatFileUpload)?;
        Ok(())
    });
    edit.await?;
    assert_eq!(live.client().get(&before.id).await?, before);
    Ok(())
}

/// Another client writes the description after the edit has read the group.
fn somebody_describes(live: &Live, group: &Group, description: &str) {
    let update = GroupUpdate::new(&group.name, description);
    let written = meanwhile(live.client().update(&group.id, update));
    assert!(matches!(written, Some(Ok(_))), "{written:?}");
}

async fn a_conflict_is_noticed(live: Live) -> Outcome {
    let group = live.group("contended").await?;
    let edit = live.client().edit(&group.id, |draft| {
        somebody_describes(&live, draft.before(), "theirs");
        draft.permissions().allow(Permission::ChatEdit)?;
        Ok(())
    });
    let outcome = edit.on_conflict(OnConflict::Fail).await;
    fails(ErrorKind::Conflict, outcome)?;
    Ok(())
}

async fn a_conflict_leaves_what_the_other_wrote(live: Live) -> Outcome {
    let group = live.group("contended").await?;
    let edit = live.client().edit(&group.id, |draft| {
        somebody_describes(&live, draft.before(), "theirs");
        draft.set_description("ours");
    });
    fails(
        ErrorKind::Conflict,
        edit.on_conflict(OnConflict::Fail).await,
    )?;
    assert_eq!(live.client().get(&group.id).await?.description, "theirs");
    Ok(())
}

async fn a_conflict_is_solved_by_starting_over(live: Live) -> Outcome {
    let group = live.group("contended").await?;
    let mut first = true;
    let edit = live.client().edit(&group.id, |draft| {
        if std::mem::take(&mut first) {
            somebody_describes(&live, draft.before(), "theirs");
        }
        draft.permissions().allow(Permission::ChatEdit)?;
        Ok(())
    });
    edit.await?;
    let after = live.client().get(&group.id).await?;
    assert_eq!(
        (after.description.as_str(), after.permissions),
        (
            "theirs",
            Some([(Permission::ChatEdit, true)].into_iter().collect())
        )
    );
    Ok(())
}

async fn an_edit_gives_up_when_others_never_rest(live: Live) -> Outcome {
    let group = live.group("contended").await?;
    let mut calls = 0;
    let edit = live.client().edit(&group.id, |draft| {
        calls += 1;
        somebody_describes(&live, draft.before(), &format!("theirs, {calls}"));
        draft.permissions().allow(Permission::ChatEdit)?;
        Ok(())
    });
    fails(ErrorKind::Conflict, edit.await)?;
    assert_eq!(calls, 5);
    Ok(())
}

async fn new_members_are_no_conflict(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = live.group("contended").await?;
    let edit = live.client().edit(&group.id, |draft| {
        let added = meanwhile(live.client().add_members(&group.id, [&ann.id]));
        assert!(matches!(added, Some(Ok(_))), "{added:?}");
        draft.permissions().allow(Permission::ChatEdit)?;
        Ok(())
    });
    edit.on_conflict(OnConflict::Fail).await?;
    Ok(())
}

async fn members_stay_members(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = rich(&live).await?;
    let _ = live.client().add_members(&group.id, [&ann.id]).await?;
    let edit = live
        .client()
        .edit(&group.id, |group| _ = group.set_share(Share::Anyone));
    assert_eq!(edit.await?.member_count, Some(1));
    Ok(())
}

/// Servers accept any name.
async fn a_group_with_white_space_around_its_name_stays_editable(live: Live) -> Outcome {
    let client = live.client();
    let name = format!(" {}\u{200b} ", live.name("odd"));
    let body = json!({"name": name, "description": ""});
    let request = client.request(Method::POST, "api/v1/groups/create")?;
    let created: Group = request.json(&body).send().await?.json().await?;
    let id = &created.id;
    let edited = client.edit(id, |group| _ = group.set_description("new"));
    let edited = edited.await?;
    assert_eq!(
        (edited.name.as_str(), &*edited.description),
        (&*name, "new")
    );
    let updated = client.update(id, GroupUpdate::from_group(&created)).await?;
    assert_eq!((updated.name.as_str(), &*updated.description), (&*name, ""));
    let imported = client.import(&client.export(id).await?).await?;
    assert_eq!(imported.group.name, name);
    let renamed = client.edit(id, |group| _ = group.set_name(format!("{name}2 ")));
    fails(ErrorKind::InvalidInput, renamed.await)?;
    Ok(())
}
