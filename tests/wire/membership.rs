//! Adding and removing members without losing any, and without unnecessary requests.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::Method;
use owui_groups::{ErrorKind, GroupsClient, MembershipChange};
use proptest::{prelude::*, sample::subsequence};
use serde_json::Value;
use tokio::runtime::Runtime;
use wiremock::{Request, ResponseTemplate};

use crate::{
    groups::{GROUP, at, export, group, old_group},
    server::{NEW, OLD, Server, crash, detail, html, json, quick},
};

/// The data of the fake, and its scripted behavior.
#[derive(Default)]
struct State {
    /// The users that the server knows, in the order in which it handles them.
    known: Vec<String>,
    members: Vec<String>,
    /// Users whom another client adds just before the next requests to add.
    concurrent_changes: Vec<Vec<&'static str>>,
    /// The path of a request that fails once, and whether it is carried out anyway.
    failing: Option<(&'static str, bool)>,
    /// Responses to the next requests whose path ends like this. These requests are not carried
    /// out.
    rejecting: Vec<(&'static str, ResponseTemplate)>,
    /// Users whom another client removes after the next add.
    removed_after_add: Vec<&'static str>,
    /// The number of exports after the next add that show the previous members.
    stale_exports: usize,
    stale: Vec<String>,
}

impl State {
    /// Servers up to 0.11.4 add one ID at a time, and a duplicate rolls back all IDs that the
    /// request has added so far. Servers since 0.12 add all or none.
    fn add(&mut self, ids: &[String], loses: bool) {
        let mut added = Vec::new();
        for id in self.known.iter().filter(|id| ids.contains(id)) {
            if !self.members.contains(id) {
                self.members.push(id.clone());
                added.push(id.clone());
            } else if loses {
                self.members.retain(|member| !added.contains(member));
                added.clear();
            }
        }
    }

    fn answer(&mut self, line: &str, request: &Request, loses: bool) -> Option<ResponseTemplate> {
        let rejecting = self
            .rejecting
            .iter()
            .position(|(path, _)| line.ends_with(path));
        if let Some(position) = rejecting {
            return Some(self.rejecting.remove(position).1);
        }
        if line == at("GET", "/export") {
            if self.stale_exports > 0 && !self.stale.is_empty() {
                self.stale_exports -= 1;
                return Some(export(&self.stale));
            }
            return Some(export(&self.members));
        }
        let ids = || ids_in(request);
        let failing = self.failing.take_if(|(path, _)| line.ends_with(*path));
        if failing.is_some_and(|(_, carried_out)| !carried_out) {
            return Some(crash());
        }
        if line == at("POST", "/users/add") {
            if !self.concurrent_changes.is_empty() {
                let others: Vec<String> = self
                    .concurrent_changes
                    .remove(0)
                    .into_iter()
                    .map(str::to_owned)
                    .collect();
                self.members.extend(others);
            }
            self.stale = self.members.clone();
            self.add(&ids(), loses);
        } else if line == at("POST", "/users/remove") {
            let ids = ids();
            self.members.retain(|member| !ids.contains(member));
        } else {
            return None;
        }
        if failing.is_some() {
            return Some(crash());
        }
        let members = self.members.len();
        let removed = std::mem::take(&mut self.removed_after_add);
        self.members
            .retain(|member| !removed.contains(&member.as_str()));
        Some(json(
            200,
            if loses {
                old_group(members)
            } else {
                group(members)
            },
        ))
    }
}

struct Fake {
    server: Server,
    client: GroupsClient,
    state: Arc<Mutex<State>>,
}

impl Fake {
    /// A server with these users, some of them members.
    async fn of(version: &'static str, known: &[&str], members: &[&str]) -> Self {
        let owned = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect();
        let state = Arc::new(Mutex::new(State {
            known: owned(known),
            members: owned(members),
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        let server = Server::of(version, move |line, request| {
            shared.lock().unwrap().answer(line, request, version != NEW)
        })
        .await;
        let client = server.client();
        Self {
            server,
            client,
            state,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn members(&self) -> BTreeSet<String> {
        self.state().members.iter().cloned().collect()
    }

    /// The last path segments of the received requests.
    async fn sent(&self) -> Vec<String> {
        let sent = self.server.sent().await;
        sent.iter()
            .map(|line| line.rsplit('/').next().unwrap().to_owned())
            .collect()
    }

    /// The IDs in each request with this last segment.
    async fn ids_sent(&self, last: &str) -> Vec<Vec<String>> {
        let requests = self.server.requests().await;
        requests
            .iter()
            .filter(|request| request.url.path().ends_with(last))
            .map(ids_in)
            .collect()
    }
}

fn ids_in(request: &Request) -> Vec<String> {
    let body: Value = request.body_json().unwrap();
    serde_json::from_value(body["user_ids"].clone()).unwrap()
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("u{number:04}")).collect()
}

/// The other tests are useful only if the fake has this bug.
#[tokio::test]
async fn one_request_with_a_member_in_it_does_lose_members_on_the_fake_of_an_old_server() {
    let fake = Fake::of(OLD, &["a", "b", "c", "d"], &["c"]).await;
    let path = format!("api/v1/groups/id/{GROUP}/users/add");
    let request = fake.client.request(Method::POST, &path).unwrap();
    let request = request.json(&serde_json::json!({"user_ids": ["a", "b", "c", "d"]}));
    assert!(request.send().await.unwrap().status().is_success());
    assert_eq!(fake.members(), set(&["c", "d"]));
}

// Adding.

#[tokio::test]
async fn duplicates_and_members_are_not_sent_and_nobody_is_lost() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a", "b", "c", "d"], &["c"]).await;
        let change = fake
            .client
            .add_members(GROUP, ["d", "c", "a", "d", "b", "c"])
            .await
            .unwrap();
        assert_eq!(fake.ids_sent("/add").await, [["d", "a", "b"]]);
        assert_eq!(fake.members(), set(&["a", "b", "c", "d"]));
        assert_eq!(change.added, ["d", "a", "b"]);
        assert_eq!(change.already_members, ["c"]);
    }
}

#[tokio::test]
async fn adding_takes_three_requests() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a"], &[]).await;
        let _ = fake.client.add_members(GROUP, ["a"]).await.unwrap();
        assert_eq!(fake.sent().await, ["export", "add", "export"], "{version}");
    }
}

#[tokio::test]
async fn adding_only_members_takes_one_request() {
    let fake = Fake::of(NEW, &["a", "b"], &["a", "b"]).await;
    let change = fake.client.add_members(GROUP, ["b", "a"]).await.unwrap();
    assert!(change.is_unchanged());
    assert_eq!(change.already_members, ["b", "a"]);
    assert_eq!(fake.sent().await, ["export"]);
}

#[tokio::test]
async fn adding_nobody_takes_one_request() {
    let fake = Fake::of(NEW, &["a"], &["a"]).await;
    let change = fake.client.add_members(GROUP, [""; 0]).await.unwrap();
    assert_eq!(change, MembershipChange::default());
    assert_eq!(fake.sent().await, ["export"]);
}

#[tokio::test]
async fn an_empty_user_id_is_rejected_before_anything_is_sent() {
    let fake = Fake::of(NEW, &["a"], &[]).await;
    assert!(
        fake.client
            .add_members(GROUP, ["a", " "])
            .await
            .unwrap_err()
            .kind()
            == ErrorKind::InvalidInput
    );
    assert!(
        fake.client
            .remove_members(GROUP, [""])
            .await
            .unwrap_err()
            .kind()
            == ErrorKind::InvalidInput
    );
    assert!(
        fake.client
            .set_members(GROUP, [""])
            .await
            .unwrap_err()
            .kind()
            == ErrorKind::InvalidInput
    );
    assert_eq!(fake.sent().await, [""; 0]);
}

#[tokio::test]
async fn ids_that_the_server_does_not_know_are_reported() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a"], &[]).await;
        let change = fake
            .client
            .add_members(GROUP, ["x", "a", "y"])
            .await
            .unwrap();
        assert_eq!(
            (change.added, change.unknown),
            (vec!["a".to_owned()], ids_of_nobody())
        );
        assert_eq!(fake.members(), set(&["a"]));
    }
}

