//! Permissions of tokens.

use owui_groups::{Error, ErrorKind, GroupUpdate, GroupsClient, Operation, Permission};
use reqwest::Method;
use serde::Deserialize;

use crate::{
    harness::tests,
    outcome::{Ending, Outcome, all_denied, fails},
    server::Live,
};

tests![
    a_token_that_the_server_does_not_know_is_unauthenticated,
    the_token_of_a_deleted_user_is_unauthenticated,
    a_user_who_waits_for_approval_may_not_list_groups,
    others_may_do_nothing_that_is_for_admins,
    others_may_not_read_a_group_they_belong_to,
    others_do_not_learn_that_a_group_is_missing,
    an_api_key_works_as_a_token,
    an_api_key_is_no_session_since_0_12,
    a_token_in_a_header_works_without_an_authorization,
    a_token_in_a_cookie_works_with_an_authorization,
];

async fn a_token_that_the_server_does_not_know_is_unauthenticated(live: Live) -> Outcome {
    let stranger = live.client_as("nobody-s-token")?;
    fails(ErrorKind::Unauthenticated, stranger.list().await)?;
    Ok(())
}

async fn the_token_of_a_deleted_user_is_unauthenticated(live: Live) -> Outcome {
    let leaver = live.sign_up("leaver".to_owned(), "user").await?;
    let client = live.client_as(&leaver.token)?;
    live.leaves(&leaver).await?;
    fails(ErrorKind::Unauthenticated, client.list().await)?;
    Ok(())
}

async fn a_user_who_waits_for_approval_may_not_list_groups(live: Live) -> Outcome {
    let pending = live.sign_up("pending".to_owned(), "pending").await?;
    let outcome = live.client_as(&pending.token)?.list().await;
    fails(ErrorKind::PermissionDenied, outcome)?;
    Ok(())
}

async fn others_may_do_nothing_that_is_for_admins(live: Live) -> Outcome {
    let [ann, ben] = live.people().await?;
    let group = live.group("foreign").await?;
    let _ = live.client().add_members(&group.id, [&ben.id]).await?;
    let others = live.client_as(&ann.token)?;
    all_denied(attempts(&others, &live, &group.id, &ben.id).await);
    Ok(())
}

async fn attempts(
    client: &GroupsClient,
    live: &Live,
    id: &str,
    user: &str,
) -> Vec<(&'static str, Result<(), Error>)> {
    let update = GroupUpdate::new(live.mark(), "");
    let mut attempts = vec![
        (
            "create",
            client.create(live.new_group("foreign")).await.map(drop),
        ),
        ("get", client.get(id).await.map(drop)),
        ("export", client.export(id).await.map(drop)),
        ("users", client.users(id).await.map(drop)),
        ("update", client.update(id, update).await.map(drop)),
        (
            "edit",
            client
                .edit(id, |group| _ = group.set_name("mine"))
                .await
                .map(drop),
        ),
        ("add", client.add_members(id, [user]).await.map(drop)),
        ("remove", client.remove_members(id, [user]).await.map(drop)),
        ("set", client.set_members(id, [user]).await.map(drop)),
        ("members", client.members(id).await.map(drop)),
        ("delete", client.delete(id).await),
    ];
    if live.version().supports(Operation::PreviewGroup) {
        attempts.push(("preview", client.preview(id).await.map(drop)));
    }
    attempts
}

async fn others_may_not_read_a_group_they_belong_to(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let group = live.group("own").await?;
    let _ = live.client().add_members(&group.id, [&ann.id]).await?;
    let outcome = live.client_as(&ann.token)?.get(&group.id).await;
    fails(ErrorKind::PermissionDenied, outcome)?;
    Ok(())
}

async fn others_do_not_learn_that_a_group_is_missing(live: Live) -> Outcome {
    let [ann] = live.people().await?;
    let others = live.client_as(&ann.token)?;
    let missing = others.get("00000000-0000-4000-8000-000000000000").await;
    fails(ErrorKind::PermissionDenied, missing)?;
    Ok(())
}

async fn an_api_key_works_as_a_token(live: Live) -> Outcome {
    let (key, group) = api_key(&live, "admin").await?;
    let by_key = live.client_as(&key)?.get(&group).await?;
    assert_eq!(by_key.id, group);
    Ok(())
}

async fn an_api_key_is_no_session_since_0_12(live: Live) -> Outcome {
    let (key, _) = api_key(&live, "admin without a session").await?;
    let by_key = live.client_as(&key)?.session_user().await;
    if live.has_hierarchy() {
        fails(ErrorKind::PermissionDenied, by_key)?;
    } else {
        assert_eq!(by_key?.role, "admin");
    }
    Ok(())
}

/// The login of a gateway in front of the server.
const LOGIN: &str = "Basic Zm9vOmJhcg==";

async fn a_token_in_a_header_works_without_an_authorization(live: Live) -> Outcome {
    let (key, group) = api_key(&live, "admin of a header").await?;
    for token in [key.as_str(), live.token()] {
        let builder = || GroupsClient::builder(live.url(), token).token_header("x-api-key");
        let alone = builder().build()?.get(&group).await;
        if live.is_since(0, 9, 6) {
            assert_eq!(alone?.id, group);
        } else {
            fails(ErrorKind::Unauthenticated, alone)?;
        }
        // The server reads the login as the token.
        let forwarded = builder().header("authorization", LOGIN).build()?;
        fails(ErrorKind::Unauthenticated, forwarded.get(&group).await)?;
    }
    Ok(())
}

async fn a_token_in_a_cookie_works_with_an_authorization(live: Live) -> Outcome {
    let (key, group) = api_key(&live, "admin of a cookie").await?;
    for token in [key.as_str(), live.token()] {
        let builder = || GroupsClient::builder(live.url(), token).token_cookie();
        let forwarded = builder().header("authorization", LOGIN);
        for builder in [builder(), forwarded.header("cookie", "other=1")] {
            assert_eq!(builder.build()?.get(&group).await?.id, group);
        }
        let bearer = builder().header("authorization", "Bearer of-the-gateway");
        fails(
            ErrorKind::Unauthenticated,
            bearer.build()?.get(&group).await,
        )?;
    }
    Ok(())
}

/// The API key of a new admin, and a group that it can read.
async fn api_key(live: &Live, who: &str) -> Outcome<(String, String)> {
    #[derive(Deserialize)]
    struct Key {
        api_key: String,
    }
    // A user has only one key, so the key of an existing admin would be lost.
    let admin = live.sign_up(who.to_owned(), "admin").await?;
    // 0.6.43 requires this permission of admins as well.
    let permissions = [(Permission::FeaturesApiKeys, true)].into_iter().collect();
    let group = live
        .client()
        .create(live.new_group("keys").permissions(permissions))
        .await?;
    let _ = live.client().add_members(&group.id, [&admin.id]).await?;
    let request = live
        .client_as(&admin.token)?
        .request(Method::POST, "api/v1/auths/api_key")?;
    let answer = request.send().await?;
    if answer.status() == reqwest::StatusCode::FORBIDDEN {
        return Err(Ending::Skipped(
            "the server is set up without API keys".to_owned(),
        ));
    }
    let Key { api_key } = answer.error_for_status()?.json().await?;
    Ok((api_key, group.id))
}
