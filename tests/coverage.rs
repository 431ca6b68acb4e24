//! Every operation of the document is sent by a method of `GroupsClient`.
#![allow(clippy::indexing_slicing, reason = "what a JSON value lacks is null")]

mod document;

use std::pin::Pin;

use document::{Described, document, operations, resolve};
use expect_test::expect;
use owui_groups::{
    GroupUpdate, GroupsClient, NewGroup, Permissions, Result, RetryPolicy, UserOrder,
    types::Membership,
};
use serde_json::{Map, Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

type Outcome = Pin<Box<dyn Future<Output = Result<()>>>>;
type Call = fn(GroupsClient) -> Outcome;

/// Each operation, and a call of the method that wraps it.
///
/// A call gives all that the method can send. Where the path has a parameter,
/// its name is its value: the group is `id`, and the user is `user_id`.
const WRAPPED: &[(&str, Call)] = &[
    ("list_groups", |client| {
        Box::pin(async move { client.list().share(true).await.map(drop) })
    }),
    ("create_group", |client| {
        let group = NewGroup::new("name")
            .description("description")
            .parent("parent")
            .permissions(Permissions::new())
            .data(Map::new());
        Box::pin(async move { client.create(group).await.map(drop) })
    }),
    ("get_group", |client| {
        Box::pin(async move { client.get("id").await.map(drop) })
    }),
    ("get_group_info", |client| {
        Box::pin(async move { client.info("id").await.map(drop) })
    }),
    ("export_group", |client| {
        Box::pin(async move { client.export("id").await.map(drop) })
    }),
    ("list_group_users", |client| {
        Box::pin(async move { client.users("id").await.map(drop) })
    }),
    ("list_group_members", |client| {
        Box::pin(async move {
            let members = client.members("id").membership(Membership::Effective);
            members.search("text").page(1).await.map(drop)
        })
    }),
    ("update_group", |client| {
        let update = GroupUpdate::new("name", "description")
            .parent("parent")
            .permissions(Permissions::new())
            .data(Map::new());
        Box::pin(async move { client.update("id", update).await.map(drop) })
    }),
    ("add_group_members", |client| {
        Box::pin(async move { client.add_members("id", [STRANGER]).await.map(drop) })
    }),
    ("remove_group_members", |client| {
        Box::pin(async move { client.remove_members("id", [MEMBER]).await.map(drop) })
    }),
    ("delete_group", |client| {
        Box::pin(async move { client.delete("id").await })
    }),
    ("preview_group", |client| {
        Box::pin(async move { client.preview("id").await.map(drop) })
    }),
    ("list_all_users", |client| {
        Box::pin(async move { client.all_users().await.map(drop) })
    }),
    ("search_users", |client| {
        Box::pin(async move {
            let search = client.search_users("text").order_by(UserOrder::Email);
            search.descending().page(2).await.map(drop)
        })
    }),
    ("list_user_groups", |client| {
        Box::pin(async move {
            let groups = client.user_groups("user_id").with_inherited();
            groups.await.map(drop)
        })
    }),
    ("preview_user", |client| {
        Box::pin(async move { client.preview_user("user_id").await.map(drop) })
    }),
    ("get_session_user", |client| {
        Box::pin(async move { client.session_user().await.map(drop) })
    }),
    ("get_default_permissions", |client| {
        Box::pin(async move { client.default_permissions().await.map(drop) })
    }),
    ("get_admin_config", |client| {
        Box::pin(async move { client.admin_config().await.map(drop) })
    }),
    ("get_oauth_config", |client| {
        Box::pin(async move { client.oauth_config().await.map(drop) })
    }),
    ("get_ldap_config", |client| {
        Box::pin(async move { client.ldap_config().await.map(drop) })
    }),
    ("get_ldap_server_config", |client| {
        Box::pin(async move { client.ldap_server_config().await.map(drop) })
    }),
    ("get_app_config", |client| {
        Box::pin(async move { client.app_config().await.map(drop) })
    }),
];

/// Operations that no method wraps, and why.
const LEFT_OUT: &[(&str, &str)] = &[];

const QUERY: &str = "query parameter";
const FIELD: &str = "field";

/// Who is a member the first time that the server is asked, and no more after.
const MEMBER: &str = "member";

/// Who never is one.
const STRANGER: &str = "stranger";

#[test]
fn every_operation_is_wrapped_or_left_out() {
    for operation in operations(&document()) {
        let id = operation.id.as_str();
        assert!(
            ids().any(|listed| listed == id),
            "no method of GroupsClient sends `{id}` ({} {}): write one and call it in WRAPPED in \
             tests/coverage.rs, or give the reason why there is none in LEFT_OUT",
            operation.method,
            operation.path,
        );
    }
}

#[test]
fn no_operation_is_listed_twice() {
    for id in ids() {
        let times = ids().filter(|other| *other == id).count();
        assert_eq!(times, 1, "`{id}` is {times} times in WRAPPED and LEFT_OUT");
    }
}

#[test]
fn no_operation_is_listed_that_the_document_lacks() {
    let operations = operations(&document());
    for id in ids() {
        assert!(
            operations.iter().any(|operation| operation.id == id),
            "the document has no `{id}`: remove it from tests/coverage.rs, and its method if the \
             servers that have it are no longer supported",
        );
    }
}

#[test]
fn what_is_left_out_has_a_reason() {
    for (id, reason) in LEFT_OUT {
        assert!(!reason.trim().is_empty(), "`{id}` is left out without one");
    }
}

#[tokio::test]
async fn each_method_sends_the_operation_that_it_wraps() {
    let document = document();
    for (operation, call) in wrapped(&document) {
        let requests = record(&document, call).await;
        assert!(
            requests.iter().any(|request| is(request, &operation)),
            "`{}` is {} {}, and the method that WRAPPED calls for it sends {:?}",
            operation.id,
            operation.method,
            operation.path,
            lines(&requests),
        );
    }
}

#[tokio::test]
async fn each_method_sends_no_more_than_the_document_describes() {
    let document = document();
    let operations = operations(&document);
    for (operation, call) in wrapped(&document) {
        let mut requests = record(&document, call).await;
        requests.retain(|request| {
            request.url.path() != "/api/version"
                && !operations.iter().any(|operation| is(request, operation))
        });
        assert!(
            requests.is_empty(),
            "`{}`: {:?} are not in the document",
            operation.id,
            lines(&requests),
        );
    }
}

/// A release may add some. `UPDATE_EXPECT=1` accepts that no method sends them yet.
#[tokio::test]
async fn each_query_parameter_and_field_of_a_body_can_be_sent() {
    let document = document();
    let mut unsent = String::new();
    for (operation, call) in wrapped(&document) {
        let mut requests = record(&document, call).await;
        requests.retain(|request| is(request, &operation));
        for (kind, name) in sendable_parts(&document, &operation) {
            if !requests.iter().any(|request| sends(request, kind, &name)) {
                unsent.push_str(&format!("{}: {kind} `{name}`\n", operation.id));
            }
        }
    }
    // The method that wraps the operation cannot send these, or its call in WRAPPED does not.
    expect![[""]].assert_eq(&unsent);
}

/// What a request of the operation may have: its query parameters and the fields of its body.
fn sendable_parts(document: &Value, operation: &Described) -> Vec<(&'static str, String)> {
    let parameters = operation.content["parameters"].as_array();
    let parameters = parameters
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| Some((QUERY, parameter["name"].as_str()?.to_owned())));
    let body = &operation.content["requestBody"]["content"]["application/json"]["schema"];
    let fields = resolve(document, body)["properties"].as_object();
    let fields = fields.into_iter().flatten();
    parameters
        .chain(fields.map(|(name, _)| (FIELD, name.clone())))
        .collect()
}

