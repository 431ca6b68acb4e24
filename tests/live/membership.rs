//! Adding and removing members without losing any.

use std::time::Duration;

use futures_util::future::try_join_all;
use owui_groups::{Error, ErrorKind, MembershipChange, Permission};
use reqwest::Method;
use serde_json::json;

use crate::{
    harness::tests,
    outcome::{Outcome, fails, some, sorted},
    server::{Live, Person},
};

tests![
    an_add_that_the_server_does_alone_may_lose_members,
    add_members_loses_nobody_for_a_member_among_them,
    add_members_tells_who_was_a_member,
    add_members_takes_ids_twice,
    add_members_reports_ids_that_the_server_does_not_know,
    add_members_adds_whom_the_server_knows_among_others,
    add_members_takes_more_than_a_page,
    add_members_sends_nothing_for_members,
    add_members_at_the_same_time_loses_nobody,
    add_members_at_the_same_time_fills_an_empty_group,
    add_members_leaves_the_rest_of_the_group_alone,
    remove_members_removes_them,
    remove_members_tells_who_was_no_member,
    remove_members_keeps_the_others,
    set_members_adds_and_removes,
    set_members_with_an_unknown_id_removes_nobody,
    set_members_removes_the_others_if_unknown_ids_are_ignored,
    set_members_to_nobody_empties_the_group,
    set_members_to_the_same_changes_nothing,
    a_user_may_be_a_member_of_two_groups,
    a_line_end_behind_an_id_removes_nobody,
];

/// Creates a group with these members.
async fn group_of(live: &Live, members: &[&Person]) -> Outcome<String> {
    let group = live.group("members").await?;
    let ids = members.iter().map(|member| &member.id);
    let _ = live.client().add_members(&group.id, ids).await?;
    Ok(group.id)
}

async fn member_ids(live: &Live, id: &str) -> Result<Vec<String>, Error> {
    Ok(sorted(live.client().export(id).await?.user_ids))
}

/// The reason that `add_members` sends more than one request.
async fn an_add_that_the_server_does_alone_may_lose_members(live: Live) -> Outcome {
    let [ann, ben, member, cid] = live.people().await?;
    let group = group_of(&live, &[member]).await?;
    let requested = [ann, ben, member, cid].map(|person| &person.id);
    let path = format!("api/v1/groups/id/{group}/users/add");
    let request = live.client().request(Method::POST, &path)?;
    let request = request.json(&json!({ "user_ids": requested }));
    request.send().await?.error_for_status()?;
    let left = member_ids(&live, &group).await?;
    eprintln!(
        "      {} answers 200 to [new, new, member, new]; of 4 there are {} members",
        live.version(),
        left.len()
    );
    // In earlier versions, it depends on the order of the users in the database.
    if live.has_hierarchy() {
        assert_eq!(left, sorted(requested));
    }
    Ok(())
}

async fn add_members_loses_nobody_for_a_member_among_them(live: Live) -> Outcome {
    let [ann, ben, member, cid] = live.people().await?;
    let group = group_of(&live, &[member]).await?;
    let requested = [ann, ben, member, cid].map(|person| &person.id);
    let _ = live.client().add_members(&group, requested).await?;
    assert_eq!(member_ids(&live, &group).await?, sorted(requested));
    Ok(())
}

async fn add_members_tells_who_was_a_member(live: Live) -> Outcome {
    let [ann, ben, member] = live.people().await?;
    let group = group_of(&live, &[member]).await?;
    let requested = [ann, member, ben].map(|person| &person.id);
    let change = live.client().add_members(&group, requested).await?;
    assert_eq!(
        (change.added, change.already_members),
        (ids(&[ann, ben]), ids(&[member]))
    );
    Ok(())
}

async fn add_members_takes_ids_twice(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = group_of(&live, &[]).await?;
    let requested = [ann, ben, ann, ann].map(|person| &person.id);
    let change = live.client().add_members(&group, requested).await?;
    assert_eq!(change.added, ids(&[ann, ben]));
    Ok(())
}

async fn add_members_reports_ids_that_the_server_does_not_know(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = group_of(&live, &[]).await?;
    let requested = ["nobody", &ann.id, "nobody-else"];
    let change = live.client().add_members(&group, requested).await?;
    assert_eq!(change.unknown, ["nobody", "nobody-else"]);
    Ok(())
}

async fn add_members_adds_whom_the_server_knows_among_others(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = group_of(&live, &[]).await?;
    let requested = [&ann.id, "nobody", &ben.id];
    let change = live.client().add_members(&group, requested).await?;
    assert_eq!(change.added, ids(&[ann, ben]));
    Ok(())
}

async fn add_members_takes_more_than_a_page(live: Live) -> Outcome {
    let everybody = live.everybody().await?;
    let group = group_of(&live, &[]).await?;
    let requested = everybody.iter().map(|person| &person.id);
    let _ = live.client().add_members(&group, requested.clone()).await?;
    assert_eq!(member_ids(&live, &group).await?, sorted(requested));
    Ok(())
}

async fn add_members_sends_nothing_for_members(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = group_of(&live, &[ann]).await?;
    let before = live.client().get(&group).await?;
    // A write would change `updated_at`, which has a resolution of one second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let _ = live.client().add_members(&group, [&ann.id]).await?;
    assert_eq!(live.client().get(&group).await?, before);
    Ok(())
}

async fn add_members_at_the_same_time_loses_nobody(live: Live) -> Outcome {
    let everybody = live.everybody().await?;
    // With a member, because 0.6.43 fails to export a group without members.
    let group = group_of(&live, &everybody.iter().take(1).collect::<Vec<_>>()).await?;
    let all: Vec<_> = everybody.iter().map(|person| &person.id).collect();
    // Each list shares one half with the previous list, and the other half with the next one.
    let adds = all.windows(20).step_by(10);
    let adds = adds.map(|part| live.client().add_members(&group, part.to_vec()));
    try_join_all(adds).await?;
    assert_eq!(member_ids(&live, &group).await?, sorted(all));
    Ok(())
}

