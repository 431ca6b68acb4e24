//! Every operation once, with a real response.

use std::time::Duration;

use owui_groups::{
    ErrorKind, GroupUpdate, NewGroup, Operation, Permission, Permissions, ServerVersion, Share,
};
use serde_json::{Value, json};

use crate::{
    harness::tests,
    outcome::{Outcome, fails, object, some, sorted},
    server::Live,
};

tests![
    create_makes_a_group_without_members,
    create_takes_names_in_any_script,
    create_takes_very_long_names,
    create_takes_an_empty_name,
    create_takes_a_name_twice,
    create_keeps_permissions,
    create_keeps_open_data,
    create_keeps_who_may_share,
    create_keeps_default_models,
    create_puts_a_group_below_another,
    list_has_every_group_for_an_admin,
    list_has_groups_changed_last_first,
    list_has_only_their_own_groups_for_others,
    list_has_the_groups_above_their_own_for_others,
    list_share_has_what_others_may_share_with,
    list_without_share_has_nothing_that_others_may_share_with,
    list_share_leaves_out_nothing_for_an_admin,
    get_has_all_of_a_group,
    get_counts_direct_members,
    info_has_the_public_part_of_a_group,
    info_is_there_for_everybody,
    export_has_the_ids_of_members,
    export_of_a_group_without_members_has_no_ids,
    users_has_the_direct_members,
    users_of_a_group_without_members_is_empty,
    update_writes_name_and_description,
    update_leaves_what_it_does_not_set,
    update_replaces_all_permissions,
    update_merges_data_or_replaces_it,
    update_is_seen_in_updated_at,
    delete_removes_the_group,
    delete_moves_the_groups_below_up,
    preview_has_what_a_group_can_reach,
    preview_has_default_models_of_the_group_above,
];

async fn create_makes_a_group_without_members(live: Live) -> Outcome {
    let name = live.name("new");
    let new = NewGroup::new(&name).description("builds things");
    let group = live.client().create(new).await?;
    assert_eq!(
        (group.name, group.description.as_str(), group.member_count),
        (name, "builds things", Some(0))
    );
    Ok(())
}

async fn create_takes_names_in_any_script(live: Live) -> Outcome {
    keeps_name(&live, "Ärzte и друзья 研究 فريق 👩‍🔬 \u{202e}\" ' \\ %_</a>").await
}

async fn create_takes_very_long_names(live: Live) -> Outcome {
    keeps_name(&live, &"ü".repeat(20_000)).await
}

async fn create_takes_an_empty_name(live: Live) -> Outcome {
    keeps_name(&live, "").await
}

async fn keeps_name(live: &Live, name: &str) -> Outcome {
    let new = NewGroup::new(name).description(live.mark());
    let group = live.client().create(new).await?;
    assert_eq!(live.client().get(&group.id).await?.name, name);
    Ok(())
}

async fn create_takes_a_name_twice(live: Live) -> Outcome {
    let new = live.new_group("twin");
    let one = live.client().create(new.clone()).await?;
    let other = live.client().create(new).await?;
    assert_ne!(one.id, other.id);
    Ok(())
}

async fn create_keeps_permissions(live: Live) -> Outcome {
    let mut permissions = Permissions::new();
    permissions
        .allow(Permission::ChatFileUpload)?
        .deny(Permission::FeaturesWebSearch)?
        .allow(Permission::try_from("future.of_all")?)?;
    let new = live
        .new_group("permissions")
        .permissions(permissions.clone());
    let group = live.client().create(new).await?;
    assert_eq!(
        live.client().get(&group.id).await?.permissions,
        Some(permissions)
    );
    Ok(())
}

async fn create_keeps_open_data(live: Live) -> Outcome {
    let mine = json!({"text": "ü", "null": null, "list": [1, 2.5, {"deep": true}]});
    let data = object(json!({"mine": mine}));
    let group = live
        .client()
        .create(live.new_group("data").data(data))
        .await?;
    let data = some(live.client().get(&group.id).await?.data)?;
    assert_eq!(data.get("mine"), Some(&mine));
    Ok(())
}

