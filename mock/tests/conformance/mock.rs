//! The mock server. No other file of this suite uses it.

use std::sync::atomic::{AtomicUsize, Ordering};

use owui_groups_mock::{EmulatedVersion, MockError, MockServer, NewUser};

use crate::{
    document,
    people::{People, Person},
    subject::{Response, Subject},
};

/// The versions that the mock emulates, in ascending order.
pub(crate) fn versions() -> impl Iterator<Item = &'static str> {
    EmulatedVersion::ALL.iter().map(|version| version.as_str())
}

/// Starts a mock of this version, with these users and no groups.
pub(crate) fn start(version: &str, people: &People) -> Result<Subject, String> {
    let emulated: EmulatedVersion = version
        .parse()
        .map_err(|_| format!("there is no mock of {version}"))?;
    let mut builder = MockServer::builder().emulate(emulated);
    for person in people.everybody() {
        let user = user(person).map_err(|error| error.to_string())?;
        builder = match person.label.as_str() {
            "admin" => builder.admin(user),
            _ => builder.user(user),
        };
    }
    let server = builder.start().map_err(|error| error.to_string())?;
    let url = server.url();
    let checked = AtomicUsize::new(0);
    let check = move |response: &Response| {
        let mut requests = server.requests();
        // Some requests are not recorded, for example those with a body that is too large.
        if checked.swap(requests.len(), Ordering::Relaxed) == requests.len() {
            return None;
        }
        document::violation(requests.pop()?.operation?, response)
    };
    Subject::new(version, url, people.clone(), Some(Box::new(check)))
}

fn user(person: &Person) -> Result<NewUser, MockError> {
    let user = NewUser::new(&person.name)
        .id(&person.id)
        .email(&person.email)
        .role(person.role.parse()?);
    Ok(match &person.token {
        Some(token) => user.token(token),
        None => user,
    })
}
