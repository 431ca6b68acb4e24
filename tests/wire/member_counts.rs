//! Lists of users whose length differs from the group's count.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use owui_groups::{
    Error, ErrorKind,
    types::{Member, User},
};
use serde_json::{Value, json};

use crate::{
    groups::{GROUP, at, group, old_group, user},
    server::{NEW, OLD, OLDEST, Server, json as answer},
};

/// The users, and the group's count.
type Read = (&'static [&'static str], Value);

/// A server that returns these lists in turn, and then always the last one.
async fn serving(
    version: &'static str,
    pause: Duration,
    reads: &'static [(&'static [&'static str], i64)],
) -> Server {
    let reads: Vec<Read> = reads
        .iter()
        .map(|(users, count)| (*users, json!(count)))
        .collect();
    counting(version, pause, reads).await
}

async fn counting(version: &'static str, pause: Duration, reads: Vec<Read>) -> Server {
    let turn = AtomicUsize::new(0);
    Server::of(version, move |line, _| {
        let last = reads.len() - 1;
        Some(match line {
            _ if line == at("POST", "/users") => {
                let (users, _) = &reads[turn.load(Ordering::SeqCst).min(last)];
                let users: Vec<Value> = users.iter().map(|id| user(id, id)).collect();
                answer(200, json!(users)).set_delay(pause)
            }
            _ if line == at("GET", "") => {
                let (_, count) = &reads[turn.fetch_add(1, Ordering::SeqCst).min(last)];
                let mut group = if version == NEW {
                    group(0)
                } else {
                    old_group(0)
                };
                group["member_count"] = count.clone();
                answer(200, group).set_delay(pause)
            }
            _ => return None,
        })
    })
    .await
}

fn user_ids(users: Vec<User>) -> Vec<String> {
    users.into_iter().map(|user| user.id).collect()
}

fn member_ids(members: Vec<Member>) -> Vec<String> {
    members.into_iter().map(|member| member.id).collect()
}

/// The three ways to read the direct members of an old server.
async fn read(server: &Server) -> [Result<Vec<String>, Error>; 3] {
    let client = server.client();
    let listing = client.members(GROUP);
    [
        client.users(GROUP).await.map(user_ids),
        listing.page(1).await.map(|page| member_ids(page.items)),
        listing.await.map(member_ids),
    ]
}

async fn reads(server: &Server) -> usize {
    let users = at("POST", "/users");
    let sent = server.sent().await;
    sent.iter().filter(|line| **line == users).count()
}

#[tokio::test]
async fn a_list_that_stays_shorter_or_longer_than_the_count_is_a_conflict() {
    for count in [0, 1, 3, u64::MAX] {
        for version in [OLD, OLDEST] {
            let reads_before = vec![(&["a", "b"][..], json!(count))];
            let server = counting(version, Duration::ZERO, reads_before).await;
            for outcome in read(&server).await {
                let error = outcome.expect_err("a list that is not complete");
                assert!(error.is_conflict(), "{error:?}");
                assert_eq!(error.group_id(), Some(GROUP));
                assert!(
                    error
                        .to_string()
                        .contains(&format!("reports {count} members")),
                    "{error}"
                );
            }
            assert_eq!(reads(&server).await, 3 * 3);
        }
    }
}

#[tokio::test]
async fn a_list_that_differs_once_is_read_again() {
    let server = serving(OLD, Duration::ZERO, &[(&["a"], 2), (&["a", "b"], 2)]).await;
    let client = server.client();
    assert_eq!(user_ids(client.users(GROUP).await.unwrap()), ["a", "b"]);
    assert_eq!(reads(&server).await, 2);
    let server = serving(
        OLD,
        Duration::ZERO,
        &[(&["a"], 2), (&[], 1), (&["b", "a"], 2)],
    )
    .await;
    let members = server.client().members(GROUP).await.unwrap();
    assert_eq!(member_ids(members), ["a", "b"]);
    assert_eq!(reads(&server).await, 3);
}

#[tokio::test]
async fn a_user_in_the_place_of_another_one_is_a_conflict() {
    let server = serving(OLD, Duration::ZERO, &[(&["a", "a"], 2)]).await;
    for outcome in read(&server).await {
        assert!(outcome.unwrap_err().is_conflict());
    }
}

#[tokio::test]
async fn a_user_who_is_listed_twice_comes_once() {
    let server = serving(OLD, Duration::ZERO, &[(&["b", "a", "b"], 2)]).await;
    let [users, page, members] = read(&server).await;
    assert_eq!(users.unwrap(), ["b", "a"]);
    assert_eq!(page.unwrap(), ["a", "b"]);
    assert_eq!(members.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn a_list_is_not_compared_with_a_count_that_is_missing() {
    let server = counting(OLD, Duration::ZERO, vec![(&["a", "b"], Value::Null)]).await;
    for outcome in read(&server).await {
        assert_eq!(outcome.unwrap(), ["a", "b"]);
    }
    assert_eq!(reads(&server).await, 3);
}

#[tokio::test]
async fn count_that_is_not_whole_is_a_decode_error() {
    for count in [json!(1.5), json!(1e300)] {
        let server = counting(OLD, Duration::ZERO, vec![(&["a", "b"], count.clone())]).await;
        for outcome in read(&server).await {
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Decode, "{count}");
        }
        let error = server.client().get(GROUP).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{count}");
    }
}

#[tokio::test]
async fn negative_count_is_zero() {
    for count in [json!(-1), json!(i64::MIN)] {
        let server = counting(OLD, Duration::ZERO, vec![(&["a"], count)]).await;
        let group = server.client().get(GROUP).await.unwrap();
        assert_eq!(group.member_count, Some(0));
    }
}

#[tokio::test]
async fn the_whole_list_is_compared_and_not_what_a_search_leaves() {
    let server = serving(OLD, Duration::ZERO, &[(&["ann", "ben"], 2)]).await;
    let client = server.client();
    let members = client.members(GROUP).search("ann").await.unwrap();
    assert_eq!(member_ids(members), ["ann"]);
}

#[tokio::test]
async fn an_empty_list_of_a_group_that_has_members_is_a_conflict_on_every_version() {
    for version in [NEW, OLD, OLDEST] {
        let server = serving(version, Duration::ZERO, &[(&[], 2)]).await;
        let error = server.client().users(GROUP).await.unwrap_err();
        assert!(error.is_conflict(), "{version}: {error:?}");
        assert_eq!(reads(&server).await, 3);
        let server = serving(version, Duration::ZERO, &[(&[], 2), (&["a", "b"], 2)]).await;
        let users = server.client().users(GROUP).await.unwrap();
        assert_eq!(user_ids(users), ["a", "b"]);
    }
}

#[tokio::test]
async fn all_reads_share_one_deadline() {
    let server = serving(OLD, Duration::from_millis(400), &[(&["a"], 2)]).await;
    let builder = server.builder().deadline(Duration::from_millis(600));
    let client = builder.build().unwrap();
    let started = Instant::now();
    let listing = client.members(GROUP);
    let errors = [
        client.users(GROUP).await.unwrap_err(),
        listing.page(1).await.unwrap_err(),
        listing.await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
    assert!(started.elapsed() < Duration::from_millis(3 * 600 + 2500));
}
