//! Requests that the server understands and rejects.

use owui_groups::{Error, ErrorKind, GroupUpdate, NewGroup, types::Group};
use serde_json::json;

use crate::{
    harness::tests,
    outcome::{Outcome, fails, object},
    server::Live,
};

tests![
    a_group_is_not_created_below_one_that_is_missing,
    a_rejected_group_is_not_created,
    a_group_is_not_moved_below_one_that_is_missing,
    a_group_is_not_moved_below_itself,
    a_group_is_not_moved_below_its_descendant,
    a_parent_without_an_id_is_rejected,
    a_rejection_says_why,
    a_rejected_move_leaves_the_group_where_it_is,
    default_models_that_are_not_a_list_are_invalid_in_a_new_group,
    default_models_that_are_not_a_list_are_invalid_in_an_update,
    a_config_that_is_no_object_is_not_taken,
    an_invalid_field_is_named,
];

const MISSING: &str = "00000000-0000-4000-8000-000000000000";

async fn a_group_is_not_created_below_one_that_is_missing(live: Live) -> Outcome {
    let outcome = live.group_below(MISSING, "orphan").await;
    fails(rejected(&live), outcome)?;
    Ok(())
}

async fn a_rejected_group_is_not_created(live: Live) -> Outcome {
    let name = live.name("orphan");
    let outcome = live
        .client()
        .create(NewGroup::new(&name).parent(MISSING))
        .await;
    fails(rejected(&live), outcome)?;
    assert_eq!(live.client().find_by_name(&name).await?, None);
    Ok(())
}

async fn a_group_is_not_moved_below_one_that_is_missing(live: Live) -> Outcome {
    let group = live.group("stays").await?;
    fails(rejected(&live), move_below(&live, &group, MISSING).await)?;
    Ok(())
}

async fn a_group_is_not_moved_below_itself(live: Live) -> Outcome {
    let group = live.group("stays").await?;
    fails(rejected(&live), move_below(&live, &group, &group.id).await)?;
    Ok(())
}

async fn a_group_is_not_moved_below_its_descendant(live: Live) -> Outcome {
    if !live.has_hierarchy() {
        return Ok(());
    }
    let company = live.group("company").await?;
    let division = live.group_below(&company.id, "division").await?;
    let team = live.group_below(&division.id, "team").await?;
    fails(
        ErrorKind::Rejected,
        move_below(&live, &company, &team.id).await,
    )?;
    Ok(())
}

async fn a_parent_without_an_id_is_rejected(live: Live) -> Outcome {
    let group = live.group("stays").await?;
    fails(ErrorKind::InvalidInput, move_below(&live, &group, "").await)?;
    Ok(())
}

async fn a_rejection_says_why(live: Live) -> Outcome {
    let error = fails(rejected(&live), live.group_below(MISSING, "orphan").await)?;
    let expected = live.has_hierarchy().then_some("Parent group not found.");
    assert_eq!(error.detail(), expected);
    Ok(())
}

async fn a_rejected_move_leaves_the_group_where_it_is(live: Live) -> Outcome {
    let group = live.group("stays").await?;
    fails(rejected(&live), move_below(&live, &group, MISSING).await)?;
    assert_eq!(live.client().get(&group.id).await?, group);
    Ok(())
}

async fn default_models_that_are_not_a_list_are_invalid_in_a_new_group(live: Live) -> Outcome {
    classified(&live, invalid_models(&live).await)?;
    Ok(())
}

async fn default_models_that_are_not_a_list_are_invalid_in_an_update(live: Live) -> Outcome {
    let group = live.group("models").await?;
    let data = object(json!({"config": {"default_models": "no list"}}));
    let update = GroupUpdate::from_group(&group).data(data);
    classified(&live, live.client().update(&group.id, update).await)?;
    Ok(())
}

async fn a_config_that_is_no_object_is_not_taken(live: Live) -> Outcome {
    let new = live.new_group("config").data(object(json!({"config": 1})));
    let outcome = live.client().create(new).await;
    if live.has_hierarchy() {
        fails(ErrorKind::Validation, outcome)?;
    } else if live.is_since(0, 9, 6) {
        fails(ErrorKind::Rejected, outcome)?;
    } else {
        // The oldest servers do not check it.
        outcome?;
    }
    Ok(())
}

async fn an_invalid_field_is_named(live: Live) -> Outcome {
    if let Some(error) = classified(&live, invalid_models(&live).await)? {
        let paths: Vec<_> = error
            .field_errors()
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        assert_eq!(paths, ["body.data"]);
    }
    Ok(())
}

async fn invalid_models(live: &Live) -> owui_groups::Result<Group> {
    let data = object(json!({"config": {"default_models": "no list"}}));
    live.client()
        .create(live.new_group("models").data(data))
        .await
}

/// Only servers since 0.12 read default models.
fn classified(live: &Live, outcome: owui_groups::Result<Group>) -> Outcome<Option<Error>> {
    if live.has_hierarchy() {
        return fails(ErrorKind::Validation, outcome).map(Some);
    }
    outcome?;
    Ok(None)
}

async fn move_below(live: &Live, group: &Group, parent: &str) -> owui_groups::Result<Group> {
    let update = GroupUpdate::from_group(group).parent(parent);
    live.client().update(&group.id, update).await
}

/// Older servers accept and ignore any parent, so the client sends no request.
fn rejected(live: &Live) -> ErrorKind {
    if live.has_hierarchy() {
        ErrorKind::Rejected
    } else {
        ErrorKind::UnsupportedVersion
    }
}
