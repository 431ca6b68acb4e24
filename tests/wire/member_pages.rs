//! Pages of members of any size, inconsistent pages, and endless lists.

use std::{collections::BTreeSet, pin::pin, sync::Mutex, time::Duration};

use futures_util::{FutureExt, StreamExt, TryStreamExt};
use owui_groups::{Error, ErrorKind, Operation, types::Member};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use wiremock::ResponseTemplate;

use crate::{
    groups::{GROUP, at, group, member},
    members::{assert_each_once, ids, page_number, pages},
    server::{NEW, Server, json as answer},
};

/// A request for a page.
struct Asked {
    /// The number of the page.
    number: usize,
    /// The number of requests for the first page, including this one.
    pass: usize,
    /// The number of pages requested before.
    before: usize,
}

/// The members and the total of a page.
type Page = (Vec<String>, Value);

/// A server of the newest version with these pages.
async fn serving<F>(page: F) -> Server
where
    F: Fn(Asked) -> Page + Send + Sync + 'static,
{
    slowly(Duration::ZERO, page).await
}

/// Like [`serving`], with a pause before each page.
async fn slowly<F>(pause: Duration, page: F) -> Server
where
    F: Fn(Asked) -> Page + Send + Sync + 'static,
{
    let count = Mutex::new((0, 0));
    Server::of(NEW, move |line, request| {
        if line == at("GET", "") {
            return Some(answer(200, group(0)));
        }
        (line == at("GET", "/members")).then(|| {
            let number = page_number(request);
            let mut count = count.lock().unwrap();
            count.0 += usize::from(number == 1);
            let (pass, before) = *count;
            count.1 += 1;
            let asked = Asked {
                number,
                pass,
                before,
            };
            response(page(asked)).set_delay(pause)
        })
    })
    .await
}

fn response((ids, total): Page) -> ResponseTemplate {
    let items: Vec<Value> = ids.iter().map(|id| member(id, id)).collect();
    let counts = json!({"direct": 0, "effective": 0, "inherited": 0});
    answer(
        200,
        json!({"items": items, "total": total, "counts": counts}),
    )
}

/// A page of a list that is cut into pages of this size.
fn cut(list: &[String], size: usize, number: usize) -> Vec<String> {
    let rest = list.iter().skip((number - 1) * size);
    rest.take(size).cloned().collect()
}

/// Members that are on no other page.
fn unique(before: usize) -> Vec<String> {
    (0..30).map(|item| format!("{before}-{item}")).collect()
}

/// The members that a stream yields, and its error.
async fn read(server: &Server) -> (Vec<String>, Option<Error>) {
    let client = server.client();
    let members = client.members(GROUP).stream().collect::<Vec<_>>();
    let Ok(members) = timeout(Duration::from_secs(10), members).await else {
        let requests = pages(server).await.len();
        panic!("still reading after {requests} requests");
    };
    let (members, mut errors): (Vec<_>, Vec<_>) = members.into_iter().partition(Result::is_ok);
    assert!(errors.len() <= 1);
    let error = errors.pop().and_then(Result::err);
    let ids = members.into_iter().map(|member| member.unwrap().id);
    (ids.collect(), error)
}

async fn complete(server: &Server) -> Vec<String> {
    let (ids, error) = read(server).await;
    assert!(error.is_none(), "{error:?} after {} members", ids.len());
    ids
}

/// Checks that the list ends in a conflict after at most this many requests.
#[track_caller]
fn assert_conflict(requests: usize, outcome: &(Vec<String>, Option<Error>), most: usize) {
    let (ids, error) = outcome;
    let Some(error) = error else {
        panic!("no error after {} members", ids.len());
    };
    assert!(error.is_conflict(), "{error:?}");
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "somebody came twice");
    assert!(requests <= most, "{requests} requests");
}

async fn conflicts<F>(most: usize, page: F)
where
    F: Fn(Asked) -> Page + Send + Sync + 'static,
{
    let server = serving(page).await;
    let outcome = read(&server).await;
    assert_conflict(pages(&server).await.len(), &outcome, most);
}

// The size of a page.

#[tokio::test]
async fn pages_may_have_any_size() {
    for size in [1, 7, 20, 29, 30, 31, 50, 89, 90, 100] {
        let server = serving(move |asked| (cut(&ids(0..90), size, asked.number), json!(90))).await;
        assert_eq!(complete(&server).await, ids(0..90), "pages of {size}");
        let mut pages = pages(&server).await;
        pages.sort_unstable();
        let all: Vec<_> = (1..=90_usize.div_ceil(size)).collect();
        assert_eq!(pages, all, "pages of {size}");
    }
}

