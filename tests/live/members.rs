//! Members of a group: direct, inherited and in pages.

use futures_util::TryStreamExt;
use owui_groups::{
    ErrorKind, ServerVersion,
    types::{Member, Membership, MembershipType},
};

use tokio::sync::OnceCell;

use crate::{
    harness::tests,
    outcome::{Outcome, fails, some},
    server::{Live, PEOPLE, Person},
};

tests![
    direct_members_are_those_of_the_group_itself,
    direct_members_are_not_those_of_groups_below,
    inherited_members_are_those_of_the_groups_below,
    effective_members_are_both,
    a_member_of_both_kinds_is_direct,
    a_member_tells_the_groups_they_belong_by,
    a_page_counts_each_kind,
    inherited_members_take_a_server_with_hierarchy,
    effective_members_take_a_server_with_hierarchy,
    a_page_has_thirty_members,
    the_last_page_has_the_rest,
    a_page_behind_the_last_is_empty,
    a_page_tells_how_many_there_are_in_all,
    there_is_no_page_zero,
    all_members_come_at_once,
    a_stream_has_the_order_of_the_pages,
    members_come_by_name,
    matching_looks_at_names,
    matching_looks_at_addresses,
    matching_takes_any_case,
    matching_nobody_is_empty,
    the_total_counts_those_that_match,
    members_are_the_users_of_the_group,
    lists_are_complete_after_a_member_was_deleted,
    members_who_stay_are_listed_while_another_one_comes_and_goes,
];

/// Ann in the company, Ben in the division below it, Cid and Ann in the team below that.
struct Tree<'a> {
    company: &'a String,
    division: &'a String,
    team: &'a String,
    people: [&'a Person; 3],
}

/// Groups that all tests on one server share.
#[derive(Default)]
pub(crate) struct SharedGroups {
    tree: OnceCell<[String; 3]>,
    /// A group of all users, which is more than one page.
    crowd: OnceCell<String>,
}

async fn tree(live: &Live) -> Outcome<Option<Tree<'_>>> {
    if !live.has_hierarchy() {
        return Ok(None);
    }
    let people @ [ann, ben, cid] = live.people().await?;
    let groups = live.shared_groups().tree.get_or_try_init(|| async {
        let company = live.group("company").await?.id;
        let division = live.group_below(&company, "division").await?.id;
        let team = live.group_below(&division, "team").await?.id;
        let _ = live.client().add_members(&company, [&ann.id]).await?;
        let _ = live.client().add_members(&division, [&ben.id]).await?;
        let _ = live.client().add_members(&team, [&cid.id, &ann.id]).await?;
        Outcome::Ok([company, division, team])
    });
    let [company, division, team] = groups.await?;
    Ok(Some(Tree {
        company,
        division,
        team,
        people,
    }))
}

async fn direct_members_are_those_of_the_group_itself(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = live.group("direct").await?;
    let _ = live.client().add_members(&group.id, [&ann.id]).await?;
    let members = live.client().members(&group.id).await?;
    assert_eq!(ids(&members), [&ann.id]);
    Ok(())
}

async fn direct_members_are_not_those_of_groups_below(live: Live) -> Outcome {
    let Some(tree) = tree(&live).await? else {
        return Ok(());
    };
    let [_, ben, _] = tree.people;
    let members = live.client().members(tree.division).direct().await?;
    assert_eq!(ids(&members), [&ben.id]);
    Ok(())
}

async fn inherited_members_are_those_of_the_groups_below(live: Live) -> Outcome {
    let Some(tree) = tree(&live).await? else {
        return Ok(());
    };
    let [_, ben, cid] = tree.people;
    let members = live.client().members(tree.company).inherited().await?;
    assert_eq!(ids(&members), [&ben.id, &cid.id]);
    Ok(())
}