fn sends(request: &Request, kind: &str, name: &str) -> bool {
    if kind == QUERY {
        return request.url.query_pairs().any(|(key, _)| key == name);
    }
    let body: Value = request.body_json().unwrap_or_default();
    body.get(name).is_some()
}

fn ids() -> impl Iterator<Item = &'static str> {
    let wrapped = WRAPPED.iter().map(|(id, _)| *id);
    wrapped.chain(LEFT_OUT.iter().map(|(id, _)| *id))
}

/// The wrapped operations, and the calls of their methods.
fn wrapped(document: &Value) -> impl Iterator<Item = (Described, Call)> {
    operations(document).into_iter().filter_map(|operation| {
        let call = WRAPPED.iter().find(|(id, _)| *id == operation.id)?.1;
        Some((operation, call))
    })
}

/// What a server receives during a call, which has to succeed.
async fn record(document: &Value, call: Call) -> Vec<Request> {
    let server = server(document).await;
    // Whatever proxy the environment names, this server is not behind it.
    let http = reqwest::Client::builder().no_proxy().build();
    let client = GroupsClient::builder(&server.uri(), "token")
        .http_client(http.unwrap_or_default())
        .retry_policy(RetryPolicy::none())
        .build();
    let outcome = match client {
        Ok(client) => call(client).await,
        Err(error) => Err(error),
    };
    let requests = server.received_requests().await.unwrap_or_default();
    assert!(outcome.is_ok(), "after {:?}: {outcome:?}", lines(&requests));
    requests
}

/// A server of the document's version that answers each operation with the
/// least that the document allows.
async fn server(document: &Value) -> MockServer {
    let server = MockServer::start().await;
    let version = json!({"version": document["info"]["version"]});
    answer("GET", "/api/version", &version).mount(&server).await;
    for operation in operations(document) {
        let content = &operation.content["responses"]["200"]["content"];
        let mut body = example(document, &content["application/json"]["schema"]);
        if let Some(body) = body.as_object_mut()
            && body.contains_key("id")
        {
            body.insert("id".to_owned(), json!("id"));
            body.insert("parent_group_id".to_owned(), json!("parent"));
        }
        let (method, path) = (&operation.method, sent_path(&operation));
        if operation.id == "export_group" {
            let mut with_member = body.clone();
            with_member["user_ids"] = json!([MEMBER]);
            let once = answer(method, &path, &with_member).up_to_n_times(1);
            once.with_priority(1).mount(&server).await;
        }
        answer(method, &path, &body).mount(&server).await;
    }
    server
}

fn answer(with_method: &str, at_path: &str, body: &Value) -> Mock {
    Mock::given(method(with_method))
        .and(path(at_path))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
}

/// The smallest value of a schema.
fn example(document: &Value, schema: &Value) -> Value {
    let schema = resolve(document, schema);
    match schema["type"].as_str() {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten();
            required
                .filter_map(Value::as_str)
                .map(|name| (name, example(document, &schema["properties"][name])))
                .collect()
        }
        Some("array") => json!([]),
        Some("string") => json!("text"),
        Some("integer" | "number") => json!(0),
        Some("boolean") => json!(true),
        _ => Value::Null,
    }
}

/// The path with each parameter's name as its value.
fn sent_path(operation: &Described) -> String {
    operation.path.replace(['{', '}'], "")
}

fn is(request: &Request, operation: &Described) -> bool {
    request.method.as_str() == operation.method && request.url.path() == sent_path(operation)
}

fn lines(requests: &[Request]) -> Vec<String> {
    let line = |request: &Request| format!("{} {}", request.method, request.url.path());
    requests.iter().map(line).collect()
}
