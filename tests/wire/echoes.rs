//! Secrets that a server repeats in its responses, in different places and encodings.

use std::{
    error::Error as _,
    sync::{Arc, Mutex},
};

use http::HeaderValue;
use owui_groups::{Error, GroupsClient, RetryPolicy};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use reqwest::redirect::Policy;
use serde_json::json;
use tokio::runtime::Runtime;
use wiremock::ResponseTemplate;

use crate::{
    echo::{BEFORE, Echo, Secret, echo},
    server::{NEW, Server, TOKEN, detail, json as answer},
};

/// The place of the secret in a response.
#[derive(Clone, Copy, Debug)]
enum Place {
    Detail,
    OtherJson,
    PlainText,
    LargeText,
    FieldError,
    Location,
    Version,
    WrongJson,
}

const PLACES: [Place; 8] = [
    Place::Detail,
    Place::OtherJson,
    Place::PlainText,
    Place::LargeText,
    Place::FieldError,
    Place::Location,
    Place::Version,
    Place::WrongJson,
];

impl Place {
    fn response(self, echo: &Echo) -> ResponseTemplate {
        let text = &echo.text();
        let plain = |text: String| ResponseTemplate::new(500).set_body_raw(text, "text/plain");
        match self {
            Self::Detail => detail(400, text),
            // Empty keys, because a letter of a key could be redacted together with the secret.
            Self::OtherJson => answer(400, json!({"": {"": text}})),
            Self::PlainText => plain(text.clone()),
            Self::LargeText => plain(format!("{}{text}", " ".repeat((4 << 10) - 60)).repeat(20)),
            Self::FieldError => {
                // The parts of a place are joined by dots.
                let loc = echo.halves();
                let error = json!({"type": "x", "loc": loc, "msg": text, "input": text});
                answer(422, json!({ "detail": [error] }))
            }
            Self::Location => {
                let location = format!("https://login.example.com/{text}");
                let location = HeaderValue::from_bytes(location.as_bytes());
                let location = location.unwrap_or(HeaderValue::from_static("/login"));
                ResponseTemplate::new(302).insert_header("location", location)
            }
            Self::Version => answer(200, json!({ "version": text })),
            Self::WrongJson => answer(200, json!([text])),
        }
    }

    async fn error(self, client: &GroupsClient) -> Error {
        match self {
            Self::Version => client.server_version().await.unwrap_err(),
            _ => client.list().await.unwrap_err(),
        }
    }

    /// Whether the text around the secret is shown.
    fn shows_words(self) -> bool {
        matches!(
            self,
            Self::Detail | Self::OtherJson | Self::PlainText | Self::FieldError
        )
    }
}

fn client(url: &str, http: reqwest::Client, secret: &Secret) -> GroupsClient {
    let builder = match secret.value.strip_prefix("Bearer ") {
        Some(token) => GroupsClient::builder(url, token.to_owned()),
        None => {
            let builder = GroupsClient::builder(url, TOKEN);
            builder.header(secret.name, secret.value.clone())
        }
    };
    let builder = builder.retry_policy(RetryPolicy::none()).http_client(http);
    builder.build().unwrap()
}

/// Everything that a program can print of an error.
fn all_of(error: &Error) -> String {
    let mut all = format!("{error} {error:?} {error:#?} {:?}", error.field_errors());
    let mut source = error.source();
    while let Some(cause) = source {
        all.push_str(&format!(" {cause} {cause:?} {cause:#?}"));
        source = cause.source();
    }
    all
}

/// The text without the characters that messages escape.
fn plain(text: &str) -> String {
    text.replace(['\\', '"', '\'', ' '], "")
}

/// The letters and digits of a text.
fn skeleton(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .collect()
}

fn leaks(echo: &Echo, shown: &str) -> bool {
    let forms = [plain, skeleton];
    forms.iter().any(|form| {
        let shown = form(shown);
        echo.parts().any(|part| shown.contains(&form(&part)))
    })
}

#[test]
fn no_part_of_a_secret_is_in_an_error_wherever_a_server_repeats_it() {
    let runtime = Runtime::new().unwrap();
    let response = Arc::new(Mutex::new(ResponseTemplate::new(200)));
    let scripted = Arc::clone(&response);
    let server = Server::of(NEW, move |_, _| Some(scripted.lock().unwrap().clone()));
    let server = runtime.block_on(server);
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    let http = http.redirect(Policy::none()).build().unwrap();
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(1_000)
    });
    let place = prop::sample::select(&PLACES[..]);
    let outcome = runner.run(&(echo(), place), |(echo, place)| {
        *response.lock().unwrap() = place.response(&echo);
        let client = client(&server.url(), http.clone(), &echo.secret);
        let error = runtime.block_on(place.error(&client));
        let shown = all_of(&error);
        prop_assert!(!leaks(&echo, &shown), "{}", shown);
        let has_words = shown.contains(BEFORE.trim()) || !place.shows_words();
        prop_assert!(has_words, "{}", shown);
        Ok(())
    });
    outcome.unwrap();
}
