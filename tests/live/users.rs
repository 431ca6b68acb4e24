//! Finding users by email address, their groups, and the settings of the server.

use futures_util::{StreamExt, TryStreamExt, stream};
use owui_groups::{
    Error, ErrorKind, GroupsClient, LookupOutcome, Operation, Permission, UserLookup, UserOrder,
    types::MembershipType,
};

use crate::{
    harness::tests,
    outcome::{Outcome, all_denied, fails, some, sorted},
    server::Live,
};

tests![
    odd_addresses_are_found_exactly,
    the_case_of_an_address_makes_no_difference,
    many_addresses_have_the_same_outcome_as_few,
    a_display_name_is_not_an_address,
    an_address_that_is_part_of_a_hundred_others_is_found,
    users_may_look_up_addresses_too,
    a_user_who_waits_for_approval_may_not_look_up_addresses,
    all_users_has_everybody,
    a_search_has_pages_and_an_order,
    a_users_groups_are_the_direct_ones,
    a_users_groups_may_include_inherited_ones,
    a_user_who_does_not_exist_has_no_groups,
    a_preview_has_the_user_and_their_groups,
    a_preview_does_not_find_a_missing_user,
    the_session_user_is_the_owner_of_the_token,
    settings_can_be_read,
    others_may_not_read_what_is_for_admins,
];

const MISSING: &str = "00000000-0000-4000-8000-000000000000";

/// Local parts of addresses, some of them similar.
const ODD: [&str; 11] = [
    "a_b",
    "axb",
    "a%b",
    "100%",
    "100x",
    "a+b",
    "o'neill",
    "back\\slash",
    "\"q\"",
    "änn",
    "ärik",
];

/// The email domain of the users of one test.
fn domain(live: &Live, test: &str) -> String {
    format!("{test}.{}.live.example", live.mark())
}

/// Creates users for a test, and returns their email addresses and IDs.
async fn people(
    live: &Live,
    test: &str,
    names: impl IntoIterator<Item = String>,
) -> Outcome<Vec<(String, String)>> {
    let domain = domain(live, test);
    let emails = names.into_iter().map(|name| format!("{name}@{domain}"));
    let users = stream::iter(emails).map(|email| async move {
        let person = live.sign_up_at(&email, "Live".to_owned(), "user").await?;
        Outcome::Ok((email, person.id))
    });
    users.buffered(4).try_collect().await
}

fn odd() -> impl Iterator<Item = String> {
    ODD.into_iter().map(str::to_owned)
}

/// The ID of the user with each address.
fn ids(lookup: &UserLookup) -> Vec<Option<&str>> {
    let users = lookup.addresses.iter().map(|lookup| lookup.user());
    users
        .map(|user| user.map(|user| user.id.as_str()))
        .collect()
}

async fn odd_addresses_are_found_exactly(live: Live) -> Outcome {
    let people = people(&live, "odd", odd()).await?;
    let emails = people.iter().map(|(email, _)| email);
    let lookup = live.client().find_users_by_email(emails).await?;
    let expected: Vec<_> = people.iter().map(|(_, id)| Some(id.as_str())).collect();
    assert_eq!(ids(&lookup), expected);
    assert!(lookup.is_complete());
    let domain = domain(&live, "odd");
    let others = ["a__", "a%", "%", "_", "100_", "back/slash", "ann"];
    let others = others.map(|name| format!("{name}@{domain}"));
    let part = format!("b@{domain}");
    let longer = format!("a_b@{domain}.net");
    let others = [&others[..], &[part, longer]].concat();
    let lookup = live.client().find_users_by_email(others.clone()).await?;
    assert_eq!(lookup.unknown().collect::<Vec<_>>(), others);
    Ok(())
}

async fn the_case_of_an_address_makes_no_difference(live: Live) -> Outcome {
    let names = ["Ann", "ÄNN", "ΟΔΟΣ", "İst", "kIm"].map(str::to_owned);
    let people = people(&live, "case", names).await?;
    let expected: Vec<_> = people.iter().map(|(_, id)| Some(id.as_str())).collect();
    let given: Vec<_> = people.iter().map(|(email, _)| email.clone()).collect();
    let lower: Vec<_> = given.iter().map(|email| email.to_lowercase()).collect();
    let blanks: Vec<_> = given.iter().map(|email| format!(" {email}\r\n")).collect();
    for emails in [given, lower, blanks] {
        let lookup = live.client().find_users_by_email(emails).await?;
        assert_eq!(ids(&lookup), expected);
    }
    Ok(())
}

async fn many_addresses_have_the_same_outcome_as_few(live: Live) -> Outcome {
    let people = people(&live, "many", odd()).await?;
    let domain = domain(&live, "many");
    let upper = people.iter().map(|(email, _)| email.to_ascii_uppercase());
    let upper: Vec<_> = upper.collect();
    let few = live.client().find_users_by_email(upper.clone()).await?;
    let padding = (0..20).map(|number| format!("nobody-{number}@{domain}"));
    let many = upper.into_iter().chain(padding);
    let many = live.client().find_users_by_email(many).await?;
    assert!(few.is_complete());
    assert_eq!(
        ids(&few),
        ids(&many)
            .into_iter()
            .take(people.len())
            .collect::<Vec<_>>()
    );
    assert_eq!(many.unknown().count(), 20);
    Ok(())
}

