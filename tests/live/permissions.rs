//! Permissions of members.

use owui_groups::{ErrorKind, GroupUpdate, Permission, Permissions, Share, types::Group};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    harness::tests,
    outcome::{Ending, Outcome, fails, object, some},
    server::{Live, Person},
};

tests![
    a_permission_is_set_by_its_path,
    every_permission_of_the_server_is_kept,
    a_permission_that_the_server_lacks_is_rejected,
    an_unknown_permission_is_kept,
    a_permission_is_unset,
    all_permissions_are_unset,
    a_preview_tells_inherited_permissions,
    a_preview_tells_effective_permissions,
    denying_takes_nothing_that_a_group_above_gives,
    a_preview_of_an_older_server_has_the_groups_own_permissions,
    a_malformed_permission_has_the_effect_that_is_reported,
    a_malformed_permission_is_corrected_by_setting_it,
    a_preview_joins_malformed_permissions_as_reported,
    everything_that_is_stored_survives_an_edit,
    a_malformed_share_has_the_effect_that_is_reported,
    a_malformed_share_is_corrected_by_setting_it,
];

async fn a_permission_is_set_by_its_path(live: Live) -> Outcome {
    let group = live.group("paths").await?;
    let edit = live.client().edit(&group.id, |group| {
        group
            .permissions()
            .allow("chat.file_upload".parse::<Permission>()?)?
            .deny(Permission::FeaturesWebSearch)?;
        Ok(())
    });
    edit.await?;
    let permissions = some(live.client().get(&group.id).await?.permissions)?;
    let expected = json!({"chat": {"file_upload": true}, "features": {"web_search": false}});
    assert_eq!(Map::from(permissions), object(expected));
    Ok(())
}

async fn every_permission_of_the_server_is_kept(live: Live) -> Outcome {
    let of_server = Permission::KNOWN
        .iter()
        .filter(|name| name.since() <= Some(*live.version()));
    let all: Permissions = of_server.map(|name| (name.clone(), true)).collect();
    let new = live.new_group("all").permissions(all.clone());
    let group = live.client().create(new).await?;
    assert_eq!(live.client().get(&group.id).await?.permissions, Some(all));
    Ok(())
}

/// The server would store the permission, but it would have no effect.
async fn a_permission_that_the_server_lacks_is_rejected(live: Live) -> Outcome {
    let newest = Permission::WorkspaceModelsHidden;
    let has_it = newest.since() <= Some(*live.version());
    let group = live.group("lacking").await?;
    let permissions: Permissions = [(&newest, true)].into_iter().collect();
    let client = live.client();
    let outcomes = [
        client
            .create(live.new_group("new").permissions(permissions.clone()))
            .await,
        client
            .update(
                &group.id,
                GroupUpdate::from_group(&group).permissions(permissions),
            )
            .await,
        client
            .edit(&group.id, |group| {
                group.permissions().deny(&newest)?;
                group.permissions().allow(&newest)?;
                Ok(())
            })
            .await,
    ];
    for outcome in outcomes {
        match has_it {
            true => drop(outcome?),
            false => {
                let error = fails(ErrorKind::UnsupportedVersion, outcome)?;
                assert_eq!(error.required_version(), newest.since());
                assert!(error.to_string().contains("`workspace.models_hidden`"));
            }
        }
    }
    let stored = client.get(&group.id).await?.permissions.unwrap_or_default();
    assert_eq!(stored.is_allowed(&newest), has_it);
    Ok(())
}

async fn an_unknown_permission_is_kept(live: Live) -> Outcome {
    let future = Permission::try_from("future.of_all")?;
    let permissions = [(&future, true)].into_iter().collect();
    let group = live
        .client()
        .create(live.new_group("future").permissions(permissions))
        .await?;
    let read = some(live.client().get(&group.id).await?.permissions)?;
    let update = GroupUpdate::from_group(&group).permissions(read);
    let updated = live.client().update(&group.id, update).await?;
    assert!(some(updated.permissions)?.is_allowed(&future));
    Ok(())
}

async fn a_permission_is_unset(live: Live) -> Outcome {
    let permissions = [(Permission::ChatEdit, true), (Permission::ChatShare, true)];
    let new = live
        .new_group("unset")
        .permissions(permissions.into_iter().collect());
    let group = live.client().create(new).await?;
    let edit = live.client().edit(&group.id, |group| {
        group.permissions().unset(Permission::ChatEdit);
    });
    edit.await?;
    let permissions = some(live.client().get(&group.id).await?.permissions)?;
    assert_eq!(permissions.get(Permission::ChatEdit), None);
    Ok(())
}

async fn all_permissions_are_unset(live: Live) -> Outcome {
    let permissions = [(Permission::ChatEdit, true)].into_iter().collect();
    let group = live
        .client()
        .create(live.new_group("none").permissions(permissions))
        .await?;
    let update = GroupUpdate::from_group(&group).permissions(Permissions::new());
    live.client().update(&group.id, update).await?;
    let permissions = live.client().get(&group.id).await?.permissions;
    assert!(permissions.unwrap_or_default().is_empty());
    Ok(())
}