fn ids_of_nobody() -> Vec<String> {
    vec!["x".to_owned(), "y".to_owned()]
}

#[tokio::test]
async fn an_unknown_id_takes_three_requests_and_the_version_on_a_new_server() {
    let fake = Fake::of(NEW, &["a"], &[]).await;
    let _ = fake.client.add_members(GROUP, ["a", "x"]).await.unwrap();
    assert_eq!(fake.sent().await, ["export", "add", "export", "version"]);
}

#[tokio::test]
async fn an_unknown_id_is_asked_for_once_more_on_an_old_server() {
    let fake = Fake::of(OLD, &["a"], &[]).await;
    let _ = fake.client.add_members(GROUP, ["a", "x"]).await.unwrap();
    assert_eq!(fake.ids_sent("/add").await, [vec!["a", "x"], vec!["x"]]);
    let sent = fake.sent().await;
    let counted = sent.iter().filter(|last| *last != "version").count();
    assert_eq!(counted, 5, "{sent:?}");
}

#[tokio::test]
async fn ids_that_an_old_server_added_none_of_are_sent_once() {
    let fake = Fake::of(OLD, &["a"], &["a"]).await;
    let change = fake.client.add_members(GROUP, ["x"]).await.unwrap();
    assert_eq!(fake.ids_sent("/add").await, [["x"]]);
    assert_eq!(change.unknown, ["x"]);
}

