//! Serves the members of groups as CSV: `stream_members [ADDRESS]`, with the server in
//! `OPENWEBUI_URL` and `OPENWEBUI_TOKEN`.
//!
//! ```sh
//! curl http://127.0.0.1:3000/groups/GROUP/members.csv
//! ```
//!
//! Members are sent as they arrive, so a group with many members needs little memory.

use std::{env, io, process::ExitCode};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use owui_groups::{Error, ErrorKind, GroupsClient};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let address = env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:3000");
    let client = match GroupsClient::from_env() {
        Ok(client) => client,
        Err(error) => {
            eprintln!("stream_members: {error}");
            return ExitCode::from(2);
        }
    };
    match serve(address, client).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stream_members: {address}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, client: GroupsClient) -> io::Result<()> {
    let router = Router::new()
        .route("/groups/{id}/members.csv", get(members))
        .with_state(client);
    let listener = TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, router).await
}

async fn members(
    State(client): State<GroupsClient>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Failure> {
    let mut members = client.members(&id).stream().boxed();
    // The status precedes the body, so an error before the first member can be a status.
    let first = members.try_next().await?;
    let members = stream::iter(first.map(Ok)).chain(members);
    let lines = members
        .map_ok(|member| line([&member.id, &member.name, &member.email, &member.role]))
        // A later error ends the connection, so that the reader knows that members are missing.
        .inspect_err(|error| eprintln!("stream_members: {error}"));
    let heading = stream::iter([Ok(line(["id", "name", "email", "role"]))]);
    let body = Body::from_stream(heading.chain(lines));
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], body))
}

/// One line of CSV.
fn line(fields: [&str; 4]) -> String {
    let quoted = fields.map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
    quoted.join(",") + "\r\n"
}

/// A response for an error of Open WebUI, whose details are only for the log.
struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        eprintln!("stream_members: {}", self.0);
        let status = match self.0.kind() {
            ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        (status, format!("{status}\n")).into_response()
    }
}