#[tokio::test]
async fn members_at_once_are_complete_whatever_the_size_of_a_page() {
    let server = serving(|asked| (cut(&ids(0..90), 20, asked.number), json!(90))).await;
    let members = server.client().members(GROUP).await.unwrap();
    assert_eq!(members.len(), 90);
}

#[tokio::test]
async fn one_page_has_the_size_that_the_server_gives_it() {
    let server = serving(|asked| (cut(&ids(0..90), 50, asked.number), json!(90))).await;
    let client = server.client();
    let page = client.members(GROUP).page(1).await.unwrap();
    assert_eq!((page.items.len(), page.total), (50, 90));
}

/// The page size may change if the server is updated while its members are read.
#[tokio::test]
async fn the_size_of_a_page_may_change_while_the_members_are_read() {
    for (first, later) in [(30, 20), (20, 30), (30, 50), (50, 7), (7, 50)] {
        let server = serving(move |asked| {
            let size = if asked.before == 0 { first } else { later };
            (cut(&ids(0..90), size, asked.number), json!(90))
        })
        .await;
        assert_each_once(&complete(&server).await, &ids(0..90));
    }
}

// Pages that are inconsistent in the first read only.

#[tokio::test]
async fn a_list_that_was_cut_once_is_read_again_and_complete() {
    let broken: [fn(&mut Page, usize); 6] = [
        |page, number| page.0.truncate(if number == 2 { 29 } else { 30 }),
        |page, number| page.0.truncate(if number == 2 { 0 } else { 30 }),
        |page, number| page.0.truncate(if number == 1 { 0 } else { 30 }),
        |page, number| {
            if number == 2 {
                page.0 = ids(0..30);
            }
        },
        |page, number| {
            if number == 3 {
                page.0[0] = "m000".to_owned();
            }
        },
        |page, number| page.1 = json!(if number == 2 { 91 } else { 90 }),
    ];
    for (index, broken) in broken.into_iter().enumerate() {
        let server = serving(move |asked| {
            let mut page = (cut(&ids(0..90), 30, asked.number), json!(90));
            if asked.pass == 1 {
                broken(&mut page, asked.number);
            }
            page
        })
        .await;
        let (read, error) = read(&server).await;
        assert!(error.is_none(), "{index}: {error:?}");
        assert_each_once(&read, &ids(0..90));
        assert_eq!(
            pages(&server)
                .await
                .iter()
                .filter(|page| **page == 1)
                .count(),
            2,
            "{index}"
        );
    }
}

// Pages that are inconsistent in every read.

#[tokio::test]
async fn a_page_that_lacks_a_member_is_a_conflict() {
    for number in 1..=3 {
        conflicts(15, move |asked| {
            let mut page = cut(&ids(0..90), 30, asked.number);
            if asked.number == number {
                page.pop();
            }
            (page, json!(90))
        })
        .await;
    }
}

#[tokio::test]
async fn an_empty_page_before_the_end_is_a_conflict() {
    for number in 1..=3 {
        conflicts(9, move |asked| {
            let page = cut(&ids(0..90), 30, asked.number);
            let empty = asked.number == number;
            (if empty { Vec::new() } else { page }, json!(90))
        })
        .await;
    }
}

#[tokio::test]
async fn a_member_in_the_place_of_another_one_is_a_conflict() {
    conflicts(9, |asked| {
        let mut page = cut(&ids(0..90), 30, asked.number);
        page[29] = "m000".to_owned();
        (page, json!(90))
    })
    .await;
}

#[tokio::test]
async fn a_total_above_the_number_of_members_is_a_conflict() {
    for total in [31, 60, 61, 10_000, 999_999] {
        conflicts(15, move |asked| {
            (cut(&ids(0..30), 30, asked.number), json!(total))
        })
        .await;
    }
}

#[tokio::test]
async fn a_total_below_the_number_of_members_is_a_conflict() {
    for total in [0, 1, 29, 89] {
        conflicts(9, move |asked| {
            (cut(&ids(0..90), 30, asked.number), json!(total))
        })
        .await;
    }
}

#[tokio::test]
async fn totals_that_differ_from_page_to_page_are_a_conflict() {
    conflicts(9, |asked| {
        (cut(&ids(0..90), 30, asked.number), json!(89 + asked.number))
    })
    .await;
}

// Endless lists.