#[tokio::test]
async fn more_than_500_ids_go_in_parts_of_which_none_overlap() {
    let known = numbered(1201);
    let ids: Vec<&str> = known.iter().map(String::as_str).collect();
    let fake = Fake::of(OLD, &ids, &ids[..100]).await;
    let change = fake.client.add_members(GROUP, &known).await.unwrap();
    let parts = fake.ids_sent("/add").await;
    let mut sizes: Vec<_> = parts.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [101, 500, 500]);
    assert_eq!(
        parts.concat().into_iter().collect::<HashSet<_>>().len(),
        1101
    );
    assert_eq!(change.added, known[100..]);
    assert_eq!(fake.members().len(), 1201);
    assert_eq!(fake.sent().await.len(), 5);
}

#[tokio::test]
async fn whom_an_old_server_loses_to_a_race_is_sent_again() {
    let fake = Fake::of(OLD, &["a", "b", "c", "d"], &[]).await;
    fake.state().concurrent_changes = vec![vec!["c"]];
    let change = fake
        .client
        .add_members(GROUP, ["a", "b", "c", "d"])
        .await
        .unwrap();
    assert_eq!(fake.ids_sent("/add").await[1], ["a", "b"]);
    assert_eq!(fake.members(), set(&["a", "b", "c", "d"]));
    assert_eq!(change.added, ["c", "d", "a", "b"]);
    assert_eq!(change.unknown, [""; 0]);
}

#[tokio::test]
async fn a_race_costs_a_new_server_nobody_and_no_request() {
    let fake = Fake::of(NEW, &["a", "b", "c"], &[]).await;
    fake.state().concurrent_changes = vec![vec!["b"]];
    let change = fake
        .client
        .add_members(GROUP, ["a", "b", "c"])
        .await
        .unwrap();
    assert_eq!(change.added, ["a", "b", "c"]);
    assert_eq!(fake.sent().await, ["export", "add", "export"]);
}

#[tokio::test]
async fn whom_an_old_server_loses_to_two_races_is_not_taken_for_unknown() {
    let fake = Fake::of(OLD, &["a", "b", "c", "d"], &[]).await;
    fake.state().concurrent_changes = vec![vec!["d"], vec!["c"]];
    let change = fake
        .client
        .add_members(GROUP, ["x", "a", "b", "c", "d"])
        .await
        .unwrap();
    assert_eq!(fake.members(), set(&["a", "b", "c", "d"]));
    assert_eq!(change.unknown, ["x"]);
}

#[tokio::test]
async fn a_server_that_loses_members_every_time_is_partially_applied_and_says_whom() {
    let known = numbered(12);
    let ids: Vec<&str> = known.iter().map(String::as_str).collect();
    let fake = Fake::of(OLD, &ids, &[]).await;
    // Each is the last one of those still missing, so that all before it are lost.
    fake.state().concurrent_changes = [
        "u0011", "u0010", "u0009", "u0008", "u0007", "u0006", "u0005", "u0004", "u0003",
    ]
    .map(|id| vec![id])
    .to_vec();
    let error = fake.client.add_members(GROUP, &known).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PartiallyApplied, "{error:?}");
    let shown = error.to_string();
    assert!(
        shown.contains("7 users were not added") && shown.contains("u0000"),
        "{shown}"
    );
    let change = error.membership_change().unwrap();
    assert_eq!((change.added.len(), change.failed.len()), (5, 7));
    assert_eq!(change.unknown, [""; 0]);
    let adds = fake.ids_sent("/add").await.len();
    assert!(adds <= 5, "{adds} requests to add");
}

#[tokio::test]
async fn an_add_that_failed_can_be_repeated() {
    for version in [OLD, NEW] {
        for carried_out in [false, true] {
            let fake = Fake::of(version, &["a", "b"], &["b"]).await;
            fake.state().failing = Some(("/add", carried_out));
            assert!(
                fake.client
                    .add_members(GROUP, ["a", "b"])
                    .await
                    .unwrap_err()
                    .kind()
                    == ErrorKind::Server
            );
            let _ = fake.client.add_members(GROUP, ["a", "b"]).await.unwrap();
            assert_eq!(fake.members(), set(&["a", "b"]));
        }
    }
}

#[tokio::test]
async fn an_add_that_failed_tells_who_was_to_be_added() {
    let fake = Fake::of(NEW, &["a", "b"], &["b"]).await;
    fake.state().failing = Some(("/add", false));
    let error = fake
        .client
        .add_members(GROUP, ["a", "b"])
        .await
        .unwrap_err();
    let change = error.membership_change().unwrap();
    assert_eq!(
        (&*change.failed, &*change.already_members),
        (&["a".into()][..], &["b".into()][..])
    );
    assert_eq!(change.added, [""; 0]);
}

// Removing.