/// 0.6.43 fails to export the group until the first member is added.
async fn add_members_at_the_same_time_fills_an_empty_group(live: Live) -> Outcome {
    let everybody = live.everybody().await?;
    for _ in 0..5 {
        let group = group_of(&live, &[]).await?;
        let adds = everybody.chunks(4).map(|part| {
            live.client()
                .add_members(&group, part.iter().map(|person| &person.id))
        });
        try_join_all(adds).await?;
    }
    Ok(())
}

async fn add_members_leaves_the_rest_of_the_group_alone(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let new = live
        .new_group("rest")
        .description("builds things")
        .permissions(
            [(Permission::try_from("future.of_all")?, true)]
                .into_iter()
                .collect(),
        );
    let before = live.client().create(new).await?;
    let _ = live.client().add_members(&before.id, [&ann.id]).await?;
    let after = live.client().get(&before.id).await?;
    assert_eq!(
        (after.name, after.description, after.permissions, after.data),
        (
            before.name,
            before.description,
            before.permissions,
            before.data
        )
    );
    Ok(())
}

async fn remove_members_removes_them(live: Live) -> Outcome {
    let [ann, ben, cid] = live.people().await?;
    let group = group_of(&live, &[ann, ben, cid]).await?;
    let change = live
        .client()
        .remove_members(&group, [&ann.id, &cid.id])
        .await?;
    assert_eq!(change.removed, ids(&[ann, cid]));
    Ok(())
}

async fn remove_members_tells_who_was_no_member(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = group_of(&live, &[ann]).await?;
    let requested = [ben.id.as_str(), &ann.id, "nobody"];
    let change = live.client().remove_members(&group, requested).await?;
    assert_eq!(change.not_members, [ben.id.as_str(), "nobody"]);
    Ok(())
}

async fn remove_members_keeps_the_others(live: Live) -> Outcome {
    let [ann, ben, cid] = live.people().await?;
    let group = group_of(&live, &[ann, ben, cid]).await?;
    let _ = live
        .client()
        .remove_members(&group, [&ben.id, "nobody"])
        .await?;
    assert_eq!(member_ids(&live, &group).await?, sorted(ids(&[ann, cid])));
    Ok(())
}

async fn set_members_adds_and_removes(live: Live) -> Outcome {
    let [ann, ben, cid, dan] = live.people().await?;
    let group = group_of(&live, &[ann, ben]).await?;
    let wanted = ids(&[ben, cid, dan]);
    let _ = live.client().set_members(&group, &wanted).await?;
    assert_eq!(member_ids(&live, &group).await?, sorted(wanted));
    Ok(())
}

async fn set_members_with_an_unknown_id_removes_nobody(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = group_of(&live, &[ann]).await?;
    let setting = live.client().set_members(&group, ["nobody", &ben.id]);
    let error = fails(ErrorKind::PartiallyApplied, setting.await)?;
    let change = some(error.membership_change().cloned())?;
    assert_eq!(
        (change.unknown, change.added, change.failed),
        (vec!["nobody".to_owned()], ids(&[ben]), ids(&[ann]))
    );
    let members = sorted([&ann.id, &ben.id]);
    assert_eq!(member_ids(&live, &group).await?, members);
    Ok(())
}

async fn set_members_removes_the_others_if_unknown_ids_are_ignored(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = group_of(&live, &[ann]).await?;
    let setting = live.client().set_members(&group, ["nobody", &ben.id]);
    let change = setting.ignore_unknown().await?;
    assert_eq!(
        (change.unknown, change.added, change.removed),
        (vec!["nobody".to_owned()], ids(&[ben]), ids(&[ann]))
    );
    Ok(())
}

async fn set_members_to_nobody_empties_the_group(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = group_of(&live, &[ann, ben]).await?;
    let _ = live.client().set_members(&group, [""; 0]).await?;
    assert_eq!(live.client().get(&group).await?.member_count, Some(0));
    Ok(())
}

async fn set_members_to_the_same_changes_nothing(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = group_of(&live, &[ann, ben]).await?;
    let change = live
        .client()
        .set_members(&group, [&ben.id, &ann.id])
        .await?;
    assert!(MembershipChange::is_unchanged(&change), "{change:?}");
    Ok(())
}

async fn a_user_may_be_a_member_of_two_groups(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let (one, _) = (
        group_of(&live, &[ann]).await?,
        group_of(&live, &[ann]).await?,
    );
    assert_eq!(member_ids(&live, &one).await?, ids(&[ann]));
    Ok(())
}

fn ids(people: &[&Person]) -> Vec<String> {
    people.iter().map(|person| person.id.clone()).collect()
}

/// A file with Windows line ends has such IDs.
async fn a_line_end_behind_an_id_removes_nobody(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = live.group("line-ends").await?;
    let _ = live
        .client()
        .add_members(&group.id, [&ann.id, &ben.id])
        .await?;
    let odd = format!("{}\r", ben.id);
    let client = live.client();
    let set = client
        .set_members(&group.id, [ann.id.clone(), odd.clone()])
        .await;
    fails(ErrorKind::InvalidInput, set)?;
    fails(
        ErrorKind::InvalidInput,
        client.remove_members(&group.id, [&odd]).await,
    )?;
    fails(
        ErrorKind::InvalidInput,
        client.add_members(&group.id, [&odd]).await,
    )?;
    assert_eq!(client.users(&group.id).await?.len(), 2);
    Ok(())
}
