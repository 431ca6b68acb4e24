//! A real server and its users.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    people::{PARTS, People, Person},
    subject::{self, Request, Subject},
};

/// The password of all users. The servers must not be in use, because anyone who knows it can sign
/// in.
const PASSWORD: &str = "Conformance-1!";

#[derive(Deserialize)]
struct User {
    id: String,
    name: String,
    email: String,
    role: String,
}

#[derive(Deserialize)]
struct SignedUp {
    id: String,
    token: String,
}

struct Api {
    http: reqwest::Client,
    url: String,
    token: String,
}

/// The version that a server reports.
async fn version(url: &str) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Version {
        version: String,
    }

    let api = Api {
        http: subject::client()?,
        url: url.to_owned(),
        token: String::new(),
    };
    let response: Version = api.call("GET", "/api/version", None).await?;
    Ok(response.version)
}

/// Creates the users, and removes those of an earlier run.
pub(crate) async fn connect(url: &str, token: &str, has_crowd: bool) -> Result<Subject, String> {
    let version = version(url).await?;
    let api = Api {
        http: subject::client()?,
        url: url.to_owned(),
        token: token.to_owned(),
    };
    let admin: User = api.call("GET", "/api/v1/auths/", None).await?;
    let mut named = vec![Person {
        label: "admin".to_owned(),
        id: admin.id,
        name: admin.name,
        email: admin.email,
        role: admin.role,
        token: Some(token.to_owned()),
    }];
    api.remove_people().await?;
    named.extend(api.make_people().await?);
    Subject::new(
        &version,
        url.to_owned(),
        People::new(named, has_crowd),
        None,
    )
}

impl Api {
    /// The server chooses the IDs, so the parts are assigned in the order of the IDs.
    async fn make_people(&self) -> Result<Vec<Person>, String> {
        let mut users = Vec::new();
        for (number, _) in PARTS.iter().enumerate() {
            let form = json!({
                "name": "nameless",
                "email": format!("{number}@people.example"),
                "password": PASSWORD,
                "role": "user",
            });
            let user: SignedUp = self.call("POST", "/api/v1/auths/add", Some(form)).await?;
            users.push(user);
        }
        users.sort_by(|one, next| one.id.cmp(&next.id));
        let mut people = Vec::new();
        for (part, user) in PARTS.iter().zip(users) {
            let form = json!({
                "name": part.name,
                "email": part.email(),
                "role": part.role,
                "profile_image_url": "",
            });
            let path = format!("/api/v1/users/{}/update", user.id);
            let _: Value = self.call("POST", &path, Some(form)).await?;
            people.push(part.person(user.id, user.token));
        }
        Ok(people)
    }

    async fn remove_people(&self) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Users {
            users: Vec<User>,
        }

        let found: Users = self.call("GET", "/api/v1/users/all", None).await?;
        for user in found.users {
            if user.email.ends_with("@people.example") {
                let path = format!("/api/v1/users/{}", user.id);
                let _: Value = self.call("DELETE", &path, None).await?;
            }
        }
        Ok(())
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        form: Option<Value>,
    ) -> Result<T, String> {
        let request = Request {
            method: method
                .parse()
                .map_err(|_| format!("{method} is no method"))?,
            path: path.to_owned(),
            authorization: (!self.token.is_empty()).then(|| format!("Bearer {}", self.token)),
            content_type: form.is_some().then(|| "application/json".to_owned()),
            headers: BTreeMap::new(),
            body: form.map(|form| form.to_string().into_bytes()),
        };
        let response = subject::send(&self.http, &self.url, request).await?;
        serde_json::from_slice(&response.body).map_err(|_| {
            let body = String::from_utf8_lossy(&response.body);
            format!("{method} {path} returned {}: {body:.300}", response.status)
        })
    }
}