#[tokio::test]
async fn removing_sends_only_members_and_takes_three_requests() {
    let fake = Fake::of(NEW, &["a", "b", "c"], &["a", "b"]).await;
    let change = fake
        .client
        .remove_members(GROUP, ["c", "b", "x", "b"])
        .await
        .unwrap();
    assert_eq!(fake.ids_sent("/remove").await, [["b"]]);
    assert_eq!(fake.members(), set(&["a"]));
    assert_eq!(change.removed, ["b"]);
    assert_eq!(change.not_members, ["c", "x"]);
    assert_eq!(fake.sent().await, ["export", "remove", "export"]);
}

#[tokio::test]
async fn removing_nobody_who_is_a_member_takes_one_request() {
    let fake = Fake::of(NEW, &["a", "b"], &["a"]).await;
    let change = fake.client.remove_members(GROUP, ["b"]).await.unwrap();
    assert!(change.is_unchanged());
    assert_eq!(fake.sent().await, ["export"]);
}

#[tokio::test]
async fn a_user_who_is_still_a_member_after_a_removal_is_partially_applied() {
    let server = Server::of(NEW, |line, _| {
        Some(match line {
            _ if line == at("GET", "/export") => export(&["a"]),
            _ if line == at("POST", "/users/remove") => json(200, group(1)),
            _ => return None,
        })
    })
    .await;
    let error = server
        .client()
        .remove_members(GROUP, ["a"])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PartiallyApplied);
    assert!(
        error.to_string().contains("1 user is still a member"),
        "{error}"
    );
    assert_eq!(error.membership_change().unwrap().failed, ["a"]);
}

// Setting.

#[tokio::test]
async fn setting_what_is_set_takes_one_request() {
    let fake = Fake::of(NEW, &["a", "b"], &["a", "b"]).await;
    let change = fake
        .client
        .set_members(GROUP, ["b", "a", "b"])
        .await
        .unwrap();
    assert!(change.is_unchanged());
    assert_eq!(fake.sent().await, ["export"]);
}

#[tokio::test]
async fn setting_adds_before_it_removes_and_sends_only_the_difference() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a", "b", "c", "d"], &["a", "b"]).await;
        let change = fake.client.set_members(GROUP, ["b", "c"]).await.unwrap();
        assert_eq!(fake.members(), set(&["b", "c"]));
        assert_eq!(
            fake.sent().await,
            ["export", "add", "export", "remove", "export"]
        );
        assert_eq!(fake.ids_sent("/add").await, [["c"]]);
        assert_eq!(fake.ids_sent("/remove").await, [["a"]]);
        assert_eq!(
            (change.added, change.removed),
            (vec!["c".to_owned()], vec!["a".to_owned()])
        );
    }
}

#[tokio::test]
async fn setting_nobody_removes_everybody_in_three_requests() {
    let fake = Fake::of(OLD, &["a", "b"], &["a", "b"]).await;
    let _ = fake.client.set_members(GROUP, [""; 0]).await.unwrap();
    assert_eq!(fake.members(), set(&[]));
    assert_eq!(fake.sent().await, ["export", "remove", "export"]);
}

#[tokio::test]
async fn setting_with_an_unknown_id_adds_the_known_ones_and_removes_nobody() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a", "b"], &["a"]).await;
        let setting = fake.client.set_members(GROUP, ["x", "b"]);
        let error = setting.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PartiallyApplied);
        assert!(error.to_string().contains("ignore_unknown"), "{error}");
        assert_eq!(fake.members(), set(&["a", "b"]));
        let change = error.membership_change().unwrap();
        assert_eq!(change.added, ["b"]);
        assert_eq!(change.unknown, ["x"]);
        assert_eq!(change.failed, ["a"]);
    }
}

#[tokio::test]
async fn setting_with_an_address_in_place_of_an_id_removes_nobody() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a", "b", "c"], &["a", "b", "c"]).await;
        let list = ["a", "b@example.com", "c@example.com"];
        fake.client.set_members(GROUP, list).await.unwrap_err();
        assert_eq!(fake.members(), set(&["a", "b", "c"]));
        assert_eq!(fake.ids_sent("/remove").await.len(), 0);
    }
}

#[tokio::test]
async fn setting_removes_the_others_if_unknown_ids_are_to_be_ignored() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a", "b"], &["a"]).await;
        let setting = fake.client.set_members(GROUP, ["x", "b"]).ignore_unknown();
        let change = setting.await.unwrap();
        assert_eq!(fake.members(), set(&["b"]));
        assert_eq!(change.unknown, ["x"]);
        assert_eq!(change.removed, ["a"]);
    }
}

#[tokio::test]
async fn setting_with_an_unconfirmed_id_removes_nobody_even_if_unknown_ids_are_ignored() {
    let fake = Fake::of(NEW, &["a", "b", "c"], &["a"]).await;
    fake.state().removed_after_add = vec!["c"];
    let setting = fake.client.set_members(GROUP, ["b", "c"]).ignore_unknown();
    let error = setting.await.unwrap_err();
    assert_eq!(error.membership_change().unwrap().unconfirmed, ["c"]);
    assert_eq!(fake.members(), set(&["a", "b"]));
}