async fn effective_members_are_both(live: Live) -> Outcome {
    let Some(tree) = tree(&live).await? else {
        return Ok(());
    };
    let [ann, ben, cid] = tree.people;
    let members = live.client().members(tree.company).effective().await?;
    assert_eq!(ids(&members), [&ann.id, &ben.id, &cid.id]);
    Ok(())
}

async fn a_member_of_both_kinds_is_direct(live: Live) -> Outcome {
    let Some(tree) = tree(&live).await? else {
        return Ok(());
    };
    let members = live.client().members(tree.company).effective().await?;
    let kinds: Vec<_> = members
        .into_iter()
        .map(|member| member.membership_type)
        .collect();
    assert_eq!(
        kinds,
        [
            MembershipType::Direct,
            MembershipType::Inherited,
            MembershipType::Inherited
        ]
    );
    Ok(())
}

async fn a_member_tells_the_groups_they_belong_by(live: Live) -> Outcome {
    let Some(tree) = tree(&live).await? else {
        return Ok(());
    };
    let members = live.client().members(tree.company).effective().await?;
    let via: Vec<_> = members
        .into_iter()
        .map(|member| member.via_group_ids)
        .collect();
    assert_eq!(
        via,
        [tree.team, tree.division, tree.team].map(|id| vec![id.clone()])
    );
    Ok(())
}

async fn a_page_counts_each_kind(live: Live) -> Outcome {
    let Some(tree) = tree(&live).await? else {
        return Ok(());
    };
    let counts = live.client().members(tree.company).page(1).await?.counts;
    assert_eq!(
        (counts.direct, counts.inherited, counts.effective),
        (1, 2, 3)
    );
    Ok(())
}

async fn inherited_members_take_a_server_with_hierarchy(live: Live) -> Outcome {
    takes_hierarchy(live, Membership::Inherited).await
}

async fn effective_members_take_a_server_with_hierarchy(live: Live) -> Outcome {
    takes_hierarchy(live, Membership::Effective).await
}

async fn takes_hierarchy(live: Live, membership: Membership) -> Outcome {
    let group = live.group("members").await?;
    let outcome = live
        .client()
        .members(&group.id)
        .membership(membership)
        .await;
    if live.has_hierarchy() {
        assert_eq!(outcome?, []);
    } else {
        let error = fails(ErrorKind::UnsupportedVersion, outcome)?;
        assert_eq!(
            (error.server_version(), error.required_version()),
            (Some(*live.version()), Some(ServerVersion::new(0, 12, 0)))
        );
    }
    Ok(())
}

async fn crowd(live: &Live) -> Outcome<&String> {
    let crowd = live.shared_groups().crowd.get_or_try_init(|| async {
        let everybody = live.everybody().await?;
        let group = live.group("crowd").await?.id;
        let everybody = everybody.iter().map(|person| &person.id);
        let _ = live.client().add_members(&group, everybody).await?;
        Outcome::Ok(group)
    });
    crowd.await
}

async fn a_page_has_thirty_members(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    assert_eq!(live.client().members(group).page(1).await?.items.len(), 30);
    Ok(())
}

async fn the_last_page_has_the_rest(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    let page = live.client().members(group).page(2).await?;
    assert_eq!(page.items.len(), PEOPLE - 30);
    Ok(())
}

async fn a_page_behind_the_last_is_empty(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    assert_eq!(live.client().members(group).page(3).await?.items, []);
    Ok(())
}

async fn a_page_tells_how_many_there_are_in_all(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    let total = live.client().members(group).page(2).await?.total;
    assert_eq!(usize::try_from(total)?, PEOPLE);
    Ok(())
}

async fn there_is_no_page_zero(live: Live) -> Outcome {
    let group = live.group("members").await?;
    let outcome = live.client().members(&group.id).page(0).await;
    fails(ErrorKind::InvalidInput, outcome)?;
    Ok(())
}

async fn all_members_come_at_once(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    let members = live.client().members(group).await?;
    let everybody: Vec<_> = live
        .everybody()
        .await?
        .iter()
        .map(|person| &person.id)
        .collect();
    assert_eq!(ids(&members), everybody);
    Ok(())
}

