//! Runs the steps of a case on a server.

use reqwest::Method;
use serde_json::Value;

use crate::{
    case::{Case, Raw, Step},
    normal::{Groups, Normaliser, Order},
    people::People,
    subject::{Request, Response, Subject},
    template::{self, Ids},
    transcript::{Body, Entry},
    versions,
};

/// A token that no server issued.
const STRANGE_TOKEN: &str = "no-token-of-anybody";

/// One run of a case on one server.
pub(crate) struct Session<'a> {
    subject: &'a Subject,
    groups: Groups,
    /// Behavior that no server may show.
    pub(crate) violations: Vec<String>,
}

/// The responses of a server to all steps of a case, in order.
pub(crate) async fn entries(subject: &Subject, case: &Case) -> Result<Vec<Entry>, String> {
    let mut session = Session::begin(subject).await?;
    let mut entries = Vec::new();
    for step in &case.steps {
        entries.push(session.take(step).await?);
    }
    if session.violations.is_empty() {
        Ok(entries)
    } else {
        Err(session.violations.join("\n"))
    }
}

impl Ids for Session<'_> {
    fn group(&self, label: &str) -> Option<String> {
        self.groups.id(label)
    }

    fn person(&self, label: &str) -> Option<String> {
        Some(self.people().called(label)?.id.clone())
    }
}

impl<'a> Session<'a> {
    /// Starts a session and deletes all groups of the server.
    pub(crate) async fn begin(subject: &'a Subject) -> Result<Self, String> {
        let session = Self {
            subject,
            groups: Groups::default(),
            violations: Vec::new(),
        };
        let list = session.request(&Step::new("GET /api/v1/groups/"))?;
        let list = subject.send(list).await?;
        let groups: Vec<Value> = serde_json::from_slice(&list.body)
            .map_err(|error| format!("the groups cannot be listed: {error}"))?;
        for group in groups {
            let id = group.get("id").and_then(Value::as_str).unwrap_or_default();
            let delete = Step::new(format!("DELETE /api/v1/groups/id/{id}/delete"));
            let deleted = subject.send(session.request(&delete)?).await?;
            if deleted.status != 200 {
                return Err(format!("a group cannot be deleted: {}", deleted.status));
            }
        }
        Ok(session)
    }

    /// Sends a step's request and waits for the response.
    pub(crate) async fn take(&mut self, step: &Step) -> Result<Entry, String> {
        let response = self.subject.send(self.request(step)?).await?;
        self.add_created(step, &response);
        let title = step.title();
        if let Some(violation) = self.subject.violation(&response) {
            self.violations.push(format!("{title}: {violation}"));
        }
        let content_type = response.content_type;
        let body = Body::read(content_type.as_deref(), &response.body);
        let people = self.people();
        let mut normaliser = Normaliser {
            people,
            groups: &mut self.groups,
            order: order(&self.subject.version, step),
            unordered: step.unordered.is_some(),
            violations: Vec::new(),
        };
        let body = match body {
            Body::Nothing => Body::Nothing,
            Body::Json(value) => {
                let parts = step.only.as_deref().filter(|_| response.status == 200);
                let value = parts.map_or(value.clone(), |parts| only(parts, &value));
                Body::Json(normaliser.json(value))
            }
            Body::Text(text) => Body::Text(normaliser.text(&text)),
        };
        let violations = normaliser.violations;
        let violations = violations
            .into_iter()
            .map(|violation| format!("{title}: {violation}"));
        self.violations.extend(violations);
        Ok(Entry {
            request: title,
            status: response.status,
            content_type,
            cors: step
                .headers
                .as_ref()
                .map(|_| response.cors)
                .unwrap_or_default(),
            body,
        })
    }

    fn people(&self) -> &'a People {
        &self.subject.people
    }

    fn request(&self, step: &Step) -> Result<Request, String> {
        let (method, path) = step
            .send
            .split_once(' ')
            .ok_or_else(|| format!("{:?} is no method and path", step.send))?;
        let body = match (&step.body, &step.raw) {
            (None, None) => None,
            (Some(body), None) => Some(template::json(body, self)?.to_string().into_bytes()),
            (None, Some(Raw::Text(text))) => Some(template::text(text, self)?.into_bytes()),
            (None, Some(Raw::Bytes(bytes))) => Some(bytes.clone()),
            (Some(_), Some(_)) => return Err(format!("{} has two bodies", step.title())),
        };
        let content_type = match (step.content_type.as_deref(), &body) {
            (None, None) | (Some(""), _) => None,
            (None, Some(_)) => Some("application/json"),
            (Some(other), _) => Some(other),
        };
        Ok(Request {
            method: Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?,
            path: template::text(path, self)?,
            authorization: match &step.authorization {
                Some(header) => Some(self.header(header)),
                None => self.authorization(&step.actor)?,
            },
            content_type: content_type.map(str::to_owned),
            headers: step.headers.clone().unwrap_or_default(),
            body,
        })
    }

    /// Replaces `<token of ann>` in a header by the token.
    fn header(&self, template: &str) -> String {
        let mut header = template.to_owned();
        for person in self.people().everybody() {
            if let Some(token) = &person.token {
                header = header.replace(&format!("<token of {}>", person.label), token);
            }
        }
        header
    }

    fn authorization(&self, actor: &str) -> Result<Option<String>, String> {
        let token = match actor {
            "nobody" => return Ok(None),
            "stranger" => STRANGE_TOKEN,
            _ => {
                let person = self.people().called(actor);
                let token = person.and_then(|person| person.token.as_deref());
                token.ok_or_else(|| format!("{actor} has no token"))?
            }
        };
        Ok(Some(format!("Bearer {token}")))
    }

    /// Adds the created group, or reserves the label of a rejected one.
    fn add_created(&mut self, step: &Step, response: &Response) {
        let creates = step.send == "POST /api/v1/groups/create";
        let body: Option<Value> = serde_json::from_slice(&response.body).ok();
        let id = body.as_ref().and_then(|body| body.get("id")?.as_str());
        match (id, &step.keep) {
            (Some(id), keep) if creates && response.status == 200 => {
                self.groups.add(id, keep.as_deref());
            }
            (_, Some(keep)) => self.groups.add_rejected(keep),
            (_, None) => {}
        }
    }
}

/// Selects parts of a value by their JSON pointers.
fn only(parts: &[String], value: &Value) -> Value {
    let parts = parts.iter();
    parts
        .filter_map(|pointer| Some((pointer.clone(), value.pointer(pointer)?.clone())))
        .collect()
}

/// The order in which the database reads groups: a full scan in the order of creation, or the
/// groups of a member by their IDs.
fn order(version: &str, step: &Step) -> Order {
    let is_filtered = step.send.contains("?share=") && versions::is_since(version, "0.9.0");
    let is_of_user = step.send.contains("/users/") && step.send.contains("/groups");
    if step.actor == "admin" && !is_of_user || is_filtered {
        Order::Creation
    } else {
        Order::Id
    }
}