/// The IDs may be those of another server, so the group must not be emptied.
#[tokio::test]
async fn setting_only_unknown_ids_removes_nobody_even_if_they_are_to_be_ignored() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a"], &["a"]).await;
        let setting = fake.client.set_members(GROUP, ["x", "y"]).ignore_unknown();
        let error = setting.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PartiallyApplied);
        assert_eq!(fake.members(), set(&["a"]));
        let change = error.membership_change().unwrap();
        assert_eq!(change.unknown, ["x", "y"]);
        assert_eq!(change.failed, ["a"]);
    }
}

#[tokio::test]
async fn setting_removes_nobody_when_adding_fails() {
    let fake = Fake::of(NEW, &["a", "b"], &["a"]).await;
    fake.state().failing = Some(("/add", false));
    fake.client.set_members(GROUP, ["b"]).await.unwrap_err();
    assert_eq!(fake.members(), set(&["a"]));
    assert_eq!(fake.sent().await, ["export", "add", "export"]);
}

#[tokio::test]
async fn setting_that_failed_in_the_middle_can_be_repeated() {
    for failing in [
        ("/add", false),
        ("/add", true),
        ("/remove", false),
        ("/remove", true),
    ] {
        for version in [OLD, NEW] {
            let fake = Fake::of(version, &["a", "b", "c"], &["a", "b"]).await;
            fake.state().failing = Some(failing);
            fake.client
                .set_members(GROUP, ["b", "c"])
                .await
                .unwrap_err();
            let _ = fake.client.set_members(GROUP, ["b", "c"]).await.unwrap();
            assert_eq!(fake.members(), set(&["b", "c"]), "{failing:?}");
        }
    }
}

// IDs that must not be reported as unknown.

#[tokio::test]
async fn a_user_whom_another_client_removes_after_the_add_is_unconfirmed() {
    let fake = Fake::of(NEW, &["a", "b"], &[]).await;
    fake.state().removed_after_add = vec!["b"];
    let change = fake.client.add_members(GROUP, ["a", "b"]).await.unwrap();
    assert_eq!(change.added, ["a"]);
    assert_eq!(change.unconfirmed, ["b"]);
    assert_eq!(change.unknown, [""; 0]);
    assert_eq!(
        fake.sent().await,
        ["export", "add", "export", "export", "version"]
    );
}

#[tokio::test]
async fn an_unknown_id_is_unconfirmed_if_another_client_changed_the_group() {
    let fake = Fake::of(NEW, &["a"], &["m"]).await;
    fake.state().removed_after_add = vec!["m"];
    let change = fake.client.add_members(GROUP, ["a", "x"]).await.unwrap();
    assert_eq!(change.unconfirmed, ["x"]);
}

#[tokio::test]
async fn a_member_that_a_replica_shows_late_is_added() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a", "b"], &["a"]).await;
        fake.state().stale_exports = 1;
        let change = fake.client.add_members(GROUP, ["b"]).await.unwrap();
        assert_eq!(change.added, ["b"]);
        assert_eq!(fake.sent().await, ["export", "add", "export", "export"]);
    }
}

#[tokio::test]
async fn a_member_that_a_replica_does_not_show_is_unconfirmed() {
    let fake = Fake::of(NEW, &["a", "b"], &["a"]).await;
    fake.state().stale_exports = 9;
    let change = fake.client.add_members(GROUP, ["b"]).await.unwrap();
    assert_eq!(change.unconfirmed, ["b"]);
}

#[tokio::test]
async fn a_removal_that_a_replica_shows_late_succeeds() {
    let server = Server::in_turn(
        NEW,
        vec![
            export(&["a"]),
            json(200, group(0)),
            export(&["a"]),
            export(&[""; 0]),
        ],
    )
    .await;
    let change = server.client().remove_members(GROUP, ["a"]).await;
    assert_eq!(change.unwrap().removed, ["a"]);
}

// Interrupted calls.

fn rejections() -> [ResponseTemplate; 5] {
    let limited = detail(429, "Too Many Requests").insert_header("retry-after", "0");
    let gateway = [502, 503, 504].map(|status| html(status, "<html></html>"));
    let [one, two, three] = gateway;
    let timed_out = json(200, group(1)).set_delay(Duration::from_millis(1500));
    [limited, one, two, three, timed_out]
}

#[tokio::test]
async fn a_change_of_members_goes_on_after_an_error_that_may_pass() {
    for version in [OLD, NEW] {
        for path in ["/export", "/add", "/remove"] {
            for rejection in rejections() {
                let fake = Fake::of(version, &["a", "b", "c"], &["a", "b"]).await;
                fake.state().rejecting = vec![(path, rejection)];
                let builder = fake.server.builder().timeout(Duration::from_millis(500));
                let client = builder.retry_policy(quick()).build().unwrap();
                let change = client.set_members(GROUP, ["b", "c"]).await.unwrap();
                assert_eq!(change.added, ["c"]);
                assert_eq!(change.removed, ["a"]);
                assert_eq!(fake.members(), set(&["b", "c"]));
            }
        }
    }
}

