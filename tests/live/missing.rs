//! On every server, every operation on a group that does not exist returns *not found* and never a
//! success.

use owui_groups::{ErrorKind, GroupUpdate, Operation};

use crate::{
    harness::tests,
    outcome::{Outcome, fails},
    server::Live,
};

tests![
    get_does_not_find_it,
    info_does_not_find_it,
    export_does_not_find_it,
    users_does_not_find_it,
    update_does_not_find_it,
    edit_does_not_find_it,
    add_members_does_not_find_it,
    add_nobody_does_not_find_it,
    remove_members_does_not_find_it,
    set_members_does_not_find_it,
    delete_does_not_find_it,
    preview_does_not_find_it,
    members_does_not_find_it,
    a_page_of_members_does_not_find_it,
    a_deleted_group_is_not_deleted_again,
    a_deleted_group_is_not_updated,
    a_deleted_group_takes_no_members,
    a_deleted_group_has_no_users,
    a_deleted_group_has_no_members,
    an_id_that_is_no_uuid_is_not_found,
];

const MISSING: &str = "00000000-0000-4000-8000-000000000000";

async fn get_does_not_find_it(live: Live) -> Outcome {
    fails(ErrorKind::NotFound, live.client().get(MISSING).await)?;
    Ok(())
}

async fn info_does_not_find_it(live: Live) -> Outcome {
    let kind = not_found_where_there_is(&live, Operation::GetGroupInfo);
    fails(kind, live.client().info(MISSING).await)?;
    Ok(())
}

async fn export_does_not_find_it(live: Live) -> Outcome {
    fails(ErrorKind::NotFound, live.client().export(MISSING).await)?;
    Ok(())
}

async fn users_does_not_find_it(live: Live) -> Outcome {
    fails(ErrorKind::NotFound, live.client().users(MISSING).await)?;
    Ok(())
}

async fn update_does_not_find_it(live: Live) -> Outcome {
    let update = GroupUpdate::new(live.mark(), "");
    fails(
        ErrorKind::NotFound,
        live.client().update(MISSING, update).await,
    )?;
    Ok(())
}

async fn edit_does_not_find_it(live: Live) -> Outcome {
    let edit = live
        .client()
        .edit(MISSING, |group| _ = group.set_name("anything"));
    fails(ErrorKind::NotFound, edit.await)?;
    Ok(())
}

async fn add_members_does_not_find_it(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let outcome = live.client().add_members(MISSING, [&ann.id]).await;
    fails(ErrorKind::NotFound, outcome)?;
    Ok(())
}

async fn add_nobody_does_not_find_it(live: Live) -> Outcome {
    let outcome = live.client().add_members(MISSING, [""; 0]).await;
    fails(ErrorKind::NotFound, outcome)?;
    Ok(())
}

async fn remove_members_does_not_find_it(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let outcome = live.client().remove_members(MISSING, [&ann.id]).await;
    fails(ErrorKind::NotFound, outcome)?;
    Ok(())
}

async fn set_members_does_not_find_it(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let outcome = live.client().set_members(MISSING, [&ann.id]).await;
    fails(ErrorKind::NotFound, outcome)?;
    Ok(())
}

async fn delete_does_not_find_it(live: Live) -> Outcome {
    fails(ErrorKind::NotFound, live.client().delete(MISSING).await)?;
    Ok(())
}

async fn preview_does_not_find_it(live: Live) -> Outcome {
    let kind = not_found_where_there_is(&live, Operation::PreviewGroup);
    fails(kind, live.client().preview(MISSING).await)?;
    Ok(())
}

async fn members_does_not_find_it(live: Live) -> Outcome {
    fails(ErrorKind::NotFound, live.client().members(MISSING).await)?;
    Ok(())
}

async fn a_page_of_members_does_not_find_it(live: Live) -> Outcome {
    let outcome = live.client().members(MISSING).page(7).await;
    fails(ErrorKind::NotFound, outcome)?;
    Ok(())
}

async fn a_deleted_group_is_not_deleted_again(live: Live) -> Outcome {
    let id = deleted(&live).await?;
    fails(ErrorKind::NotFound, live.client().delete(&id).await)?;
    Ok(())
}

async fn a_deleted_group_is_not_updated(live: Live) -> Outcome {
    let id = deleted(&live).await?;
    let update = GroupUpdate::new(live.mark(), "");
    fails(ErrorKind::NotFound, live.client().update(&id, update).await)?;
    Ok(())
}

async fn a_deleted_group_takes_no_members(live: Live) -> Outcome {
    let [_, ben] = live.people().await?;
    let id = deleted(&live).await?;
    let outcome = live.client().add_members(&id, [&ben.id]).await;
    fails(ErrorKind::NotFound, outcome)?;
    Ok(())
}

async fn a_deleted_group_has_no_users(live: Live) -> Outcome {
    let id = deleted(&live).await?;
    fails(ErrorKind::NotFound, live.client().users(&id).await)?;
    Ok(())
}

async fn a_deleted_group_has_no_members(live: Live) -> Outcome {
    let id = deleted(&live).await?;
    fails(ErrorKind::NotFound, live.client().members(&id).await)?;
    Ok(())
}

async fn an_id_that_is_no_uuid_is_not_found(live: Live) -> Outcome {
    fails(ErrorKind::NotFound, live.client().get("nöpe").await)?;
    Ok(())
}

/// The ID of a deleted group that had a member.
async fn deleted(live: &Live) -> Outcome<String> {
    let [ann] = live.people().await?;
    let group = live.group("gone").await?;
    let _ = live.client().add_members(&group.id, [&ann.id]).await?;
    live.client().delete(&group.id).await?;
    Ok(group.id)
}

fn not_found_where_there_is(live: &Live, operation: Operation) -> ErrorKind {
    if live.version().supports(operation) {
        ErrorKind::NotFound
    } else {
        ErrorKind::UnsupportedVersion
    }
}