async fn a_display_name_is_not_an_address(live: Live) -> Outcome {
    let domain = domain(&live, "names");
    let [wanted, eve] = ["wanted", "eve"].map(|name| format!("{name}@{domain}"));
    live.sign_up_at(&eve, wanted.clone(), "user").await?;
    let lookup = live.client().find_users_by_email([&wanted]).await?;
    let outcomes: Vec<_> = lookup
        .addresses
        .iter()
        .map(|lookup| &lookup.outcome)
        .collect();
    assert_eq!(outcomes, [&LookupOutcome::Unknown]);
    let owner = live.sign_up_at(&wanted, eve, "user").await?;
    let lookup = live.client().find_users_by_email([&wanted]).await?;
    assert_eq!(ids(&lookup), [Some(owner.id.as_str())]);
    Ok(())
}

/// The address is on the third page, after 65 others.
async fn an_address_that_is_part_of_a_hundred_others_is_found(live: Live) -> Outcome {
    let before = (0..65).map(|number| format!("0{number:02}ann"));
    let after = (0..35).map(|number| format!("z{number:02}ann"));
    let names = before.chain(["ann".to_owned()]).chain(after);
    let people = people(&live, "part", names).await?;
    let (email, id) = some(people.get(65))?;
    let search = live.client().search_users(email).order_by(UserOrder::Email);
    let page = search.page(3).await?;
    assert_eq!(page.total, 101);
    assert!(page.users.iter().any(|user| user.email == *email));
    let lookup = live.client().find_users_by_email([email]).await?;
    assert_eq!(ids(&lookup), [Some(id.as_str())]);
    Ok(())
}

async fn users_may_look_up_addresses_too(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let client = live.client_as(&ann.token)?;
    let few = client.find_users_by_email([&ben.email]).await?;
    assert_eq!(ids(&few), [Some(ben.id.as_str())]);
    let padding = (0..20).map(|number| format!("nobody-{number}@live.example"));
    let many = [ben.email.clone()].into_iter().chain(padding);
    let many = client.find_users_by_email(many).await?;
    assert_eq!(many.user_ids().collect::<Vec<_>>(), [&ben.id]);
    assert_eq!(many.unknown().count(), 20);
    Ok(())
}

async fn a_user_who_waits_for_approval_may_not_look_up_addresses(live: Live) -> Outcome {
    let pending = live.sign_up("waiting".to_owned(), "pending").await?;
    let client = live.client_as(&pending.token)?;
    let lookup = client.find_users_by_email([&pending.email]).await;
    fails(ErrorKind::PermissionDenied, lookup)?;
    Ok(())
}

async fn all_users_has_everybody(live: Live) -> Outcome {
    let everybody = live.everybody().await?;
    let all = live.client().all_users().await?;
    for person in everybody {
        let user = all.iter().find(|user| user.id == person.id);
        let user = user.map(|user| (user.name.as_str(), user.email.as_str(), user.role.as_str()));
        assert_eq!(user, Some((&*person.name, &*person.email, "user")));
    }
    Ok(())
}

async fn a_search_has_pages_and_an_order(live: Live) -> Outcome {
    let names = (0..35).map(|number| format!("page-{number:02}"));
    let people = people(&live, "pages", names).await?;
    let search = live.client().search_users(domain(&live, "pages"));
    let search = search.order_by(UserOrder::Email);
    let first = search.clone().await?;
    assert_eq!((first.users.len(), first.total), (30, 35));
    let second = search.clone().page(2).await?;
    let emails = first
        .users
        .iter()
        .chain(&second.users)
        .map(|user| &user.email);
    assert!(emails.eq(people.iter().map(|(email, _)| email)));
    let last = search.clone().descending().await?;
    let last = last.users.first().map(|user| &user.email);
    assert_eq!(last, people.last().map(|(email, _)| email));
    let behind = search.page(3).await?;
    assert_eq!((behind.users.len(), behind.total), (0, 35));
    Ok(())
}

async fn a_users_groups_are_the_direct_ones(live: Live) -> Outcome {
    let person = live.sign_up("of two groups".to_owned(), "user").await?;
    let mut groups = Vec::new();
    for name in ["one", "other"] {
        let group = live.group(name).await?;
        let _ = live.client().add_members(&group.id, [&person.id]).await?;
        groups.push(group.id);
    }
    let listed = live.client().user_groups(&person.id).await?;
    assert_eq!(
        sorted(listed.iter().map(|group| &group.id)),
        sorted(&groups)
    );
    assert!(listed.iter().all(|group| group.membership_type.is_none()));
    Ok(())
}