#[tokio::test]
async fn a_page_that_comes_again_and_again_ends_in_a_conflict() {
    for total in [31, 90, 10_000, 999_999, 1_000_001, u64::MAX - 1, u64::MAX] {
        conflicts(15, move |_| (ids(0..30), json!(total))).await;
    }
}

#[tokio::test]
async fn short_pages_that_come_again_and_again_end_in_a_conflict() {
    for total in [2, 30, u64::MAX] {
        conflicts(15, move |_| (ids(0..1), json!(total))).await;
    }
    conflicts(3, move |_| (Vec::new(), json!(u64::MAX))).await;
}

#[tokio::test]
async fn a_total_that_grows_with_each_page_ends_in_a_conflict() {
    conflicts(15, |asked| (ids(0..30), json!((asked.before + 2) * 30))).await;
    conflicts(40, |asked| {
        (unique(asked.before), json!((asked.before + 2) * 30))
    })
    .await;
    conflicts(40, |asked| {
        (unique(asked.before), json!((asked.number + 1) * 30))
    })
    .await;
    conflicts(15, |asked| {
        (ids(0..30), json!(u64::MAX - 1000 + asked.before as u64))
    })
    .await;
}

#[tokio::test]
async fn a_total_beyond_what_is_read_ends_in_a_conflict_after_the_first_page() {
    for total in [1_000_001, u64::MAX] {
        conflicts(3, move |asked| (unique(asked.before), json!(total))).await;
    }
}

#[tokio::test]
async fn total_that_is_not_a_count_ends_the_stream() {
    for total in [json!(29.5), json!(1e300), json!("90"), Value::Null] {
        let server = serving(move |_| (ids(0..30), total.clone())).await;
        let (_, error) = read(&server).await;
        assert_eq!(error.unwrap().kind(), ErrorKind::Decode);
        assert_eq!(pages(&server).await, [1]);
    }
}

#[tokio::test]
async fn no_more_than_4_pages_are_requested_beyond_those_that_arrived() {
    let server = serving(|asked| match asked.number {
        1..=10 => (cut(&ids(0..300), 30, asked.number), json!(999_999)),
        _ => (Vec::new(), json!(999_999)),
    })
    .await;
    let outcome = read(&server).await;
    assert_conflict(pages(&server).await.len(), &outcome, 3 * (10 + 4));
    assert!(pages(&server).await.into_iter().all(|page| page <= 14));
}

#[tokio::test]
async fn the_conflict_names_the_group_and_what_was_read() {
    let server = serving(|asked| (cut(&ids(0..90), 30, asked.number), json!(91))).await;
    let (_, error) = read(&server).await;
    let error = error.unwrap();
    assert_eq!(error.group_id(), Some(GROUP));
    assert!(error.to_string().contains("90 of 91"), "{error}");
}

// Deadlines.

#[tokio::test]
async fn all_pages_share_one_deadline() {
    let server = slowly(Duration::from_millis(100), |asked| {
        (unique(asked.before), json!(900_000))
    })
    .await;
    let builder = server.builder().deadline(Duration::from_millis(350));
    let client = builder.build().unwrap();
    let members = client.members(GROUP).into_future();
    let members = timeout(Duration::from_secs(10), members).await;
    let error = members.expect("no end").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(pages(&server).await.len() <= 20);
}

/// The time counts neither for the deadline nor for the timeouts of concurrent requests.
#[tokio::test]
async fn the_time_of_a_consumer_who_stops_in_the_middle_of_a_page_does_not_count() {
    let list: Vec<_> = (0..60).map(|number| format!("{number:02}")).collect();
    let server = slowly(Duration::from_millis(100), move |asked| {
        (cut(&list, 30, asked.number), json!(60))
    })
    .await;
    let builder = || server.builder().server_version("0.12.4".parse().unwrap());
    let clients = [
        builder().deadline(Duration::from_secs(1)),
        builder().total_timeout(Duration::from_millis(800)),
        builder().timeout(Duration::from_millis(800)),
    ];
    for builder in clients {
        let mut members = builder.build().unwrap().members(GROUP).stream();
        // Like a `select!` whose other branch is ready, and takes a long time.
        let stopped = timeout(Duration::from_millis(10), members.next()).await;
        assert!(stopped.is_err());
        sleep(Duration::from_millis(1500)).await;
        let members: Vec<Member> = members.try_collect().await.unwrap();
        assert_eq!(members.len(), 60);
    }
}

