//! Retries: which requests, how often and when.

use std::time::{Duration, Instant};

use http::StatusCode;
use owui_groups::{ErrorKind, GroupUpdate, NewGroup, RetryPolicy};
use wiremock::ResponseTemplate;

use crate::{
    broken::{Action, Broken, cut},
    groups::{GROUP, at, export, group},
    server::{NEW, OLD, Server, bad_gateway, builder, crash, detail, html, json, quick},
};

fn unavailable() -> ResponseTemplate {
    html(
        503,
        "<html><title>503 Service Temporarily Unavailable</title></html>",
    )
}

fn limited(retry_after: &str) -> ResponseTemplate {
    detail(429, "Too Many Requests").insert_header("retry-after", retry_after)
}

/// A read that fails twice in these ways succeeds at the third attempt.
async fn passes_after(first: ResponseTemplate, second: ResponseTemplate) {
    let server = Server::in_turn(NEW, vec![first, second, json(200, group(0))]).await;
    server.retrying_client().get(GROUP).await.unwrap();
    assert_eq!(server.sent().await.len(), 3);
}

#[tokio::test]
async fn a_read_is_sent_again_after_503_and_502() {
    passes_after(unavailable(), bad_gateway()).await;
}

#[tokio::test]
async fn a_read_is_sent_again_after_504_and_429() {
    passes_after(html(504, "<html></html>"), detail(429, "Too Many Requests")).await;
}

#[tokio::test]
async fn a_read_is_sent_again_after_a_dropped_connection_and_half_an_answer() {
    let body = group(0).to_string();
    let broken = Broken::doing(vec![
        Action::Say(String::new()),
        Action::Say(cut(&body, 20)),
        Action::Say(cut(&body, body.len())),
    ])
    .await;
    let client = builder(&broken.url())
        .retry_policy(quick())
        .build()
        .unwrap();
    client.get(GROUP).await.unwrap();
    assert_eq!(broken.sent().len(), 3);
}

#[tokio::test]
async fn a_read_is_sent_again_after_a_timeout() {
    let body = group(0).to_string();
    let broken = Broken::doing(vec![
        Action::Hang(String::new()),
        Action::Say(cut(&body, body.len())),
    ])
    .await;
    let client = builder(&broken.url())
        .timeout(Duration::from_millis(150))
        .retry_policy(quick())
        .build()
        .unwrap();
    client.get(GROUP).await.unwrap();
}