async fn a_users_groups_may_include_inherited_ones(live: Live) -> Outcome {
    let person = live.sign_up("below".to_owned(), "user").await?;
    let company = live.group("company of one").await?;
    let team = match live.has_hierarchy() {
        true => live.group_below(&company.id, "team of one").await?,
        false => live.group("team of one").await?,
    };
    let _ = live.client().add_members(&team.id, [&person.id]).await?;
    let groups = live
        .client()
        .user_groups(&person.id)
        .with_inherited()
        .await?;
    let kind = |id: &str| {
        let group = groups.iter().find(|group| group.id == id);
        group.map(|group| group.membership_type.clone())
    };
    if live.has_hierarchy() {
        assert_eq!(kind(&team.id), Some(Some(MembershipType::Direct)));
        assert_eq!(kind(&company.id), Some(Some(MembershipType::Inherited)));
    } else {
        assert_eq!(kind(&team.id), Some(None));
        assert_eq!(kind(&company.id), None);
    }
    Ok(())
}

async fn a_user_who_does_not_exist_has_no_groups(live: Live) -> Outcome {
    assert_eq!(live.client().user_groups(MISSING).await?, []);
    Ok(())
}

async fn a_preview_has_the_user_and_their_groups(live: Live) -> Outcome {
    let person = live.sign_up("previewed".to_owned(), "user").await?;
    let group = live.group("previewed").await?;
    let _ = live.client().add_members(&group.id, [&person.id]).await?;
    let preview = live.client().preview_user(&person.id).await;
    if !live.version().supports(Operation::PreviewUser) {
        fails(ErrorKind::UnsupportedVersion, preview)?;
        return Ok(());
    }
    let preview = preview?;
    assert_eq!(
        (preview.user.id, preview.user.name),
        (person.id, person.name)
    );
    let groups: Vec<_> = preview.groups.iter().map(|group| &group.id).collect();
    assert_eq!(groups, [&group.id]);
    Ok(())
}

async fn a_preview_does_not_find_a_missing_user(live: Live) -> Outcome {
    let kind = match live.version().supports(Operation::PreviewUser) {
        true => ErrorKind::NotFound,
        false => ErrorKind::UnsupportedVersion,
    };
    fails(kind, live.client().preview_user(MISSING).await)?;
    Ok(())
}

async fn the_session_user_is_the_owner_of_the_token(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let pending = live.sign_up("in session".to_owned(), "pending").await?;
    for (person, role) in [(ann, "user"), (&pending, "pending")] {
        let user = live.client_as(&person.token)?.session_user().await?;
        assert_eq!(
            (user.id, user.name, user.email, user.role.as_str()),
            (
                person.id.clone(),
                person.name.clone(),
                person.email.clone(),
                role
            )
        );
    }
    let admin = live.client().session_user().await?;
    assert_eq!(admin.role, "admin");
    fails(
        ErrorKind::Unauthenticated,
        live.client_as("nobody-s-token")?.session_user().await,
    )?;
    Ok(())
}

async fn settings_can_be_read(live: Live) -> Outcome {
    let client = live.client();
    assert!(
        client
            .default_permissions()
            .await?
            .is_allowed(Permission::ChatFileUpload)
    );
    assert!(client.admin_config().await?.default_group_id.is_some());
    assert!(!client.ldap_config().await?.enable_ldap);
    let groups = client.ldap_server_config().await?.enable_group_management;
    assert_eq!(groups, live.is_since(0, 11, 4).then_some(false));
    let oauth = client.oauth_config().await;
    match live.version().supports(Operation::GetOauthConfig) {
        true => assert!(!oauth?.enable_oauth_group_management),
        false => drop(fails(ErrorKind::UnsupportedVersion, oauth)?),
    }
    let [ann] = live.people().await?;
    let app = live.client_as(&ann.token)?.app_config().await?;
    assert_eq!(app.features.auth_trusted_header, Some(false));
    Ok(())
}

async fn others_may_not_read_what_is_for_admins(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let others = live.client_as(&ann.token)?;
    all_denied(attempts(&others, &live, &ann.id).await);
    Ok(())
}

async fn attempts(
    client: &GroupsClient,
    live: &Live,
    user: &str,
) -> Vec<(&'static str, Result<(), Error>)> {
    let mut attempts = vec![
        ("all users", client.all_users().await.map(drop)),
        ("groups", client.user_groups(user).await.map(drop)),
        ("permissions", client.default_permissions().await.map(drop)),
        ("admin config", client.admin_config().await.map(drop)),
        ("LDAP config", client.ldap_config().await.map(drop)),
        ("LDAP server", client.ldap_server_config().await.map(drop)),
    ];
    if live.version().supports(Operation::PreviewUser) {
        attempts.push(("preview", client.preview_user(user).await.map(drop)));
    }
    if live.version().supports(Operation::GetOauthConfig) {
        attempts.push(("OAuth config", client.oauth_config().await.map(drop)));
    }
    attempts
}