#[tokio::test]
async fn an_add_that_was_carried_out_although_it_failed_is_not_sent_again() {
    for version in [OLD, NEW] {
        let fake = Fake::of(version, &["a", "b"], &["a"]).await;
        fake.state().failing = Some(("/add", true));
        let client = fake.server.retrying_client();
        let error = client.add_members(GROUP, ["b"]).await.unwrap_err();
        // A 500 is not treated as temporary.
        assert_eq!(error.kind(), ErrorKind::Server);
        let change = client.add_members(GROUP, ["b"]).await.unwrap();
        assert_eq!(change.already_members, ["b"]);
        assert_eq!(fake.ids_sent("/add").await.len(), 1);
    }
}

#[tokio::test]
async fn a_change_of_members_ends_after_the_attempts_of_the_policy() {
    let fake = Fake::of(NEW, &["a"], &[]).await;
    fake.state().rejecting = vec![("/add", html(503, "")); 9];
    let client = fake.server.retrying_client();
    let error = client.add_members(GROUP, ["a"]).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert_eq!(error.membership_change().unwrap().failed, ["a"]);
    assert_eq!(fake.ids_sent("/add").await.len(), 3);
}

#[tokio::test]
async fn members_that_are_not_as_many_as_the_server_counts_are_read_again() {
    let cut = || {
        let mut whole = group(2);
        whole["user_ids"] = serde_json::json!(["a"]);
        json(200, whole)
    };
    let server = Server::in_turn(NEW, vec![cut(), export(&["a", "b"])]).await;
    let change = server.client().add_members(GROUP, ["b"]).await.unwrap();
    assert_eq!(change.already_members, ["b"]);
    let server = Server::responding(cut()).await;
    let error = server.client().set_members(GROUP, ["a"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(server.sent().await.len(), 2);
}

/// Real servers read the IDs and the count in two steps.
#[tokio::test]
async fn a_count_that_differs_because_other_clients_add_members_is_no_conflict() {
    let reads = AtomicUsize::new(0);
    let server = Server::of(NEW, move |line, _| {
        (line == at("GET", "/export")).then(|| {
            let read = reads.fetch_add(1, Ordering::SeqCst);
            let ids: Vec<_> = (0..=read).map(|number| format!("u{number}")).collect();
            let mut changing = group(ids.len() + 1);
            changing["user_ids"] = serde_json::json!(ids);
            json(200, changing)
        })
    })
    .await;
    let change = server.client().add_members(GROUP, ["u0"]).await.unwrap();
    assert_eq!(change.already_members, ["u0"]);
}

#[tokio::test]
async fn an_export_with_duplicates_is_not_whole() {
    let server = Server::of(NEW, |line, _| {
        (line == at("GET", "/export")).then(|| export(&["a", "a"]))
    })
    .await;
    let outcome = server.client().remove_members(GROUP, ["b"]).await;
    assert!(outcome.is_err(), "{outcome:?}");
}

#[tokio::test]
async fn set_members_looks_at_its_own_last_reading() {
    let reads = AtomicUsize::new(0);
    let server = Server::of(NEW, move |line, _| {
        if line == at("GET", "/export") {
            return Some(match reads.fetch_add(1, Ordering::SeqCst) {
                0 => export(&["a", "b", "c"]),
                _ => export(&["a"]),
            });
        }
        (line == at("POST", "/users/remove")).then(|| json(200, group(1)))
    })
    .await;
    let outcome = server.client().set_members(GROUP, ["a", "b"]).await;
    assert!(outcome.is_err(), "{outcome:?}");
}

#[tokio::test]
async fn unknown_over_two_requests_is_a_doubt() {
    let members = Arc::new(Mutex::new(Vec::<String>::new()));
    let server = Server::of(NEW, move |line, request| {
        let mut members = members.lock().unwrap();
        if line == at("GET", "/export") {
            return Some(export(&members));
        }
        if line != at("POST", "/users/add") {
            return None;
        }
        for id in ids_in(request) {
            if id == "x" || id == "y" {
                // Another client has just removed the other user.
                *members = vec![id];
            }
        }
        Some(json(200, group(members.len())))
    })
    .await;
    let mut ids: Vec<String> = (0..499).map(|n| format!("nobody-{n}")).collect();
    ids.insert(0, "x".to_owned());
    ids.push("y".to_owned());
    let change = server.client().add_members(GROUP, ids).await.unwrap();
    let lost = change.unknown.iter().any(|id| id == "x" || id == "y");
    assert!(
        !lost,
        "a user is reported as unknown, added {:?}",
        change.added
    );
}

#[tokio::test]
async fn the_error_names_those_who_were_added_by_another_request() {
    let members = Arc::new(Mutex::new(Vec::<String>::new()));
    let shared = Arc::clone(&members);
    let server = Server::of(NEW, move |line, request| {
        let mut members = shared.lock().unwrap();
        if line == at("GET", "/export") {
            return Some(export(&members));
        }
        if line != at("POST", "/users/add") {
            return None;
        }
        let ids = ids_in(request);
        if ids.len() < 500 {
            return Some(detail(400, "[ERROR: Error adding users to group]"));
        }
        members.extend(ids);
        Some(json(200, group(members.len())))
    })
    .await;
    let ids: Vec<String> = (0..501).map(|n| format!("u{n}")).collect();
    let error = server.client().add_members(GROUP, ids).await.unwrap_err();
    assert_eq!(members.lock().unwrap().len(), 500);
    let change = error.membership_change().unwrap();
    assert_eq!((change.added.len(), change.failed.len()), (500, 1));
}

#[tokio::test]
async fn a_member_whose_id_is_written_differently_is_not_removed() {
    let mut removed = Vec::new();
    for written in ["ID-B", "Id-b"] {
        let members = Arc::new(Mutex::new(vec!["id-a".to_owned(), "id-b".to_owned()]));
        let shared = Arc::clone(&members);
        let server = Server::of(NEW, move |line, request| {
            let mut members = shared.lock().unwrap();
            if line == at("GET", "/export") {
                return Some(export(&members));
            }
            if line == at("POST", "/users/remove") {
                let ids = ids_in(request);
                members.retain(|id| !ids.contains(id));
            }
            line.starts_with("POST ")
                .then(|| json(200, group(members.len())))
        })
        .await;
        let client = server.client();
        let _ = client
            .set_members(GROUP, ["id-a", written])
            .ignore_unknown()
            .await;
        if members.lock().unwrap().len() < 2 {
            removed.push(written);
        }
    }
    assert!(removed.is_empty(), "{removed:?}");
}

#[tokio::test]
async fn an_id_in_another_case_is_not_taken_for_no_member() {
    let server = Server::of(NEW, |line, _| {
        (line == at("GET", "/export")).then(|| export(&["5be5e52a-cc60-4307-a9a5-000000000001"]))
    })
    .await;
    let outcome = server
        .client()
        .remove_members(GROUP, ["5BE5E52A-CC60-4307-A9A5-000000000001"])
        .await;
    assert!(outcome.is_err(), "{outcome:?}");
}

// Any combination of users.

#[derive(Clone, Debug)]
struct Case {
    old: bool,
    known: Vec<&'static str>,
    members: Vec<&'static str>,
    requested: Vec<&'static str>,
}

/// Users a to f in any order, any of them members; x and y are unknown; IDs may be repeated.
fn cases() -> impl Strategy<Value = Case> {
    let users = ["a", "b", "c", "d", "e", "f"];
    let anybody = prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "x", "y"]);
    (
        any::<bool>(),
        Just(users.to_vec()).prop_shuffle(),
        subsequence(users.to_vec(), 0..=6).prop_shuffle(),
        prop::collection::vec(anybody, 0..12),
    )
        .prop_map(|(old, known, members, requested)| Case {
            old,
            known,
            members,
            requested,
        })
}