#[tokio::test]
async fn a_post_that_reads_is_sent_again() {
    let users = json(200, serde_json::json!([crate::groups::user("u1", "ann")]));
    let server = Server::in_turn(NEW, vec![unavailable(), users]).await;
    assert_eq!(
        server.retrying_client().users(GROUP).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn an_update_is_sent_again_with_its_body() {
    let server = Server::in_turn(NEW, vec![unavailable(), json(200, group(0))]).await;
    server
        .retrying_client()
        .update(GROUP, GroupUpdate::new("g", "d"))
        .await
        .unwrap();
    let requests = server.requests().await;
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body, requests[1].body);
    assert!(!requests[1].body.is_empty());
}

#[tokio::test]
async fn a_repetition_has_the_token_too() {
    let server = Server::in_turn(NEW, vec![unavailable(), json(200, group(0))]).await;
    server.retrying_client().get(GROUP).await.unwrap();
    for request in server.requests().await {
        assert!(request.headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn a_removal_is_sent_again_after_the_members_were_read_again() {
    let server = Server::in_turn(
        NEW,
        vec![
            export(&["u1"]),
            unavailable(),
            export(&["u1"]),
            json(200, group(0)),
            export::<&str>(&[]),
        ],
    )
    .await;
    let change = server
        .retrying_client()
        .remove_members(GROUP, ["u1"])
        .await
        .unwrap();
    assert_eq!(change.removed, ["u1"]);
}

#[tokio::test]
async fn a_create_that_may_have_been_carried_out_is_sent_once() {
    for answer in [unavailable(), bad_gateway(), html(504, "")] {
        let server = Server::in_turn(NEW, vec![answer, json(200, group(0))]).await;
        let error = server
            .retrying_client()
            .create(NewGroup::new("g"))
            .await
            .unwrap_err();
        assert_eq!(error.attempts(), 1);
        assert_eq!(server.sent().await, ["POST /api/v1/groups/create"]);
    }
}

#[tokio::test]
async fn a_create_is_sent_once_when_the_connection_drops() {
    let broken = Broken::doing(vec![Action::Say(String::new())]).await;
    let client = builder(&broken.url())
        .retry_policy(quick())
        .build()
        .unwrap();
    client.create(NewGroup::new("g")).await.unwrap_err();
    assert_eq!(broken.sent(), ["POST /api/v1/groups/create"]);
}

#[tokio::test]
async fn a_request_that_was_not_carried_out_is_sent_again_whatever_it_does() {
    let server = Server::in_turn(NEW, vec![limited("0"), json(200, group(0))]).await;
    server
        .retrying_client()
        .create(NewGroup::new("g"))
        .await
        .unwrap();
    assert_eq!(server.sent().await.len(), 2);
    let server = Server::in_turn(NEW, vec![limited("0"), json(200, true.into())]).await;
    server.retrying_client().delete(GROUP).await.unwrap();
    assert_eq!(server.sent().await.len(), 3);
}

#[tokio::test]
async fn an_edit_that_was_not_carried_out_reads_the_group_again() {
    let server = Server::in_turn(
        NEW,
        vec![
            json(200, group(0)),
            json(200, group(0)),
            limited("0"),
            json(200, group(0)),
        ],
    )
    .await;
    server
        .retrying_client()
        .edit(GROUP, |group| _ = group.set_name("new"))
        .await
        .unwrap();
    let update = at("POST", "/update");
    let get = at("GET", "");
    assert_eq!(
        server.sent().await,
        [&get, &get, &update, &get, &get, &update].map(Clone::clone)
    );
}

#[tokio::test]
async fn a_delete_is_sent_once() {
    let server = Server::in_turn(NEW, vec![unavailable(), json(200, true.into())]).await;
    server.retrying_client().delete(GROUP).await.unwrap_err();
    assert_eq!(
        server.sent().await,
        ["GET /api/version".to_owned(), at("DELETE", "/delete")]
    );
}

#[tokio::test]
async fn an_add_is_sent_again_only_after_the_members_were_read_again() {
    let server = Server::in_turn(
        OLD,
        vec![export(&["u1"]), unavailable(), export(&["u1", "u2"])],
    )
    .await;
    let client = server.retrying_client();
    let change = client.add_members(GROUP, ["u2"]).await.unwrap();
    assert_eq!(change.added, ["u2"]);
    let export = at("GET", "/export");
    assert_eq!(
        server.sent().await,
        [export.clone(), at("POST", "/users/add"), export]
    );
}

#[tokio::test]
async fn a_failure_that_does_not_pass_is_sent_once() {
    for answer in [
        crash(),
        detail(401, "Not authenticated"),
        detail(400, "no"),
        html(200, ""),
    ] {
        let server = Server::in_turn(NEW, vec![answer, json(200, group(0))]).await;
        server.retrying_client().get(GROUP).await.unwrap_err();
        assert_eq!(server.sent().await.len(), 1);
    }
}

#[tokio::test]
async fn attempts_are_counted_and_shown() {
    let server = Server::in_turn(NEW, vec![unavailable()]).await;
    let error = server.retrying_client().get(GROUP).await.unwrap_err();
    assert_eq!((error.attempts(), server.sent().await.len()), (3, 3));
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert!(error.to_string().contains("3 attempts"), "{error}");
}

#[tokio::test]
async fn a_policy_of_more_attempts_makes_more() {
    let server = Server::in_turn(NEW, vec![unavailable()]).await;
    let client = server
        .builder()
        .retry_policy(quick().max_attempts(5))
        .build()
        .unwrap();
    let policy = quick().max_delay(Duration::from_millis(2));
    assert_ne!(policy, quick());
    assert_eq!(client.get(GROUP).await.unwrap_err().attempts(), 5);
}

#[tokio::test]
async fn no_policy_makes_one_attempt() {
    let server = Server::in_turn(NEW, vec![unavailable()]).await;
    let client = server
        .builder()
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    assert_eq!(client.get(GROUP).await.unwrap_err().attempts(), 1);
    assert_eq!(server.sent().await.len(), 1);
}

#[tokio::test]
async fn the_version_is_asked_again_too() {
    let version = serde_json::json!({"version": NEW, "deployment_id": ""});
    let broken = Broken::doing(vec![
        Action::Say(String::new()),
        Action::Say(cut(&version.to_string(), version.to_string().len())),
    ])
    .await;
    let client = builder(&broken.url())
        .retry_policy(quick())
        .build()
        .unwrap();
    assert_eq!(client.server_version().await.unwrap().to_string(), NEW);
}

#[tokio::test]
async fn a_server_that_asks_for_a_pause_gets_it() {
    let server = Server::in_turn(NEW, vec![limited("1"), json(200, group(0))]).await;
    let started = Instant::now();
    server.retrying_client().get(GROUP).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_pause_that_is_over_is_no_pause() {
    let past = "Thu, 01 Jan 1970 00:00:00 GMT";
    let server = Server::in_turn(NEW, vec![limited(past), json(200, group(0))]).await;
    server.retrying_client().get(GROUP).await.unwrap();
}

#[tokio::test]
async fn a_pause_longer_than_the_time_that_is_left_ends_at_once() {
    let server = Server::in_turn(NEW, vec![limited("60"), json(200, group(0))]).await;
    let client = server
        .builder()
        .retry_policy(quick())
        .total_timeout(Duration::from_secs(30))
        .build()
        .unwrap();
    let started = Instant::now();
    let error = client.get(GROUP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(
        (error.attempts(), error.retry_after()),
        (1, Some(Duration::from_secs(60)))
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_pause_without_end_is_no_reason_to_panic() {
    let server = Server::in_turn(NEW, vec![limited(&u64::MAX.to_string())]).await;
    assert!(
        server
            .retrying_client()
            .get(GROUP)
            .await
            .unwrap_err()
            .kind()
            == ErrorKind::RateLimited
    );
}

#[tokio::test]
async fn a_later_attempt_has_the_time_that_the_first_ones_left() {
    let answers = vec![
        unavailable().set_delay(Duration::from_millis(250)),
        json(200, group(0)).set_delay(Duration::from_millis(300)),
    ];
    let server = Server::in_turn(NEW, answers).await;
    let client = server
        .builder()
        .retry_policy(quick())
        .total_timeout(Duration::from_millis(400))
        .build()
        .unwrap();
    assert!(client.get(GROUP).await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn the_total_timeout_is_for_all_attempts_together() {
    let broken = Broken::doing(vec![Action::Hang(String::new())]).await;
    let client = builder(&broken.url())
        .retry_policy(quick().max_attempts(100))
        .timeout(Duration::from_millis(100))
        .total_timeout(Duration::from_millis(450))
        .build()
        .unwrap();
    let started = Instant::now();
    let error = client.get(GROUP).await.unwrap_err();
    assert!(error.is_timeout());
    let (attempts, took) = (error.attempts(), started.elapsed());
    assert!((2..=5).contains(&attempts), "{attempts} attempts");
    assert!(took < Duration::from_secs(3), "{took:?}");
    // The last attempt may have ended before its request was sent.
    assert!(broken.sent().len() <= usize::try_from(attempts).unwrap());
}

#[tokio::test]
async fn a_read_and_a_change_of_members_are_retryable_after_503() {
    let server = Server::of(NEW, |line, _| {
        Some(if line == at("GET", "/export") {
            export(&[""; 0])
        } else {
            unavailable()
        })
    })
    .await;
    let client = server.client();
    assert!(client.get(GROUP).await.unwrap_err().is_retryable());
    let added = client.add_members(GROUP, ["user"]).await;
    assert!(added.unwrap_err().is_retryable());
}

#[tokio::test]
async fn a_create_is_retryable_only_if_it_was_not_carried_out() {
    for (response, expected) in [(limited("1"), true), (unavailable(), false)] {
        let server = Server::responding(response).await;
        let error = server.client().create(NewGroup::new("group")).await;
        assert_eq!(error.unwrap_err().is_retryable(), expected);
    }
}

#[tokio::test]
async fn an_error_that_does_not_pass_is_not_retryable() {
    for response in [crash(), detail(404, "Group not found."), html(200, "")] {
        let server = Server::responding(response).await;
        assert!(!server.client().get(GROUP).await.unwrap_err().is_retryable());
    }
}

#[tokio::test]
async fn an_edit_is_not_retryable_if_its_write_may_have_been_carried_out() {
    let server = Server::of(NEW, |line, _| {
        Some(if line == at("POST", "/update") {
            unavailable()
        } else {
            json(200, group(0))
        })
    })
    .await;
    let client = server.client();
    let edit = client.edit(GROUP, |group| _ = group.set_name("n"));
    assert!(!edit.await.unwrap_err().is_retryable());
    let server = Server::responding(unavailable()).await;
    let client = server.client();
    let edit = client.edit(GROUP, |group| _ = group.set_name("n"));
    assert!(edit.await.unwrap_err().is_retryable());
}

fn count(sent: &[String], last: &str) -> usize {
    sent.iter().filter(|line| line.ends_with(last)).count()
}

#[tokio::test]
async fn a_removal_is_sent_as_often_as_the_policy_says() {
    let server = Server::of(NEW, |line, _| {
        if line == at("GET", "/export") {
            return Some(export(&["a"]));
        }
        (line == at("POST", "/users/remove")).then(|| detail(503, "busy"))
    })
    .await;
    let _ = server
        .retrying_client()
        .remove_members(GROUP, ["a"])
        .await
        .unwrap_err();
    let sent = server.sent().await;
    assert_eq!(count(&sent, "/remove"), 3, "{sent:?}");
}

#[tokio::test]
async fn an_add_is_sent_as_often_as_the_policy_says() {
    let server = Server::of(NEW, |line, _| {
        if line == at("GET", "/export") {
            return Some(export(&[""; 0]));
        }
        (line == at("POST", "/users/add")).then(|| detail(429, "slow down"))
    })
    .await;
    let _ = server
        .retrying_client()
        .add_members(GROUP, ["a"])
        .await
        .unwrap_err();
    let sent = server.sent().await;
    assert_eq!(count(&sent, "/add"), 3, "{sent:?}");
}

#[tokio::test]
async fn an_export_that_is_unavailable_is_sent_as_often_as_the_policy_says() {
    let server = Server::of(NEW, |line, _| {
        line.contains("/groups/").then(|| detail(503, "busy"))
    })
    .await;
    let _ = server.retrying_client().export(GROUP).await.unwrap_err();
    let sent = server.sent().await;
    assert_eq!(sent.len(), 3, "{sent:?}");
}

#[tokio::test]
async fn a_composed_call_does_not_wait_longer_than_a_request_may_take() {
    let server = Server::of(NEW, |line, _| {
        if line == at("GET", "/export") {
            return Some(export(&[""; 0]));
        }
        (line == at("POST", "/users/add"))
            .then(|| detail(429, "slow down").insert_header("retry-after", "4"))
    })
    .await;
    let client = server
        .builder()
        .retry_policy(quick())
        .total_timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    let started = Instant::now();
    let _ = client.add_members(GROUP, ["a"]).await.unwrap_err();
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
}
