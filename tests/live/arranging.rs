//! Finding, creating, importing and arranging groups.

use owui_groups::{
    ErrorKind, GetOrCreated, NewGroup, Permission, Share,
    types::{Group, GroupExport},
};
use serde_json::json;

use crate::{
    harness::tests,
    outcome::{Outcome, fails, failure, object, some, sorted},
    server::Live,
};

tests![
    find_by_name_finds_none,
    find_by_name_finds_one,
    find_by_name_takes_the_whole_name,
    find_by_name_names_all_of_several,
    get_or_create_creates_what_is_missing,
    get_or_create_creates_once,
    get_or_create_leaves_a_group_as_it_is,
    get_or_create_does_not_choose_among_several,
    many_groups_are_created_below_their_parents,
    many_groups_exist_the_second_time,
    a_parent_may_be_named,
    import_makes_a_group_of_its_own,
    import_takes_all_of_an_export,
    import_takes_the_members,
    import_takes_the_parent_where_there_are_parents,
    import_reports_members_that_the_server_does_not_know,
    import_reports_a_parent_that_is_missing,
    a_group_with_a_missing_parent_is_imported_at_the_top,
    a_tree_has_every_group_once,
    a_tree_tells_the_groups_above,
    a_tree_tells_the_groups_below,
    a_tree_has_depths,
    a_tree_of_groups_without_parents_is_flat,
];

async fn find_by_name_finds_none(live: Live) -> Outcome {
    assert_eq!(
        live.client().find_by_name(&live.name("nowhere")).await?,
        None
    );
    Ok(())
}

async fn find_by_name_finds_one(live: Live) -> Outcome {
    let group = live.group("found").await?;
    assert_eq!(live.client().find_by_name(&group.name).await?, Some(group));
    Ok(())
}

async fn find_by_name_takes_the_whole_name(live: Live) -> Outcome {
    let group = live.group("found").await?;
    let part = group.name.trim_end_matches('d');
    assert_eq!(live.client().find_by_name(part).await?, None);
    Ok(())
}

async fn find_by_name_names_all_of_several(live: Live) -> Outcome {
    let [one, other] = twins(&live).await?;
    let outcome = live.client().find_by_name(&one.name).await;
    let message = fails(ErrorKind::Ambiguous, outcome)?.to_string();
    assert!(
        message.contains(&one.id) && message.contains(&other.id),
        "{message}"
    );
    Ok(())
}

async fn twins(live: &Live) -> owui_groups::Result<[Group; 2]> {
    let new = live.new_group("twin");
    Ok([
        live.client().create(new.clone()).await?,
        live.client().create(new).await?,
    ])
}

async fn get_or_create_creates_what_is_missing(live: Live) -> Outcome {
    let outcome = live
        .client()
        .get_or_create(live.new_group("outcome"))
        .await?;
    assert_eq!(
        (outcome.created, live.client().get(&outcome.group.id).await?),
        (true, outcome.group)
    );
    Ok(())
}

async fn get_or_create_creates_once(live: Live) -> Outcome {
    let new = live.new_group("outcome");
    let first = live.client().get_or_create(new.clone()).await?;
    let second = live.client().get_or_create(new).await?;
    assert_eq!((second.created, second.group), (false, first.group));
    Ok(())
}

async fn get_or_create_leaves_a_group_as_it_is(live: Live) -> Outcome {
    let group = live.group("outcome").await?;
    let other = NewGroup::new(&group.name)
        .description("other")
        .share(Share::Nobody);
    live.client().get_or_create(other).await?;
    assert_eq!(live.client().get(&group.id).await?, group);
    Ok(())
}

async fn get_or_create_does_not_choose_among_several(live: Live) -> Outcome {
    let [one, _] = twins(&live).await?;
    let outcome = live.client().get_or_create(NewGroup::new(&one.name)).await;
    fails(ErrorKind::Ambiguous, outcome)?;
    Ok(())
}

/// A group and a second one, which is below the first if groups have parents.
fn company_and_team(live: &Live) -> [NewGroup; 2] {
    let (company, team) = (live.name("company"), live.new_group("team"));
    let team = match live.has_hierarchy() {
        true => team.parent_named(&company),
        false => team,
    };
    [team, NewGroup::new(company)]
}

async fn many_groups_are_created_below_their_parents(live: Live) -> Outcome {
    let groups = company_and_team(&live);
    let outcomes = live.client().get_or_create_all(groups).await?;
    let [team, company] = outcomes.as_slice() else {
        return Err(failure("there are not two outcomes"));
    };
    assert!(team.created && company.created);
    let parent = live.has_hierarchy().then(|| company.group.id.clone());
    let read = live.client().get(&team.group.id).await?;
    assert_eq!(read.parent_group_id, parent);
    Ok(())
}

async fn many_groups_exist_the_second_time(live: Live) -> Outcome {
    let groups = company_and_team(&live);
    let first = live.client().get_or_create_all(groups.clone()).await?;
    let second = live.client().get_or_create_all(groups).await?;
    let ids = |outcomes: &[GetOrCreated]| -> Vec<_> {
        let ids = outcomes.iter().map(|outcome| outcome.group.id.clone());
        ids.collect()
    };
    assert_eq!(ids(&first), ids(&second));
    assert!(second.iter().all(|outcome| !outcome.created));
    Ok(())
}