/// A permission that no server defines.
fn named(name: &str) -> Outcome<Permission> {
    Ok(Permission::try_from(format!("test.{name}"))?)
}

/// A team that allows some permissions and denies others, below a company that allows a permission
/// that is off by default.
async fn team(live: &Live) -> Outcome<Option<String>> {
    if !live.has_hierarchy() {
        return Ok(None);
    }
    let above = [(named("above")?, true), (named("denied")?, true)];
    let above = above.into_iter().collect();
    let company = live
        .client()
        .create(live.new_group("company").permissions(above))
        .await?;
    let own = [(named("own")?, true), (named("denied")?, false)];
    let own = own.into_iter().collect();
    let new = live.new_group("team").permissions(own).parent(&company.id);
    Ok(Some(live.client().create(new).await?.id))
}

async fn a_preview_tells_inherited_permissions(live: Live) -> Outcome {
    let Some(team) = team(&live).await? else {
        return Ok(());
    };
    let inherited = some(live.client().preview(&team).await?.inherited_permissions)?;
    assert_eq!(
        [named("above")?, named("own")?].map(|name| inherited.get(name)),
        [Some(true), None]
    );
    Ok(())
}

async fn a_preview_tells_effective_permissions(live: Live) -> Outcome {
    let Some(team) = team(&live).await? else {
        return Ok(());
    };
    let effective = some(live.client().preview(&team).await?.effective_permissions)?;
    assert_eq!(
        [named("above")?, named("own")?].map(|name| effective.get(name)),
        [Some(true), Some(true)]
    );
    Ok(())
}

async fn denying_takes_nothing_that_a_group_above_gives(live: Live) -> Outcome {
    let Some(team) = team(&live).await? else {
        return Ok(());
    };
    let effective = some(live.client().preview(&team).await?.effective_permissions)?;
    assert!(effective.is_allowed(named("denied")?));
    Ok(())
}

async fn a_preview_of_an_older_server_has_the_groups_own_permissions(live: Live) -> Outcome {
    if live.has_hierarchy() || !live.is_since(0, 9, 6) {
        return Ok(());
    }
    let group = live.group("preview").await?;
    let preview = live.client().preview(&group.id).await?;
    assert_eq!(
        (preview.inherited_permissions, preview.effective_permissions),
        (None, None)
    );
    Ok(())
}

/// Values that are not booleans. In Python, 0 and 0.0 are equal, so a server does not replace the
/// first by the second.
fn malformed() -> [Value; 13] {
    [
        json!(null),
        json!(0),
        json!(""),
        json!(0.0),
        json!([]),
        json!({}),
        json!(1),
        json!(-0.5),
        json!("false"),
        json!(" "),
        json!([false]),
        json!({"x": false}),
        json!([[]]),
    ]
}

fn permissions(value: Value) -> Permissions {
    object(value).into()
}

/// Whether the server allows the user to create an API key.
async fn can_make_key(live: &Live, person: &Person) -> Outcome<bool> {
    let client = live.client_as(&person.token)?;
    let request = client.request(Method::POST, "api/v1/auths/api_key")?;
    let response = request.send().await?;
    if response.status() == StatusCode::FORBIDDEN {
        return Ok(false);
    }
    response.error_for_status()?;
    Ok(true)
}

/// A group, and a member who can create API keys only with the group's permission.
async fn key_holder(live: &Live, who: &str) -> Outcome<(Group, Person)> {
    let person = live.sign_up(who.to_owned(), "user").await?;
    let allowed = [(Permission::FeaturesApiKeys, true)].into_iter().collect();
    let new = live.new_group("keys").permissions(allowed);
    let group = live.client().create(new).await?;
    let _ = live.client().add_members(&group.id, [&person.id]).await?;
    if !can_make_key(live, &person).await? {
        let reason = "the server is set up without API keys";
        return Err(Ending::Skipped(reason.to_owned()));
    }
    let update = GroupUpdate::from_group(&group).permissions(Permissions::new());
    let group = live.client().update(&group.id, update).await?;
    if can_make_key(live, &person).await? {
        let reason = "the server allows API keys by default";
        return Err(Ending::Skipped(reason.to_owned()));
    }
    Ok((group, person))
}

async fn a_malformed_permission_has_the_effect_that_is_reported(live: Live) -> Outcome {
    let (group, person) = key_holder(&live, "holder").await?;
    for value in malformed() {
        let stored = permissions(json!({"features": {"api_keys": value}}));
        let update = GroupUpdate::from_group(&group).permissions(stored);
        live.client().update(&group.id, update).await?;
        let read = some(live.client().get(&group.id).await?.permissions)?;
        let found: Vec<_> = read.malformed().map(|one| one.value).collect();
        assert_eq!(found, [&value]);
        assert_eq!(
            read.is_allowed(Permission::FeaturesApiKeys),
            can_make_key(&live, &person).await?,
            "{value}"
        );
    }
    Ok(())
}

