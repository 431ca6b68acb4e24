//! A server that publishes the document that a test gives it.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use serde_json::{Value, json};

/// The content type and the body of a response.
pub(crate) type Body = (&'static str, String);

/// What the checked-in slice was cut from, as far as it matters.
pub(crate) fn published() -> Value {
    let text = include_str!("../../../openapi/upstream.json");
    let mut document: Value = serde_json::from_str(text).unwrap();
    document.as_object_mut().unwrap().remove("x-provenance");
    document["paths"]["/api/v1/chats/"] =
        json!({"get": {"tags": ["chats"], "operationId": "not ours"}});
    document
}

/// The response with this JSON.
pub(crate) fn json_of(value: &Value) -> Body {
    ("application/json", value.to_string())
}

/// The response with the version of the server.
pub(crate) fn version(version: &str) -> Body {
    json_of(&json!({"version": version, "deployment_id": ""}))
}

/// The URL of a server with these responses.
pub(crate) fn serve(document: Body, version: Body) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let request = lines.next().unwrap().unwrap();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let (kind, body) = match request.split(' ').nth(1) {
                Some("/openapi.json") => &document,
                Some("/api/version") => &version,
                other => panic!("nobody should ask for {other:?}"),
            };
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    url
}