async fn a_stream_has_the_order_of_the_pages(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    let mut paged = live.client().members(group).page(1).await?.items;
    paged.extend(live.client().members(group).page(2).await?.items);
    let streamed: Vec<_> = live.client().members(group).stream().try_collect().await?;
    assert_eq!(streamed, paged);
    Ok(())
}

async fn members_come_by_name(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    let members = live.client().members(group).await?;
    assert!(members.is_sorted_by_key(|member| &member.name));
    Ok(())
}

async fn matching_looks_at_names(live: Live) -> Outcome {
    matches(&live, "person 07").await
}

async fn matching_looks_at_addresses(live: Live) -> Outcome {
    matches(&live, "person-07.live").await
}

async fn matching_takes_any_case(live: Live) -> Outcome {
    matches(&live, "PERSON 07").await
}

async fn matches(live: &Live, text: &str) -> Outcome {
    let group = crowd(live).await?;
    let members = live.client().members(group).search(text).await?;
    let seventh = some(live.everybody().await?.get(7))?;
    assert_eq!(ids(&members), [&seventh.id]);
    Ok(())
}

async fn matching_nobody_is_empty(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    let members = live.client().members(group).search("no such name").await?;
    assert_eq!(members, []);
    Ok(())
}

async fn the_total_counts_those_that_match(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    let page = live
        .client()
        .members(group)
        .search("person 0")
        .page(1)
        .await?;
    assert_eq!((page.total, page.counts.direct), (10, 40));
    Ok(())
}

async fn members_are_the_users_of_the_group(live: Live) -> Outcome {
    let group = crowd(&live).await?;
    let mut users = live.client().users(group).await?;
    users.sort_by(|one, other| one.name.cmp(&other.name));
    let users: Vec<_> = users
        .into_iter()
        .map(|user| (user.id, user.name, user.email, user.role))
        .collect();
    let members = live.client().members(group).await?;
    let members: Vec<_> = members
        .into_iter()
        .map(|member| (member.id, member.name, member.email, member.role))
        .collect();
    assert_eq!(members, users);
    Ok(())
}

/// The count of the group does not include deleted users.
async fn lists_are_complete_after_a_member_was_deleted(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let leaver = live.sign_up("member who leaves".to_owned(), "user").await?;
    let group = live.group("leaving").await?.id;
    let both = [&ann.id, &leaver.id];
    let _ = live.client().add_members(&group, both).await?;
    live.leaves(&leaver).await?;
    let users = live.client().users(&group).await?;
    assert!(users.iter().map(|user| &user.id).eq([&ann.id]));
    assert_eq!(ids(&live.client().members(&group).await?), [&ann.id]);
    assert_eq!(live.client().members(&group).page(1).await?.total, 1);
    Ok(())
}

async fn members_who_stay_are_listed_while_another_one_comes_and_goes(live: Live) -> Outcome {
    const TIMES: usize = 10;
    let everybody = live.everybody().await?.iter().map(|person| &person.id);
    let everybody: Vec<_> = everybody.collect();
    let (first, rest) = some(everybody.split_first())?;
    let group = live.group("coming and going").await?.id;
    let _ = live.client().add_members(&group, everybody.clone()).await?;
    let change = async {
        for _ in 0..TIMES {
            let _ = live.client().remove_members(&group, [*first]).await?;
            let _ = live.client().add_members(&group, [*first]).await?;
        }
        Outcome::Ok(())
    };
    let read = async {
        for _ in 0..TIMES {
            match live.client().members(&group).await {
                Ok(members) => {
                    let members = ids(&members);
                    assert!(rest.iter().all(|member| members.contains(member)));
                }
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Outcome::Ok(())
    };
    let (changed, read) = tokio::join!(change, read);
    changed.and(read)
}

fn ids(members: &[Member]) -> Vec<&String> {
    members.iter().map(|member| &member.id).collect()
}