async fn a_malformed_permission_is_corrected_by_setting_it(live: Live) -> Outcome {
    let (group, person) = key_holder(&live, "corrected").await?;
    let stored = permissions(json!({"features": {"api_keys": "false"}}));
    let update = GroupUpdate::from_group(&group).permissions(stored);
    live.client().update(&group.id, update).await?;
    assert!(can_make_key(&live, &person).await?);
    let edit = live.client().edit(&group.id, |group| {
        group.permissions().deny(Permission::FeaturesApiKeys)?;
        Ok(())
    });
    let after = some(edit.await?.permissions)?;
    assert_eq!(after.malformed().count(), 0);
    assert!(!can_make_key(&live, &person).await?);
    Ok(())
}

/// A truthy value stays, and any other value is replaced by that of the group.
async fn a_preview_joins_malformed_permissions_as_reported(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let name = named("above")?;
    let company = live.group("company").await?;
    let own = [(&name, true)].into_iter().collect();
    let team = live.new_group("team").parent(&company.id).permissions(own);
    let team = live.client().create(team).await?;
    // The server fails to merge an object with a boolean.
    for value in malformed().into_iter().filter(|value| !value.is_object()) {
        let above = permissions(json!({"test": {"above": value}}));
        let is_allowed = above.is_allowed(&name);
        let update = GroupUpdate::from_group(&company).permissions(above);
        live.client().update(&company.id, update).await?;
        let effective = some(live.client().preview(&team.id).await?.effective_permissions)?;
        assert!(effective.is_allowed(&name));
        let stays = effective.malformed().any(|one| *one.value == value);
        assert_eq!(stays, is_allowed, "{value}");
    }
    Ok(())
}

async fn everything_that_is_stored_survives_an_edit(live: Live) -> Outcome {
    let mut stored = json!({
        "chat": {"edit": "no", "delete": {"deep": [1, null]}, "a.b": true, "": 0},
        "features": [1, {"x": 2.5}], "empty": {}, "test": {"own": false}, "x": "text"
    });
    let group = live.group("stored").await?;
    // A server may have these names, but `create` rejects some of them. 0.6.43 does not export a
    // group without members.
    let [ann] = live.people().await?;
    let _ = live.client().add_members(&group.id, [&ann.id]).await?;
    let mut export = live.client().export(&group.id).await?;
    export.permissions = Some(permissions(stored.clone()));
    let imported = live.client().import(&export).await?.group;
    let edit = live.client().edit(&imported.id, |group| {
        group.permissions().allow(Permission::ChatShare)?;
        Ok(())
    });
    edit.await?;
    if let Some(chat) = stored.get_mut("chat").and_then(Value::as_object_mut) {
        chat.insert("share".to_owned(), json!(true));
    }
    let read = some(live.client().get(&imported.id).await?.permissions)?;
    assert_eq!(serde_json::to_value(read)?, stored);
    live.client().delete(&imported.id).await?;
    Ok(())
}

/// Values of `data.config.share` that [`Share`] never writes.
fn malformed_shares() -> [Value; 9] {
    [
        json!("TRUE"),
        json!("true"),
        json!(1),
        json!("1"),
        json!("Members"),
        json!("false"),
        json!(0),
        json!(1.0),
        json!([true]),
    ]
}

async fn a_malformed_share_has_the_effect_that_is_reported(live: Live) -> Outcome {
    if !live.is_since(0, 9, 6) {
        return Ok(());
    }
    let [ann, ben] = live.people().await?;
    for value in malformed_shares() {
        let data = object(json!({"config": {"share": value}}));
        let group = live
            .client()
            .create(live.new_group("share").data(data))
            .await?;
        let _ = live.client().add_members(&group.id, [&ann.id]).await?;
        assert_eq!(group.malformed_share(), Some(&value));
        let sees = async |person: &Person| -> Outcome<bool> {
            let listed = live.client_as(&person.token)?.list().share(true).await?;
            Ok(listed.iter().any(|one| one.id == group.id))
        };
        let effect = match (sees(ann).await?, sees(ben).await?) {
            (true, true) => Share::Anyone,
            (true, false) => Share::Members,
            (false, _) => Share::Nobody,
        };
        assert_eq!(group.share(), effect, "{value}");
    }
    Ok(())
}

async fn a_malformed_share_is_corrected_by_setting_it(live: Live) -> Outcome {
    let data = object(json!({"config": {"share": "TRUE"}}));
    let group = live
        .client()
        .create(live.new_group("share").data(data))
        .await?;
    let edit = live
        .client()
        .edit(&group.id, |group| _ = group.set_share(Share::Nobody));
    let after = edit.await?;
    assert_eq!(
        (after.share(), after.malformed_share()),
        (Share::Nobody, None)
    );
    Ok(())
}
