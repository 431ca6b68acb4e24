//! Traces of requests. These tests have their own process, because whether an event is enabled is
//! cached for all threads.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    collections::BTreeMap,
    fmt,
    future::IntoFuture,
    sync::{Arc, Mutex},
    time::Duration,
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use owui_groups::{GroupsClient, NewGroup, Operation, RetryPolicy, external::StatusCode};
use owui_groups_mock::{Fault, MockServer};

type Fields = BTreeMap<&'static str, String>;

/// The events of requests, in order.
#[derive(Clone, Default)]
struct Requests(Arc<Mutex<Vec<Fields>>>);

impl Subscriber for Requests {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("owui_groups")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Collect(Fields::new());
        event.record(&mut fields);
        if fields
            .0
            .get("message")
            .is_some_and(|message| message == "request")
        {
            assert_eq!(*event.metadata().level(), Level::DEBUG);
            self.0.lock().unwrap().push(fields.0);
        }
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

struct Collect(Fields);

impl Visit for Collect {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// The named fields of each event.
fn shown(events: &[Fields], names: &[&str]) -> Vec<String> {
    let line = |fields: &Fields| {
        let values = names
            .iter()
            .map(|name| fields.get(name).map_or("-", String::as_str));
        values.collect::<Vec<_>>().join(" ")
    };
    events.iter().map(line).collect()
}

#[tokio::test]
async fn every_request_is_an_event_with_the_fields_of_opentelemetry() {
    let requests = Requests::default();
    let _guard = tracing::subscriber::set_default(requests.clone());
    let server = MockServer::start().unwrap();
    server
        .add_group_with_id("team", NewGroup::new("team"))
        .unwrap();
    let busy = Fault::status(StatusCode::SERVICE_UNAVAILABLE, "busy");
    server.inject(busy.on(Operation::GetGroup).times(2));
    let policy = RetryPolicy::default().first_delay(Duration::from_millis(1));
    let client = GroupsClient::builder(&server.url(), server.admin_token());
    let client = client.retry_policy(policy).build().unwrap();
    client.server_version().await.unwrap();
    client.get("team").await.unwrap();
    client
        .members("team")
        .search("ann@example.com")
        .await
        .unwrap();
    client.get(server.admin_token()).await.unwrap_err();
    let slow = Fault::delay(Duration::from_secs(60)).on(Operation::ListGroups);
    server.inject(slow);
    let list = client.list().into_future();
    let dropped = tokio::time::timeout(Duration::from_millis(100), list).await;
    assert!(dropped.is_err());
    let events = requests.0.lock().unwrap().clone();
    let names = [
        "http.request.method",
        "url.path",
        "http.response.status_code",
        "http.request.resend_count",
        "error.type",
    ];
    assert_eq!(
        shown(&events, &names),
        [
            r#"GET "/api/version" 200 0 -"#,
            r#"GET "/api/v1/groups/id/team" 503 0 Server"#,
            r#"GET "/api/v1/groups/id/team" 503 1 Server"#,
            r#"GET "/api/v1/groups/id/team" 200 2 -"#,
            r#"GET "/api/v1/groups/id/team/members" 200 0 -"#,
            r#"GET "/api/v1/groups/id/[redacted]" 404 0 NotFound"#,
            r#"GET "/api/v1/groups/" - 0 cancelled"#,
        ]
    );
    for fields in &events {
        let seconds: f64 = fields["http.client.request.duration"].parse().unwrap();
        assert!((0.0..10.0).contains(&seconds), "{seconds}");
    }
}