async fn create_keeps_who_may_share(live: Live) -> Outcome {
    let all = [Share::Anyone, Share::Members, Share::Nobody];
    let mut kept = Vec::new();
    for share in all {
        let group = live
            .client()
            .create(live.new_group("share").share(share))
            .await?;
        kept.push(live.client().get(&group.id).await?.share());
    }
    assert_eq!(kept, all);
    Ok(())
}

async fn create_keeps_default_models(live: Live) -> Outcome {
    let new = live.new_group("models").default_models(["one", "two"]);
    let group = live.client().create(new).await?;
    let group = live.client().get(&group.id).await?;
    assert_eq!(group.default_models(), ["one", "two"]);
    Ok(())
}

async fn create_puts_a_group_below_another(live: Live) -> Outcome {
    let company = live.group("company").await?;
    let outcome = live.group_below(&company.id, "team").await;
    if live.has_hierarchy() {
        assert_eq!(outcome?.parent_group_id, Some(company.id));
    } else {
        let error = fails(ErrorKind::UnsupportedVersion, outcome)?;
        assert_eq!(error.attempts(), 0, "nothing is sent");
    }
    Ok(())
}

async fn list_has_every_group_for_an_admin(live: Live) -> Outcome {
    let group = live.group("listed").await?;
    let listed = live.client().list().await?;
    assert!(listed.contains(&group));
    Ok(())
}

async fn list_has_groups_changed_last_first(live: Live) -> Outcome {
    live.group("older").await?;
    live.group("newer").await?;
    let listed = live.client().list().await?;
    assert!(listed.is_sorted_by(|one, other| one.updated_at >= other.updated_at));
    Ok(())
}

async fn list_has_only_their_own_groups_for_others(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let (own, foreign) = (live.group("own").await?.id, live.group("foreign").await?.id);
    let _ = live.client().add_members(&own, [&ann.id]).await?;
    let listed = live.client_as(&ann.token)?.list().await?;
    let has = [own, foreign].map(|id| listed.iter().any(|group| group.id == id));
    assert_eq!(has, [true, false]);
    Ok(())
}

async fn list_has_the_groups_above_their_own_for_others(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let [ann] = live.people().await?;
    let company = live.group("company").await?;
    let team = live.group_below(&company.id, "team").await?;
    let _ = live.client().add_members(&team.id, [&ann.id]).await?;
    let listed = live.client_as(&ann.token)?.list().await?;
    assert!(listed.iter().any(|group| group.id == company.id));
    Ok(())
}

/// The settings, of the three possible ones, in a member's filtered list.
async fn shared(live: &Live, share: bool) -> Outcome<Vec<Share>> {
    let [ann] = live.people().await?;
    let mut own = Vec::new();
    for share in [Share::Anyone, Share::Members, Share::Nobody] {
        let group = live
            .client()
            .create(live.new_group("share").share(share))
            .await?;
        let _ = live.client().add_members(&group.id, [&ann.id]).await?;
        own.push(group.id);
    }
    let listed = live.client_as(&ann.token)?.list().share(share).await?;
    Ok(own
        .iter()
        .filter_map(|id| Some(listed.iter().find(|group| group.id == *id)?.share()))
        .collect())
}

async fn list_share_has_what_others_may_share_with(live: Live) -> Outcome {
    let expected: &[Share] = if live.is_since(0, 9, 6) {
        &[Share::Anyone, Share::Members]
    } else {
        // This version does not support `members`.
        &[Share::Anyone]
    };
    assert_eq!(shared(&live, true).await?, expected);
    Ok(())
}

async fn list_without_share_has_nothing_that_others_may_share_with(live: Live) -> Outcome {
    let listed = shared(&live, false).await?;
    // Since 0.9.6, a server on SQLite also omits groups that no user may share with.
    assert!(
        listed.iter().all(|share| *share == Share::Nobody),
        "{listed:?}"
    );
    Ok(())
}

