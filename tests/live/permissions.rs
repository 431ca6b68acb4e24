//! What members may do.

use owui_groups::{GroupUpdate, Permission, Permissions};
use serde_json::json;

use crate::{
    harness::tests,
    outcome::{Outcome, object, some},
    server::Live,
};

tests![
    a_permission_is_set_by_its_path,
    every_known_permission_is_kept,
    an_unknown_permission_is_kept,
    a_permission_is_unset,
    all_permissions_are_unset,
    a_preview_tells_inherited_permissions,
    a_preview_tells_effective_permissions,
    denying_takes_nothing_that_a_group_above_gives,
    a_preview_of_an_older_server_has_the_groups_own_permissions,
];

async fn a_permission_is_set_by_its_path(live: Live) -> Outcome {
    let group = live.group("paths").await?;
    let edit = live.client().edit(&group.id, |group| {
        group
            .permissions()
            .allow("chat.file_upload")
            .deny("features.web_search");
    });
    edit.await?;
    let permissions = some(live.client().get(&group.id).await?.permissions)?;
    let expected = json!({"chat": {"file_upload": true}, "features": {"web_search": false}});
    assert_eq!(*permissions.as_object(), object(expected));
    Ok(())
}

async fn every_known_permission_is_kept(live: Live) -> Outcome {
    let all: Permissions = Permission::KNOWN
        .iter()
        .map(|name| (name.clone(), true))
        .collect();
    let new = live.new_group("all").permissions(all.clone());
    let group = live.client().create(new).await?;
    assert_eq!(live.client().get(&group.id).await?.permissions, Some(all));
    Ok(())
}

async fn an_unknown_permission_is_kept(live: Live) -> Outcome {
    let permissions = [("future.of_all", true)].into_iter().collect();
    let group = live
        .client()
        .create(live.new_group("future").permissions(permissions))
        .await?;
    let read = some(live.client().get(&group.id).await?.permissions)?;
    let update = GroupUpdate::from_group(&group).permissions(read);
    let updated = live.client().update(&group.id, update).await?;
    assert!(some(updated.permissions)?.is_allowed("future.of_all"));
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

/// A team that allows and denies, below a company that allows what nobody does by default.
async fn team(live: &Live) -> Outcome<Option<String>> {
    if !live.has_hierarchy() {
        return Ok(None);
    }
    let above = [("test.above", true), ("test.denied", true)]
        .into_iter()
        .collect();
    let company = live
        .client()
        .create(live.new_group("company").permissions(above))
        .await?;
    let own = [("test.own", true), ("test.denied", false)]
        .into_iter()
        .collect();
    let new = live.new_group("team").permissions(own).parent(&company.id);
    Ok(Some(live.client().create(new).await?.id))
}

async fn a_preview_tells_inherited_permissions(live: Live) -> Outcome {
    let Some(team) = team(&live).await? else {
        return Ok(());
    };
    let inherited = some(live.client().preview(&team).await?.inherited_permissions)?;
    assert_eq!(
        ["test.above", "test.own"].map(|name| inherited.get(name)),
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
        ["test.above", "test.own"].map(|name| effective.get(name)),
        [Some(true), Some(true)]
    );
    Ok(())
}

async fn denying_takes_nothing_that_a_group_above_gives(live: Live) -> Outcome {
    let Some(team) = team(&live).await? else {
        return Ok(());
    };
    let effective = some(live.client().preview(&team).await?.effective_permissions)?;
    assert!(effective.is_allowed("test.denied"));
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
