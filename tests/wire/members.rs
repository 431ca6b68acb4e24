//! Listing members: pages, streams, and old servers that support neither.

use std::{
    collections::BTreeSet,
    pin::pin,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::{StreamExt, TryStreamExt};
use owui_groups::{
    ErrorKind,
    types::{Member, Membership, MembershipType},
};
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use crate::{
    groups::{GROUP, at, member, not_found, old_group, old_not_found, user},
    server::{NEW, OLD, Server, crash, json as answer},
};

/// The IDs of the members, in the server's order.
type List = Arc<Mutex<Vec<String>>>;

pub(crate) fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("m{number:03}")).collect()
}

pub(crate) fn page_number(request: &Request) -> usize {
    let mut query = request.url.query_pairs();
    query
        .find(|(name, _)| name == "page")
        .map_or(1, |(_, value)| value.parse().unwrap())
}

/// The server's response for a page of the list.
fn page_of(list: &[String], number: usize) -> ResponseTemplate {
    let items: Vec<Value> = list
        .iter()
        .skip((number - 1) * 30)
        .take(30)
        .map(|id| member(id, id))
        .collect();
    let total = list.len();
    let counts = json!({"direct": total, "effective": total, "inherited": 0});
    answer(
        200,
        json!({"items": items, "total": total, "counts": counts}),
    )
}

/// A new server with this list, which `change_concurrently` may change before each page is created.
async fn server_with<F>(list: Vec<String>, change_concurrently: F) -> (Server, List)
where
    F: Fn(&mut Vec<String>, usize) + Send + Sync + 'static,
{
    let list = Arc::new(Mutex::new(list));
    let shared = Arc::clone(&list);
    let server = Server::of(NEW, move |line, request| {
        (line == at("GET", "/members")).then(|| {
            let mut list = shared.lock().unwrap();
            let number = page_number(request);
            change_concurrently(&mut list, number);
            page_of(&list, number)
        })
    })
    .await;
    (server, list)
}

async fn still(count: usize) -> Server {
    server_with(ids(0..count), |_, _| ()).await.0
}

/// Whether this page is requested for the first time.
fn once(page: usize) -> impl Fn(usize) -> bool {
    let done = Mutex::new(false);
    move |number| number == page && !std::mem::replace(&mut done.lock().unwrap(), true)
}

async fn streamed(server: &Server) -> Vec<String> {
    let members: Vec<Member> = server
        .client()
        .members(GROUP)
        .stream()
        .try_collect()
        .await
        .unwrap();
    members.into_iter().map(|member| member.id).collect()
}

/// The numbers of the requested pages.
pub(crate) async fn pages(server: &Server) -> Vec<usize> {
    let requests = server.requests().await;
    let pages = requests
        .iter()
        .filter(|request| request.url.path().ends_with("/members"));
    pages.map(page_number).collect()
}

#[track_caller]
pub(crate) fn assert_each_once(streamed: &[String], expected: &[String]) {
    let set: BTreeSet<_> = streamed.iter().collect();
    assert_eq!(set.len(), streamed.len(), "somebody came twice");
    assert_eq!(set, expected.iter().collect(), "somebody is missing");
}

// Pages.

