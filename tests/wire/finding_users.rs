//! Finding users by their email addresses: the requests and the results.

use std::sync::atomic::{AtomicUsize, Ordering};

use owui_groups::{ErrorKind, LookupOutcome, Operation, Result, UserLookup};
use owui_groups_mock::{EmulatedVersion, MockServer, NewUser, Role};
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use crate::{
    groups::user,
    server::{NEW, Server, detail, json as answer},
};

const SEARCH: &str = "GET /api/v1/users/search";
const ALL: &str = "GET /api/v1/users/all";
const DENIED: &str = "You do not have permission to access this resource. Please contact your \
                      administrator for assistance.";

fn with_email(id: &str, email: &str) -> Value {
    let mut user = user(id, "somebody");
    user["email"] = email.into();
    user
}

fn users(users: &[Value], total: u64) -> ResponseTemplate {
    answer(200, json!({"users": users, "total": total}))
}

/// A page of these users, all of which match, in the server's format.
fn page_of(found: &[Value], request: &Request) -> ResponseTemplate {
    let pages = found.chunks(30).nth(number(request) - 1);
    users(pages.unwrap_or_default(), found.len() as u64)
}

fn query(request: &Request, name: &str) -> String {
    let mut pairs = request.url.query_pairs();
    let found = pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()));
    found.unwrap_or_default()
}

fn number(request: &Request) -> usize {
    query(request, "page").parse().unwrap()
}

/// Users whose addresses contain the address of another user.
fn crowd(size: usize) -> Vec<Value> {
    let user = |n| with_email(&format!("crowd-{n:04}"), &format!("{n:04}ann@corp.example"));
    (0..size).map(user).collect()
}

/// The results: an ID, `-` for none, and several IDs for an ambiguous address.
fn ids(lookup: &UserLookup) -> Vec<String> {
    let outcomes = lookup.addresses.iter().map(|lookup| &lookup.outcome);
    outcomes
        .map(|outcome| match outcome {
            LookupOutcome::Found { user } => user.id.clone(),
            LookupOutcome::Unknown => "-".to_owned(),
            LookupOutcome::Ambiguous { user_ids } => user_ids.join(" "),
            _ => panic!("{outcome:?}"),
        })
        .collect()
}

async fn look_up(
    server: &Server,
    addresses: impl IntoIterator<Item: Into<String>>,
) -> Result<UserLookup> {
    server.client().find_users_by_email(addresses).await
}

async fn found(server: &Server, addresses: &[&str]) -> Vec<String> {
    let lookup = look_up(server, addresses.iter().copied());
    ids(&lookup.await.unwrap())
}

/// A server that returns these users for every search.
async fn finding(list: Vec<Value>) -> Server {
    Server::of(NEW, move |line, request| match line {
        SEARCH => Some(page_of(&list, request)),
        ALL => Some(users(&list, list.len() as u64)),
        _ => None,
    })
    .await
}

// Requests.

