//! What the trace shows of requests.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::{
    groups::{GROUP, group},
    server::{NEW, Server, TOKEN, detail, json as answer, quick},
};

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
    let answers = vec![
        detail(503, "busy"),
        detail(503, "busy"),
        answer(200, group(0)),
    ];
    let server = Server::in_turn(NEW, answers).await;
    let client = server.builder().retry_policy(quick()).build().unwrap();
    client.server_version().await.unwrap();
    client.get(GROUP).await.unwrap();
    client
        .members(GROUP)
        .search("ann@example.com")
        .await
        .unwrap_err();
    client.get(TOKEN).await.unwrap();
    let events = requests.0.lock().unwrap().clone();
    let path = format!("\"/api/v1/groups/id/{GROUP}\"");
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
            "GET \"/api/version\" 200 0 -".to_owned(),
            format!("GET {path} 503 0 Server"),
            format!("GET {path} 503 1 Server"),
            format!("GET {path} 200 2 -"),
            format!("GET \"/api/v1/groups/id/{GROUP}/members\" 200 0 -"),
            "GET \"/api/v1/groups/id/[redacted]\" 200 0 -".to_owned(),
        ]
    );
    for fields in &events {
        let seconds: f64 = fields["http.client.request.duration"].parse().unwrap();
        assert!((0.0..10.0).contains(&seconds), "{seconds}");
    }
}