/// Runs all cases on the same two servers.
fn for_all(check: impl AsyncFn(&Fake, &Case) -> Result<(), TestCaseError>) {
    let runtime = Runtime::new().unwrap();
    let (old, new) =
        runtime.block_on(async { (Fake::of(OLD, &[], &[]).await, Fake::of(NEW, &[], &[]).await) });
    let config = ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..Default::default()
    };
    proptest!(config, |(case in cases())| {
        let fake = if case.old { &old } else { &new };
        let owned = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        (fake.state().known, fake.state().members) = (owned(&case.known), owned(&case.members));
        runtime.block_on(check(fake, &case))?;
    });
}

/// Checks that each ID of the request is in exactly one of the lists, once.
fn check_partition(lists: &[&[String]], case: &Case) -> Result<(), TestCaseError> {
    let listed: Vec<String> = lists.concat();
    prop_assert_eq!(listed.len(), set(&case.requested).len());
    prop_assert_eq!(
        listed.into_iter().collect::<BTreeSet<_>>(),
        set(&case.requested)
    );
    Ok(())
}

/// The IDs of the request that the server knows.
fn valid(case: &Case) -> BTreeSet<String> {
    let known = set(&case.known);
    set(&case.requested).intersection(&known).cloned().collect()
}

#[test]
fn after_any_add_the_members_are_those_before_and_those_who_exist() {
    for_all(async |fake, case| {
        let change = fake
            .client
            .add_members(GROUP, case.requested.clone())
            .await
            .unwrap();
        let expected = &set(&case.members) | &valid(case);
        prop_assert_eq!(fake.members(), expected);
        check_partition(
            &[&change.added, &change.already_members, &change.unknown],
            case,
        )
    });
}