async fn list_share_leaves_out_nothing_for_an_admin(live: Live) -> Outcome {
    let closed = live
        .client()
        .create(live.new_group("closed").share(Share::Nobody))
        .await?;
    let listed = live.client().list().share(true).await?;
    let listed = listed.iter().any(|group| group.id == closed.id);
    assert_eq!(
        listed,
        live.is_since(0, 9, 6),
        "the oldest servers filter for admins too"
    );
    Ok(())
}

async fn get_has_all_of_a_group(live: Live) -> Outcome {
    let new = live
        .new_group("whole")
        .description("builds things")
        .permissions([(Permission::ChatEdit, true)].into_iter().collect())
        .data(object(json!({"mine": 1})));
    let created = live.client().create(new).await?;
    assert_eq!(live.client().get(&created.id).await?, created);
    Ok(())
}

async fn get_counts_direct_members(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = live.group("counted").await?;
    let _ = live
        .client()
        .add_members(&group.id, [&ann.id, &ben.id])
        .await?;
    assert_eq!(live.client().get(&group.id).await?.member_count, Some(2));
    Ok(())
}

async fn info_has_the_public_part_of_a_group(live: Live) -> Outcome {
    let group = live.group("public").await?;
    let outcome = live.client().info(&group.id).await;
    if live.client().supports(Operation::GetGroupInfo).await? {
        let info = outcome?;
        assert_eq!((info.name, info.member_count), (group.name, Some(0)));
    } else {
        let error = fails(ErrorKind::UnsupportedVersion, outcome)?;
        assert_eq!(error.required_version(), Some(ServerVersion::new(0, 8, 0)));
    }
    Ok(())
}

async fn info_is_there_for_everybody(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = live.group("foreign").await?;
    let outcome = live.client_as(&ann.token)?.info(&group.id).await;
    if live.client().supports(Operation::GetGroupInfo).await? {
        assert_eq!(outcome?.id, group.id);
    } else {
        fails(ErrorKind::UnsupportedVersion, outcome)?;
    }
    Ok(())
}

async fn export_has_the_ids_of_members(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = live.group("exported").await?;
    let _ = live
        .client()
        .add_members(&group.id, [&ann.id, &ben.id])
        .await?;
    let export = live.client().export(&group.id).await?;
    assert_eq!(sorted(export.user_ids), sorted([&ann.id, &ben.id]));
    Ok(())
}

async fn export_of_a_group_without_members_has_no_ids(live: Live) -> Outcome {
    let new = live.new_group("empty").data(object(json!({"mine": 1})));
    let group = live.client().create(new).await?;
    let export = live.client().export(&group.id).await?;
    assert_eq!((export.data, export.user_ids), (group.data, Vec::new()));
    Ok(())
}

async fn users_has_the_direct_members(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = live.group("users").await?;
    let _ = live.client().add_members(&group.id, [&ann.id]).await?;
    let users = live.client().users(&group.id).await?;
    let users: Vec<_> = users
        .iter()
        .map(|user| [&user.id, &user.name, &user.email, &user.role].map(String::as_str))
        .collect();
    assert_eq!(users, [[ann.id.as_str(), &ann.name, &ann.email, "user"]]);
    Ok(())
}

async fn users_of_a_group_without_members_is_empty(live: Live) -> Outcome {
    let group = live.group("empty").await?;
    assert_eq!(live.client().users(&group.id).await?, []);
    Ok(())
}

async fn update_writes_name_and_description(live: Live) -> Outcome {
    let group = live.group("old").await?;
    let name = live.name("new");
    live.client()
        .update(&group.id, GroupUpdate::new(&name, "now"))
        .await?;
    let updated = live.client().get(&group.id).await?;
    assert_eq!(
        (updated.name, updated.description),
        (name, "now".to_owned())
    );
    Ok(())
}