#[tokio::test]
async fn a_page_has_up_to_30_members_and_the_counts() {
    let server = still(65).await;
    let client = server.client();
    let listing = client.members(GROUP);
    let page = listing.page(3).await.unwrap();
    assert_eq!(page.items.len(), 5);
    assert_eq!((page.total, page.counts.direct), (65, 65));
    assert_eq!(page.items[0].membership_type, MembershipType::Direct);
    assert!(listing.page(4).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn page_0_is_rejected_before_anything_is_sent() {
    let server = still(1).await;
    let error = server.client().members(GROUP).page(0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(server.sent().await, [""; 0]);
}

/// Servers compute the position of the first member as a signed 64-bit integer.
#[tokio::test]
async fn a_page_beyond_the_servers_integers_is_rejected_before_anything_is_sent() {
    let server = still(45).await;
    let client = server.client();
    let last = u64::try_from(i64::MAX).unwrap() / 30;
    for page in [last + 1, u64::MAX] {
        let error = client.members(GROUP).page(page).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(&page.to_string()), "{error}");
    }
    assert_eq!(server.sent().await.len(), 0);
    let page = client.members(GROUP).page(last).await.unwrap();
    assert_eq!((page.items.len(), page.total), (0, 45));
}

#[tokio::test]
async fn what_is_asked_for_is_in_the_query() {
    let server = still(1).await;
    let client = server.client();
    client.members(GROUP).page(2).await.unwrap();
    client.members(GROUP).inherited().page(1).await.unwrap();
    client
        .members(GROUP)
        .membership(Membership::Effective)
        .search("a&b=ü %")
        .page(1)
        .await
        .unwrap();
    let requests = server.requests().await;
    let query = |index: usize| -> BTreeSet<String> {
        let pairs = requests[index].url.query_pairs();
        pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    };
    let set = |pairs: &[&str]| {
        pairs
            .iter()
            .map(|&pair| pair.to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(query(1), set(&["membership=direct", "page=2"]));
    assert_eq!(query(2), set(&["membership=inherited", "page=1"]));
    assert_eq!(
        query(3),
        set(&["membership=effective", "page=1", "query=a&b=ü %"])
    );
}

#[tokio::test]
async fn members_of_a_missing_group_are_not_found() {
    let server = Server::of(NEW, |line, _| {
        (line == at("GET", "/members")).then(crate::groups::no_group)
    })
    .await;
    assert!(
        server
            .client()
            .members(GROUP)
            .page(1)
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        server
            .client()
            .members(GROUP)
            .await
            .unwrap_err()
            .is_not_found()
    );
}

// Streams.

#[tokio::test]
async fn a_stream_has_all_members_in_the_servers_order() {
    let server = still(301).await;
    assert_eq!(streamed(&server).await, ids(0..301));
}

#[tokio::test]
async fn a_stream_keeps_the_order_when_later_pages_come_first() {
    let server = Server::of(NEW, |line, request| {
        let number = page_number(request);
        let delay = Duration::from_millis(if number.is_multiple_of(2) { 60 } else { 0 });
        (line == at("GET", "/members")).then(|| page_of(&ids(0..130), number).set_delay(delay))
    })
    .await;
    assert_eq!(streamed(&server).await, ids(0..130));
}

#[tokio::test]
async fn every_page_is_asked_for_once_when_nothing_changes() {
    let server = still(90).await;
    streamed(&server).await;
    let mut pages = pages(&server).await;
    pages.sort_unstable();
    assert_eq!(pages, [1, 2, 3]);
}

#[tokio::test]
async fn a_group_without_members_is_one_page() {
    let server = still(0).await;
    assert_eq!(streamed(&server).await, [""; 0]);
    assert_eq!(pages(&server).await, [1]);
}

#[tokio::test]
async fn a_stream_asks_for_no_page_before_it_is_needed() {
    let server = still(301).await;
    let client = server.client();
    let few: Vec<_> = client
        .members(GROUP)
        .stream()
        .take(30)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(few.len(), 30);
    assert_eq!(pages(&server).await, [1]);
}

#[tokio::test]
async fn fast_consumer_has_up_to_4_pages_under_way() {
    const TAKES: Duration = Duration::from_millis(100);
    let arrivals = Arc::new(Mutex::new(Vec::<Instant>::new()));
    let record = Arc::clone(&arrivals);
    let server = Server::of(NEW, move |line, request| {
        (line == at("GET", "/members")).then(|| {
            record.lock().unwrap().push(Instant::now());
            page_of(&ids(0..301), page_number(request)).set_delay(TAKES)
        })
    })
    .await;
    assert_eq!(streamed(&server).await.len(), 301);
    let arrivals = arrivals.lock().unwrap();
    // Requests that arrived within this time have no response yet.
    let under_way = |now: &Instant| {
        let recent = |then: &&Instant| **then <= *now && now.duration_since(**then) < TAKES;
        arrivals.iter().filter(recent).count()
    };
    let most = arrivals.iter().map(under_way).max().unwrap();
    assert!((3..=4).contains(&most), "{most} at a time");
}

#[tokio::test]
async fn nobody_is_missed_when_the_list_shrinks_between_pages() {
    let shrink = once(2);
    let (server, list) = server_with(ids(0..100), move |list, number| {
        if shrink(number) {
            list.drain(0..10);
        }
    })
    .await;
    let streamed = streamed(&server).await;
    let left = list.lock().unwrap().clone();
    assert_eq!(left, ids(10..100));
    // The first page was read before these members left.
    assert_each_once(&streamed, &ids(0..100));
}

#[tokio::test]
async fn nobody_is_missed_when_the_list_shrinks_by_whole_pages() {
    let shrink = once(2);
    let (server, _) = server_with(ids(0..125), move |list, number| {
        if shrink(number) {
            list.drain(0..70);
        }
    })
    .await;
    let streamed = streamed(&server).await;
    for id in ids(70..125) {
        assert!(streamed.contains(&id), "{id} is missing");
    }
    assert_eq!(
        streamed.iter().collect::<BTreeSet<_>>().len(),
        streamed.len()
    );
}

#[tokio::test]
async fn nobody_is_missed_when_one_comes_and_another_goes_so_that_the_number_stays() {
    let swap = once(2);
    let (server, _) = server_with(ids(10..100), move |list, number| {
        if swap(number) {
            list.insert(0, "m000".to_owned());
            list.pop();
        }
    })
    .await;
    let streamed = streamed(&server).await;
    for id in ids(10..99) {
        assert!(streamed.contains(&id), "{id} is missing");
    }
    assert!(streamed.contains(&"m000".to_owned()), "who came is missing");
}

#[tokio::test]
async fn nobody_is_missed_and_nobody_comes_twice_when_the_list_grows_at_its_beginning() {
    let grow = once(2);
    let (server, list) = server_with(ids(10..100), move |list, number| {
        if grow(number) {
            list.splice(0..0, ids(0..10));
        }
    })
    .await;
    let streamed = streamed(&server).await;
    assert_each_once(&streamed, &list.lock().unwrap().clone());
}

#[tokio::test]
async fn nobody_is_missed_when_the_list_grows_at_its_end_while_the_last_page_is_read() {
    let grow = once(2);
    let (server, _) = server_with(ids(0..60), move |list, number| {
        if grow(number) {
            list.extend(ids(60..125));
        }
    })
    .await;
    assert_each_once(&streamed(&server).await, &ids(0..125));
}

#[tokio::test]
async fn a_list_that_never_stands_still_is_a_conflict_after_three_passes() {
    let next = Mutex::new(900..999);
    let (server, _) = server_with(ids(0..60), move |list, _| {
        let number = next.lock().unwrap().next().unwrap();
        list.push(format!("m{number:03}"));
    })
    .await;
    let client = server.client();
    let streamed: Vec<_> = client.members(GROUP).stream().collect().await;
    let (members, errors): (Vec<_>, Vec<_>) = streamed.into_iter().partition(Result::is_ok);
    let ids: BTreeSet<_> = members.iter().flatten().map(|member| &member.id).collect();
    assert_eq!(ids.len(), members.len());
    assert!(matches!(errors.as_slice(), [Err(error)] if error.is_conflict()));
    let first_pages = pages(&server).await.into_iter().filter(|page| *page == 1);
    assert_eq!(first_pages.count(), 3);
}

#[tokio::test]
async fn an_error_ends_the_stream_after_what_came_before() {
    let server = Server::of(NEW, |line, request| {
        (line == at("GET", "/members")).then(|| match page_number(request) {
            3 => crash(),
            number => page_of(&ids(0..200), number),
        })
    })
    .await;
    let client = server.client();
    let mut stream = pin!(client.members(GROUP).stream());
    let mut before = 0;
    let error = loop {
        match stream.next().await.expect("an error before the end") {
            Ok(_) => before += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(before, 60);
    assert!(stream.next().await.is_none());
}

// Servers before 0.12.

/// An old server whose group has these users, given by ID and name.
async fn old(users: Vec<(&'static str, &'static str)>) -> Server {
    Server::of(OLD, move |line, _| {
        let users: Vec<Value> = users.iter().map(|(id, name)| user(id, name)).collect();
        Some(match line {
            _ if line == at("GET", "") => answer(200, old_group(users.len())),
            _ if line == at("POST", "/users") => answer(200, json!(users)),
            _ => return None,
        })
    })
    .await
}

#[tokio::test]
async fn direct_members_of_an_old_server_are_its_users_by_name() {
    let server = old(vec![("3", "Cid"), ("1", "Bob"), ("2", "Ann"), ("0", "Bob")]).await;
    let client = server.client();
    let members = client.members(GROUP).await.unwrap();
    let ids: Vec<_> = members.iter().map(|member| member.id.as_str()).collect();
    assert_eq!(ids, ["2", "0", "1", "3"]);
    assert!(
        members
            .iter()
            .all(|member| member.membership_type == MembershipType::Direct)
    );
    // The last request checks that the group exists, because an old server still lists the members
    // of a deleted group.
    assert_eq!(
        server.sent().await,
        [
            "GET /api/version".to_owned(),
            at("POST", "/users"),
            at("GET", "")
        ]
    );
}

#[tokio::test]
async fn pages_of_an_old_server_are_cut_from_its_users() {
    let server = Server::of(OLD, |line, _| {
        let users: Vec<Value> = ids(0..65).iter().map(|id| user(id, id)).collect();
        match line {
            line if line == at("POST", "/users") => Some(answer(200, json!(users))),
            line if line == at("GET", "") => Some(answer(200, old_group(65))),
            _ => None,
        }
    })
    .await;
    let page = server.client().members(GROUP).page(3).await.unwrap();
    let items: Vec<_> = page.items.into_iter().map(|member| member.id).collect();
    assert_eq!(items, ids(60..65));
    assert_eq!(
        (page.total, page.counts.direct, page.counts.inherited),
        (65, 65, 0)
    );
}

#[tokio::test]
async fn matching_on_an_old_server_is_by_name_or_address_whatever_the_case() {
    let server = old(vec![("ann.smith", "X"), ("2", "HANNAH"), ("3", "Bob")]).await;
    let client = server.client();
    let page = client.members(GROUP).search("Ann").page(1).await.unwrap();
    let ids: Vec<_> = page.items.iter().map(|member| member.id.as_str()).collect();
    assert_eq!(ids, ["2", "ann.smith"]);
    assert_eq!((page.total, page.counts.direct), (2, 3));
}

#[tokio::test]
async fn members_of_a_missing_group_are_not_found_on_an_old_server() {
    let server = Server::of(OLD, |line, _| {
        Some(match line {
            _ if line == at("GET", "") => old_not_found(),
            _ if line == at("POST", "/users") => answer(200, json!([])),
            _ => return None,
        })
    })
    .await;
    assert!(
        server
            .client()
            .members(GROUP)
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn inherited_members_are_missing_from_an_old_server_in_a_stream_too() {
    let server = old(vec![("1", "Ann")]).await;
    let error = server
        .client()
        .members(GROUP)
        .inherited()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);
    assert_eq!(server.sent().await, ["GET /api/version"]);
}

#[tokio::test]
async fn a_page_that_is_not_found_on_a_new_server_is_not_a_missing_endpoint() {
    let server = Server::of(NEW, |line, _| {
        (line == at("GET", "/members")).then(not_found)
    })
    .await;
    assert!(
        server
            .client()
            .members(GROUP)
            .effective()
            .await
            .unwrap_err()
            .is_not_found()
    );
}