#[test]
fn after_any_removal_the_members_are_those_before_without_the_removed() {
    for_all(async |fake, case| {
        let change = fake
            .client
            .remove_members(GROUP, case.requested.clone())
            .await
            .unwrap();
        let expected = &set(&case.members) - &set(&case.requested);
        prop_assert_eq!(fake.members(), expected);
        check_partition(&[&change.removed, &change.not_members], case)
    });
}

#[test]
fn after_any_setting_the_members_are_those_asked_for_who_exist() {
    for_all(async |fake, case| {
        let outcome = fake.client.set_members(GROUP, case.requested.clone()).await;
        if valid(case) != set(&case.requested) {
            // A list with IDs that the server does not know may be a mistake.
            let error = outcome.unwrap_err();
            prop_assert_eq!(error.kind(), ErrorKind::PartiallyApplied);
            prop_assert_eq!(fake.members(), &set(&case.members) | &valid(case));
            let change = error.membership_change().unwrap();
            return check_partition(
                &[&change.added, &change.already_members, &change.unknown],
                case,
            );
        }
        let change = outcome.unwrap();
        prop_assert_eq!(fake.members(), valid(case));
        let removed = change.removed.iter().cloned().collect::<BTreeSet<_>>();
        prop_assert_eq!(removed, &set(&case.members) - &set(&case.requested));
        check_partition(
            &[&change.added, &change.already_members, &change.unknown],
            case,
        )
    });
}

/// Changes by other clients and replicas during a call.
#[derive(Clone, Debug)]
struct Disturbance {
    added: Vec<Vec<&'static str>>,
    removed_after_add: Vec<&'static str>,
    stale_exports: usize,
    unavailable: usize,
}

fn disturbances() -> impl Strategy<Value = Disturbance> {
    let users = vec!["a", "b", "c", "d", "e", "f"];
    let some = || subsequence(users.clone(), 0..=2);
    (
        prop::collection::vec(some(), 0..3),
        some(),
        0..3_usize,
        0..3_usize,
    )
        .prop_map(
            |(added, removed_after_add, stale_exports, unavailable)| Disturbance {
                added,
                removed_after_add,
                stale_exports,
                unavailable,
            },
        )
}

/// Whatever happens during the call, only users whom another client removes are lost, and no ID of
/// a user is reported as unknown.
#[test]
fn no_disturbance_of_an_add_loses_a_member_or_makes_a_user_unknown() {
    let runtime = Runtime::new().unwrap();
    let config = ProptestConfig {
        cases: 192,
        failure_persistence: None,
        ..Default::default()
    };
    proptest!(config, |(case in cases(), disturbance in disturbances())| {
        let check = async {
            let version = if case.old { OLD } else { NEW };
            let fake = Fake::of(version, &case.known, &case.members).await;
            {
                let mut state = fake.state();
                let added = &disturbance.added;
                // Another client adds each user once.
                let mut seen = HashSet::new();
                state.concurrent_changes = added
                    .iter()
                    .map(|users| {
                        let is_new = |user: &&str| {
                            !case.members.contains(user) && seen.insert((*user).to_owned())
                        };
                        users.iter().copied().filter(is_new).collect()
                    })
                    .collect();
                state.removed_after_add = disturbance.removed_after_add.clone();
                state.stale_exports = disturbance.stale_exports;
                state.rejecting = vec![("/add", html(503, "")); disturbance.unavailable];
            }
            let client = fake.server.retrying_client();
            let outcome = client.add_members(GROUP, case.requested.clone()).await;
            let removed = set(&disturbance.removed_after_add);
            let kept = &set(&case.members) - &removed;
            prop_assert!(kept.is_subset(&fake.members()), "{:?}", fake.members());
            let change = match &outcome {
                Ok(change) => change,
                Err(error) => error.membership_change().unwrap(),
            };
            for user in &change.unknown {
                prop_assert!(!case.known.contains(&user.as_str()), "{user} is known");
            }
            for user in &change.added {
                let is_member = fake.members().contains(user) || removed.contains(user);
                prop_assert!(is_member, "{user} is no member");
            }
            check_partition(
                &[
                    &change.added,
                    &change.already_members,
                    &change.unknown,
                    &change.unconfirmed,
                    &change.failed,
                ],
                &case,
            )
        };
        runtime.block_on(check)?;
    });
}

#[tokio::test]
async fn a_failed_add_reports_the_members_that_were_to_be_removed() {
    let fake = Fake::of(NEW, &["a", "b", "c", "d"], &["a", "b"]).await;
    fake.state().rejecting = vec![("add", detail(500, "no"))];
    let error = fake
        .client
        .set_members(GROUP, ["b", "c"])
        .await
        .unwrap_err();
    let change = error.membership_change().unwrap();
    assert_eq!(change.failed, ["c", "a"]);
    assert_eq!(change.already_members, ["b"]);
}