#[tokio::test]
async fn a_stream_is_over_after_its_error() {
    let server = serving(|asked| (unique(asked.before), json!(1_000_001))).await;
    let client = server.client();
    let mut members = client.members(GROUP).stream();
    let mut error = None;
    while let Some(member) = members.next().await {
        error = member.err();
    }
    assert!(error.unwrap().is_conflict());
    assert!(members.next().await.is_none());
    assert!(members.next().await.is_none());
}

#[tokio::test]
async fn two_pages_are_requested_while_a_slow_consumer_works_on_another() {
    let list: Vec<_> = (0..300).map(|number| format!("{number:03}")).collect();
    let server = serving(move |asked| (cut(&list, 30, asked.number), json!(300))).await;
    let client = server.client();
    // Opens the connections first, because they are opened while a stream is polled.
    assert_eq!(client.members(GROUP).await.unwrap().len(), 300);
    let before = pages(&server).await.len();
    let mut members = client.members(GROUP).stream();
    for page in 1..=6 {
        let _ = members.by_ref().take(30).collect::<Vec<_>>().await;
        // Pages that wait for the consumer do not block the next requests.
        sleep(Duration::from_millis(200)).await;
        assert_eq!(pages(&server).await.len(), before + page + 2);
    }
}

#[tokio::test]
async fn the_time_of_the_consumer_does_not_count() {
    let server = Server::of(NEW, |line, request| {
        let number = page_number(request);
        let pause = Duration::from_millis(number as u64 * 20);
        let page = (cut(&ids(0..180), 30, number), json!(180));
        (line == at("GET", "/members")).then(|| response(page).set_delay(pause))
    })
    .await;
    let builder = server.builder().timeout(Duration::from_millis(300));
    let builder = builder.total_timeout(Duration::from_millis(300));
    let client = builder.deadline(Duration::from_secs(1)).build().unwrap();
    let mut stream = pin!(client.members(GROUP).stream());
    let mut read = Vec::new();
    while let Some(member) = stream.try_next().await.unwrap() {
        read.push(member.id);
        if read.len().is_multiple_of(30) {
            sleep(Duration::from_millis(400)).await;
        }
    }
    assert_eq!(read, ids(0..180));
}

#[tokio::test]
async fn a_page_that_does_not_come_is_requested_as_often_as_the_policy_allows() {
    let server = Server::of(NEW, |line, request| {
        let number = page_number(request);
        let page = (cut(&ids(0..90), 30, number), json!(90));
        let pause = Duration::from_millis(if number == 3 { 1000 } else { 0 });
        (line == at("GET", "/members")).then(|| response(page).set_delay(pause))
    })
    .await;
    let builder = server.builder().timeout(Duration::from_millis(200));
    let client = builder.build().unwrap();
    let error = client.members(GROUP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(pages(&server).await.len(), 3);
}

// Dropped streams.

#[tokio::test]
async fn a_stream_that_is_dropped_leaves_the_client_usable() {
    let server = slowly(Duration::from_millis(5), |asked| {
        (cut(&ids(0..900), 30, asked.number), json!(900))
    })
    .await;
    let client = server.client();
    for millis in 0..25 {
        let members = client.members(GROUP).into_future();
        let _ = timeout(Duration::from_millis(millis), members).await;
        let mut stream = pin!(client.members(GROUP).stream());
        for _ in 0..millis {
            let _ = stream.next().now_or_never();
            sleep(Duration::from_micros(300)).await;
        }
    }
    client.get(GROUP).await.unwrap();
    let members: Vec<Member> = client.members(GROUP).await.unwrap();
    assert_eq!(members.len(), 900);
}

// Long IDs.

/// A stream retains the IDs, so their length must be limited.
#[tokio::test]
async fn an_id_of_more_than_256_bytes_ends_a_stream_with_an_error() {
    for length in [256, 257, 100_000] {
        let server = serving(move |asked| {
            let mut list = ids(0..90);
            list[45] = "x".repeat(length);
            (cut(&list, 30, asked.number), json!(90))
        })
        .await;
        let (ids, error) = read(&server).await;
        if length == 256 {
            assert!(error.is_none(), "{error:?}");
            assert_eq!(ids.len(), 90);
            continue;
        }
        let error = error.unwrap();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.operation(), Some(Operation::ListGroupMembers));
        assert_eq!(error.group_id(), Some(GROUP));
        assert!(error.to_string().len() < 200, "{error}");
        // The members of the previous page.
        assert_eq!(ids.len(), 30);
    }
}