async fn a_parent_may_be_named(live: Live) -> Outcome {
    let parent = live.group("company").await?;
    let new = live.new_group("team").parent_named(&parent.name);
    let outcome = live.client().create(new).await;
    if !live.has_hierarchy() {
        fails(ErrorKind::UnsupportedVersion, outcome)?;
        return Ok(());
    }
    assert_eq!(outcome?.parent_group_id, Some(parent.id));
    Ok(())
}

/// The export of a group with all fields set.
async fn export(live: &Live) -> Outcome<GroupExport> {
    let [ann, ben] = live.people().await?;
    let future = Permission::try_from("future.of_all")?;
    let permissions = [(future, true), (Permission::ChatEdit, false)];
    let mut new = live
        .new_group("exported")
        .description("builds things")
        .permissions(permissions.into_iter().collect())
        .data(object(json!({"mine": {"null": null}})))
        .share(Share::Nobody);
    if live.has_hierarchy() {
        new = new.parent(live.group("company").await?.id);
    }
    let group = live.client().create(new).await?;
    let _ = live
        .client()
        .add_members(&group.id, [&ann.id, &ben.id])
        .await?;
    Ok(live.client().export(&group.id).await?)
}

async fn import_makes_a_group_of_its_own(live: Live) -> Outcome {
    let export = export(&live).await?;
    let imported = live.client().import(&export).await?;
    assert_ne!(imported.group.id, export.id);
    Ok(())
}

async fn import_takes_all_of_an_export(live: Live) -> Outcome {
    let export = export(&live).await?;
    let imported = live.client().import(&export).await?.group;
    assert_eq!(
        (
            imported.name,
            imported.description,
            imported.permissions,
            imported.data
        ),
        (
            export.name,
            export.description,
            export.permissions,
            export.data
        )
    );
    Ok(())
}

async fn import_takes_the_members(live: Live) -> Outcome {
    let export = export(&live).await?;
    let imported = live.client().import(&export).await?.group;
    let members = live.client().export(&imported.id).await?.user_ids;
    assert_eq!(sorted(members), sorted(export.user_ids));
    Ok(())
}

async fn import_takes_the_parent_where_there_are_parents(live: Live) -> Outcome {
    let export = export(&live).await?;
    let imported = live.client().import(&export).await?.group;
    assert_eq!(
        (imported.parent_group_id.is_some(), imported.parent_group_id),
        (live.has_hierarchy(), export.parent_group_id)
    );
    Ok(())
}

async fn import_reports_members_that_the_server_does_not_know(live: Live) -> Outcome {
    let mut export = export(&live).await?;
    export.user_ids.insert(1, "nobody".to_owned());
    let members = live.client().import(&export).await?.members;
    assert_eq!(
        (members.added.len(), members.unknown),
        (2, vec!["nobody".to_owned()])
    );
    Ok(())
}

async fn import_reports_a_parent_that_is_missing(live: Live) -> Outcome {
    let mut export = export(&live).await?;
    export.parent_group_id = Some("no-such-group".to_owned());
    let imported = live.client().import(&export).await?;
    assert_eq!(imported.missing_parent.as_deref(), Some("no-such-group"));
    Ok(())
}

async fn a_group_with_a_missing_parent_is_imported_at_the_top(live: Live) -> Outcome {
    let mut export = export(&live).await?;
    export.parent_group_id = Some("no-such-group".to_owned());
    let imported = live.client().import(&export).await?;
    assert_eq!(imported.group.parent_group_id, None);
    Ok(())
}

/// A company, a division below it, and a team below the division.
async fn company(live: &Live) -> Outcome<Option<[String; 3]>> {
    if !live.has_hierarchy() {
        return Ok(None);
    }
    let company = live.group("company").await?.id;
    let division = live.group_below(&company, "division").await?.id;
    let team = live.group_below(&division, "team").await?.id;
    Ok(Some([company, division, team]))
}

fn ids<'a>(groups: impl Iterator<Item = &'a Group>) -> Vec<&'a String> {
    groups.map(|group| &group.id).collect()
}

async fn a_tree_has_every_group_once(live: Live) -> Outcome {
    let group = live.group("leaf").await?;
    let tree = live.client().tree().await?;
    let times = tree.walk().filter(|(_, leaf)| leaf.id == group.id).count();
    assert_eq!(times, 1);
    Ok(())
}

async fn a_tree_tells_the_groups_above(live: Live) -> Outcome {
    let Some([company, division, team]) = company(&live).await? else {
        return Ok(());
    };
    let tree = live.client().tree().await?;
    assert_eq!(ids(tree.ancestors(&team)), [&division, &company]);
    Ok(())
}

async fn a_tree_tells_the_groups_below(live: Live) -> Outcome {
    let Some([company, division, team]) = company(&live).await? else {
        return Ok(());
    };
    let tree = live.client().tree().await?;
    assert_eq!(ids(tree.descendants(&company)), [&division, &team]);
    Ok(())
}

async fn a_tree_has_depths(live: Live) -> Outcome {
    let Some(three) = company(&live).await? else {
        return Ok(());
    };
    let tree = live.client().tree().await?;
    let depth = |id: &String| {
        tree.walk()
            .find(|(_, group)| group.id == *id)
            .map(|(depth, _)| depth)
    };
    assert_eq!(three.each_ref().map(depth), [Some(0), Some(1), Some(2)]);
    Ok(())
}

async fn a_tree_of_groups_without_parents_is_flat(live: Live) -> Outcome {
    let group = live.group("alone").await?;
    let tree = live.client().tree().await?;
    let (depth, _) = some(tree.walk().find(|(_, alone)| alone.id == group.id))?;
    assert_eq!(depth, 0);
    Ok(())
}