async fn update_leaves_what_it_does_not_set(live: Live) -> Outcome {
    let new = live
        .new_group("left alone")
        .permissions(
            [(Permission::try_from("future.of_all")?, true)]
                .into_iter()
                .collect(),
        )
        .data(object(json!({"mine": 1})));
    let group = live.client().create(new).await?;
    let updated = live
        .client()
        .update(&group.id, GroupUpdate::from_group(&group))
        .await?;
    assert_eq!(
        (updated.permissions, updated.data),
        (group.permissions, group.data)
    );
    Ok(())
}

async fn update_replaces_all_permissions(live: Live) -> Outcome {
    let old = [(Permission::ChatEdit, true)].into_iter().collect();
    let group = live
        .client()
        .create(live.new_group("permissions").permissions(old))
        .await?;
    let new: Permissions = [(Permission::ChatShare, false)].into_iter().collect();
    let update = GroupUpdate::from_group(&group).permissions(new.clone());
    live.client().update(&group.id, update).await?;
    assert_eq!(live.client().get(&group.id).await?.permissions, Some(new));
    Ok(())
}

async fn update_merges_data_or_replaces_it(live: Live) -> Outcome {
    let old = json!({"old": 1, "config": {"share": false, "mine": 1}});
    let group = live
        .client()
        .create(live.new_group("data").data(object(old)))
        .await?;
    let new = json!({"new": 2, "config": {"mine": 2}});
    let update = GroupUpdate::from_group(&group).data(object(new.clone()));
    live.client().update(&group.id, update).await?;
    let expected = if live.has_hierarchy() {
        json!({"old": 1, "new": 2, "config": {"share": false, "mine": 2}})
    } else {
        new
    };
    let data = live.client().get(&group.id).await?.data;
    assert_eq!(data.map(Value::Object), Some(expected));
    Ok(())
}

async fn update_is_seen_in_updated_at(live: Live) -> Outcome {
    let group = live.group("dated").await?;
    // The resolution of the server's times is one second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let updated = live
        .client()
        .update(&group.id, GroupUpdate::from_group(&group))
        .await?;
    assert!(updated.updated_at > group.updated_at);
    Ok(())
}

async fn delete_removes_the_group(live: Live) -> Outcome {
    let group = live.group("gone").await?;
    live.client().delete(&group.id).await?;
    fails(ErrorKind::NotFound, live.client().get(&group.id).await)?;
    Ok(())
}

async fn delete_moves_the_groups_below_up(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let company = live.group("company").await?;
    let division = live.group_below(&company.id, "division").await?;
    let team = live.group_below(&division.id, "team").await?;
    live.client().delete(&division.id).await?;
    assert_eq!(
        live.client().get(&team.id).await?.parent_group_id,
        Some(company.id)
    );
    Ok(())
}

async fn preview_has_what_a_group_can_reach(live: Live) -> Outcome {
    let permissions: Permissions = [(Permission::ChatEdit, true)].into_iter().collect();
    let new = live.new_group("preview").permissions(permissions.clone());
    let group = live.client().create(new).await?;
    let outcome = live.client().preview(&group.id).await;
    if live.client().supports(Operation::PreviewGroup).await? {
        let preview = outcome?;
        assert_eq!(
            (preview.group.id, preview.permissions),
            (group.id, permissions)
        );
    } else {
        let error = fails(ErrorKind::UnsupportedVersion, outcome)?;
        assert_eq!(error.required_version(), Some(ServerVersion::new(0, 9, 6)));
    }
    Ok(())
}

async fn preview_has_default_models_of_the_group_above(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let new = live.new_group("company").default_models(["one"]);
    let company = live.client().create(new).await?;
    let team = live.group_below(&company.id, "team").await?;
    let models = some(live.client().preview(&team.id).await?.default_models)?;
    assert_eq!(
        (models.effective, models.source_group_id),
        (vec!["one".to_owned()], Some(company.id))
    );
    Ok(())
}