#[tokio::test]
async fn a_text_that_is_not_an_address_is_rejected_before_anything_is_sent() {
    let server = finding(Vec::new()).await;
    for wrong in [
        "",
        " \n",
        "Ann",
        "@corp.example",
        "ann@",
        "ann@corp .example",
        "ann\0@corp.example",
        "ann@corp.example\nbo@corp.example",
        "ann\u{200b}@corp.example",
    ] {
        let lookup = look_up(&server, ["bo@corp.example", wrong]);
        let error = lookup.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{wrong:?}");
        assert!(error.to_string().starts_with("address 2"), "{error}");
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn no_addresses_send_nothing_and_are_complete() {
    let server = finding(Vec::new()).await;
    let lookup = look_up(&server, [""; 0]).await.unwrap();
    assert!(lookup.is_complete());
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn each_address_is_searched_for_once() {
    let server = finding(vec![with_email("ann", "ann@corp.example")]).await;
    let addresses = ["ann@corp.example", " ANN@corp.example", "bo@corp.example"];
    assert_eq!(found(&server, &addresses).await, ["ann", "ann", "-"]);
    assert_eq!(server.sent().await, [SEARCH; 2]);
}

#[tokio::test]
async fn a_search_has_an_order_and_no_wildcard_of_the_address() {
    let server = finding(Vec::new()).await;
    found(&server, &["Änn_100%\\+'\"@Corp.example"]).await;
    let request = &server.requests().await[0];
    let sent = ["query", "order_by", "direction", "page"].map(|name| query(request, name));
    assert_eq!(
        sent,
        ["_nn_100__+'\"@corp.example", "email", "asc", "1"].map(str::to_owned)
    );
}

// Results.

#[tokio::test]
async fn only_the_whole_address_matches() {
    let server = finding(vec![
        with_email("longer", "ann@corp.example.net"),
        with_email("before", "joann@corp.example"),
        with_email("wildcard", "a_n@corp.example"),
        with_email("blank", " ann@corp.example"),
    ])
    .await;
    let addresses = ["ann@corp.example", "axn@corp.example", "a%n@corp.example"];
    assert_eq!(found(&server, &addresses).await, ["-"; 3]);
}

#[tokio::test]
async fn a_display_name_never_matches() {
    let mut eve = with_email("eve", "eve@corp.example");
    eve["name"] = json!("ann@corp.example");
    let server = finding(vec![eve]).await;
    assert_eq!(found(&server, &["ann@corp.example"]).await, ["-"]);
}

#[tokio::test]
async fn outcomes_are_in_the_order_of_the_addresses() {
    let list = ["ann", "bo", "cy"].map(|name| with_email(name, &format!("{name}@corp.example")));
    let server = finding(list.to_vec()).await;
    let addresses = ["cy@corp.example", "x@corp.example", "ann@corp.example"];
    let lookup = look_up(&server, addresses);
    let lookup = lookup.await.unwrap();
    assert_eq!(ids(&lookup), ["cy", "-", "ann"]);
    assert!(!lookup.is_complete());
    let found: Vec<_> = lookup
        .found()
        .map(|(address, user)| (address, &*user.id))
        .collect();
    assert_eq!(
        found,
        [("cy@corp.example", "cy"), ("ann@corp.example", "ann")]
    );
    assert_eq!(lookup.user_ids().collect::<Vec<_>>(), ["cy", "ann"]);
    assert_eq!(lookup.unknown().collect::<Vec<_>>(), ["x@corp.example"]);
}

#[tokio::test]
async fn accounts_that_differ_in_case_are_ambiguous() {
    let twins = [("one", "Ann@corp.example"), ("two", "ann@CORP.example")];
    let server = finding(twins.map(|(id, email)| with_email(id, email)).to_vec()).await;
    let lookup = look_up(&server, ["ann@corp.example"]);
    let lookup = lookup.await.unwrap();
    let ambiguous: Vec<_> = lookup.ambiguous().collect();
    let ids = ["one", "two"].map(str::to_owned);
    assert_eq!(ambiguous, [("ann@corp.example", &ids[..])]);
    assert_eq!(lookup.user_ids().count(), 0);
    assert!(!lookup.is_complete());
}

#[tokio::test]
async fn every_page_is_read_although_the_first_one_has_the_address() {
    let mut list = crowd(70);
    list.insert(0, with_email("one", "Ann@corp.example"));
    list.push(with_email("two", "ann@corp.example"));
    let server = finding(list).await;
    assert_eq!(found(&server, &["ann@corp.example"]).await, ["one two"]);
    assert_eq!(server.sent().await, [SEARCH; 3]);
}

#[tokio::test]
async fn a_user_on_two_pages_is_one_user() {
    let server = Server::of(NEW, |line, request| {
        let ann = with_email("ann", "ann@corp.example");
        let mut list = crowd(30);
        (line == SEARCH).then(|| match number(request) {
            1 => {
                list[29] = ann;
                users(&list, 31)
            }
            _ => users(&[ann, list[29].clone()], 31),
        })
    })
    .await;
    assert_eq!(found(&server, &["ann@corp.example"]).await, ["ann"]);
}

// Many addresses, and many pages.

fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("{n:04}ann@corp.example"))
        .collect()
}

#[tokio::test]
async fn twenty_addresses_are_searched_for() {
    let server = Server::of(NEW, |line, request| {
        let email = query(request, "query");
        (line == SEARCH).then(|| users(&[with_email(&email, &email)], 1))
    })
    .await;
    let lookup = look_up(&server, many(20));
    assert_eq!(ids(&lookup.await.unwrap()), many(20));
    assert_eq!(server.sent().await, [SEARCH; 20]);
}

#[tokio::test]
async fn more_than_twenty_addresses_take_one_request_for_all_users() {
    let mut list = crowd(40);
    list.push(with_email("twin", "0003ANN@corp.example"));
    let server = finding(list).await;
    let lookup = look_up(&server, many(21));
    let ids = ids(&lookup.await.unwrap());
    assert_eq!(ids[2..4], ["crowd-0002", "crowd-0003 twin"]);
    assert_eq!(server.sent().await, [ALL]);
}

#[tokio::test]
async fn searches_of_many_pages_give_way_to_one_request_for_all_users() {
    let mut list = crowd(700);
    list.push(with_email("ann", "ann@corp.example"));
    let server = finding(list).await;
    assert_eq!(found(&server, &["ann@corp.example"]).await, ["ann"]);
    assert_eq!(server.sent().await, [SEARCH, ALL]);
}

/// A server that returns these users for every search, and denies this token the list of all users.
async fn without_administrator(list: Vec<Value>) -> Server {
    Server::of(NEW, move |line, request| match line {
        SEARCH => Some(page_of(&list, request)),
        ALL => Some(detail(401, DENIED)),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_user_who_may_not_list_all_users_searches_for_many_addresses() {
    let server = without_administrator(crowd(30)).await;
    let lookup = look_up(&server, many(31));
    let ids = ids(&lookup.await.unwrap());
    assert_eq!(ids[29..], ["crowd-0029", "-"]);
    assert_eq!(server.sent().await, [&[ALL][..], &[SEARCH; 31]].concat());
}

#[tokio::test]
async fn a_user_who_may_not_list_all_users_reads_many_pages() {
    let mut list = crowd(700);
    list.push(with_email("ann", "ann@corp.example"));
    let server = without_administrator(list).await;
    assert_eq!(found(&server, &["ann@corp.example"]).await, ["ann"]);
    let expected = [&[SEARCH, ALL][..], &[SEARCH; 23]].concat();
    assert_eq!(server.sent().await, expected);
}

#[tokio::test]
async fn no_more_than_a_thousand_pages_are_read() {
    let server = Server::of(NEW, |line, _| match line {
        SEARCH => Some(users(&crowd(30), u64::MAX)),
        _ => Some(detail(401, DENIED)),
    })
    .await;
    let lookup = look_up(&server, ["ann@corp.example"]);
    let error = lookup.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!(error.operation(), Some(Operation::ListAllUsers));
    assert!(error.to_string().contains("the limit of 1000"), "{error}");
    assert_eq!(server.sent().await, [SEARCH, ALL]);
}

#[tokio::test]
async fn an_error_that_is_not_a_denial_does_not_start_many_searches() {
    let server = Server::of(NEW, |line, _| {
        (line == ALL).then(|| detail(429, "Rate limit exceeded"))
    })
    .await;
    let lookup = look_up(&server, many(21));
    assert_eq!(lookup.await.unwrap_err().kind(), ErrorKind::RateLimited);
    assert_eq!(server.sent().await, [ALL]);
}

// Lists that change.

#[tokio::test]
async fn a_search_is_read_again_if_users_are_added_concurrently() {
    let first_pages = AtomicUsize::new(0);
    let server = Server::of(NEW, move |line, request| {
        (line == SEARCH).then(|| {
            let mut list = crowd(40);
            if number(request) == 1 {
                first_pages.fetch_add(1, Ordering::SeqCst);
            } else if first_pages.load(Ordering::SeqCst) == 1 {
                list.insert(0, with_email("new", "00@corp.example"));
            }
            page_of(&list, request)
        })
    })
    .await;
    assert_eq!(
        found(&server, &["0039ann@corp.example"]).await,
        ["crowd-0039"]
    );
    assert_eq!(server.sent().await, [SEARCH; 4]);
}

#[tokio::test]
async fn a_search_that_never_fits_its_total_is_a_conflict() {
    let server = Server::of(NEW, |line, _| {
        (line == SEARCH).then(|| users(&crowd(30), 31))
    })
    .await;
    let lookup = look_up(&server, ["ann@corp.example"]);
    let error = lookup.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(
        error
            .to_string()
            .contains("listed 30 users, but reports a total of 31"),
        "{error}"
    );
    assert_eq!(server.sent().await, [SEARCH; 6]);
}

#[tokio::test]
async fn an_incomplete_list_of_all_users_is_a_conflict() {
    let server = Server::of(NEW, |line, _| (line == ALL).then(|| users(&crowd(30), 31))).await;
    let lookup = look_up(&server, many(21));
    let error = lookup.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.operation(), Some(Operation::ListAllUsers));
}

// On mocks of each version.

#[tokio::test]
async fn both_ways_find_the_same_users_on_every_version() {
    let addresses = [
        "a_b@corp.example",
        "axb@corp.example",
        "100%@corp.example",
        "a+b@corp.example",
        "o'neill@corp.example",
        "back\\slash@corp.example",
        "änn@corp.example",
        "ÄRIK@corp.example",
        "Upper@Corp.example",
        "İst@corp.example",
        "kelvin@corp.example",
        "twin@corp.example",
        "named@corp.example",
        "none@corp.example",
    ];
    for version in EmulatedVersion::ALL {
        let server = MockServer::builder().emulate(*version).start().unwrap();
        for email in [
            "a_b@corp.example",
            "axb@corp.example",
            "100%@corp.example",
            "100x@corp.example",
            "a+b@corp.example",
            "o'neill@corp.example",
            "back\\slash@corp.example",
            "Änn@corp.example",
            "ärik@corp.example",
            "UPPER@CORP.EXAMPLE",
            "İst@corp.example",
            "\u{212a}elvin@corp.example",
            "Twin@corp.example",
            "twiN@corp.example",
        ] {
            server
                .add_user(NewUser::new("named@corp.example").id(email).email(email))
                .unwrap();
        }
        let client = server.client().unwrap();
        let searched = client.find_users_by_email(addresses).await.unwrap();
        let padding = (0..10).map(|n| format!("padding-{n}@corp.example"));
        let all =
            client.find_users_by_email(addresses.map(str::to_owned).into_iter().chain(padding));
        let all = all.await.unwrap();
        assert_eq!(
            searched.addresses[..],
            all.addresses[..addresses.len()],
            "{version}"
        );
        let expected = [
            "a_b@corp.example",
            "axb@corp.example",
            "100%@corp.example",
            "a+b@corp.example",
            "o'neill@corp.example",
            "back\\slash@corp.example",
            "Änn@corp.example",
            "ärik@corp.example",
            "UPPER@CORP.EXAMPLE",
            "İst@corp.example",
            "\u{212a}elvin@corp.example",
            "Twin@corp.example twiN@corp.example",
            "-",
            "-",
        ];
        assert_eq!(ids(&searched), expected, "{version}");
        assert_eq!(server.requests_of(Operation::ListAllUsers).len(), 1);
    }
}

#[tokio::test]
async fn a_user_who_waits_for_approval_may_not_look_up_addresses() {
    let server = MockServer::start().unwrap();
    let pat = server
        .add_user(NewUser::new("Pat").role(Role::Pending))
        .unwrap();
    let client = server.client_of(&pat).unwrap();
    for count in [1, 21] {
        let error = client.find_users_by_email(many(count)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert_eq!(error.operation(), Some(Operation::SearchUsers));
    }
}
