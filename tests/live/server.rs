//! The server under test, with unique names and users, and their removal.

use std::{
    process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use futures_util::{StreamExt, TryStreamExt, stream};
use owui_groups::{GroupsClient, NewGroup, ServerVersion, types::Group};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use tokio::{runtime::Handle, sync::OnceCell};

use crate::{
    members::SharedGroups,
    outcome::{Ending, Outcome, failure},
};

/// More members than a page has.
pub(crate) const PEOPLE: usize = 40;

/// The server and an admin's client. Everything that it creates is removed at the end.
#[derive(Clone)]
pub(crate) struct Live(Arc<Inner>);

struct Inner {
    client: GroupsClient,
    token: String,
    version: ServerVersion,
    /// A part of the name or description of every group, and of every user's email address.
    mark: String,
    names: AtomicUsize,
    people: OnceCell<Vec<Person>>,
    shared_groups: SharedGroups,
    signed_up: Mutex<Vec<String>>,
    /// SQLite supports one writer at a time. 0.9.6 responds with 500 if others wait too long.
    signing_up: tokio::sync::Mutex<()>,
}

/// A user of the server who is not an admin.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) token: String,
}

impl Live {
    pub(crate) async fn connect(client: GroupsClient, token: String) -> owui_groups::Result<Self> {
        let version = client.server_version().await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default().as_millis();
        Ok(Self(Arc::new(Inner {
            client,
            token,
            version,
            mark: format!("live-{}-{now}", process::id()),
            names: AtomicUsize::new(0),
            people: OnceCell::new(),
            shared_groups: SharedGroups::default(),
            signed_up: Mutex::default(),
            signing_up: tokio::sync::Mutex::default(),
        })))
    }

    /// An admin's client.
    pub(crate) fn client(&self) -> &GroupsClient {
        &self.0.client
    }

    /// The admin's token.
    pub(crate) fn token(&self) -> &str {
        &self.0.token
    }

    /// A client with another token.
    pub(crate) fn client_as(&self, token: &str) -> owui_groups::Result<GroupsClient> {
        GroupsClient::new(self.url(), token)
    }

    pub(crate) fn url(&self) -> &str {
        self.0.client.base_url()
    }

    pub(crate) fn version(&self) -> &ServerVersion {
        &self.0.version
    }

    pub(crate) fn is_since(&self, major: u64, minor: u64, patch: u64) -> bool {
        self.0.version >= ServerVersion::new(major, minor, patch)
    }

    /// Whether the server supports parents of groups, and the other features of 0.12.
    pub(crate) fn has_hierarchy(&self) -> bool {
        self.is_since(0, 12, 0)
    }

    /// The text that every group must have in its name or description to be removed at the end.
    pub(crate) fn mark(&self) -> &str {
        &self.0.mark
    }

    /// A name that no other group has.
    pub(crate) fn name(&self, what: &str) -> String {
        let number = self.0.names.fetch_add(1, Ordering::Relaxed);
        format!("{} {number} {what}", self.mark())
    }

    /// A group to create, with a name that no other group has.
    pub(crate) fn new_group(&self, what: &str) -> NewGroup {
        NewGroup::new(self.name(what))
    }

    /// A group to create with only a name.
    pub(crate) async fn group(&self, what: &str) -> owui_groups::Result<Group> {
        self.client().create(self.new_group(what)).await
    }

    /// A group to create below another one.
    pub(crate) async fn group_below(&self, id: &str, what: &str) -> owui_groups::Result<Group> {
        self.client().create(self.new_group(what).parent(id)).await
    }

    /// Users who are not admins. All tests share them.
    pub(crate) async fn everybody(&self) -> Outcome<&[Person]> {
        let everybody = self.0.people.get_or_try_init(|| async {
            stream::iter(0..PEOPLE)
                .map(|number| self.sign_up(format!("person {number:02}"), "user"))
                .buffered(8)
                .try_collect()
                .await
        });
        everybody.await.map(Vec::as_slice)
    }

    /// The first of these users.
    pub(crate) async fn people<const N: usize>(&self) -> Outcome<[&Person; N]> {
        let everybody = self.everybody().await?;
        let some: Vec<_> = everybody.iter().take(N).collect();
        some.try_into()
            .map_err(|_| failure("there are not so many people"))
    }

    pub(crate) fn shared_groups(&self) -> &SharedGroups {
        &self.0.shared_groups
    }

    /// Creates a user, who is removed at the end.
    pub(crate) async fn sign_up(&self, who: String, role: &str) -> Outcome<Person> {
        let email = format!("{}.{}@live.example", who.replace(' ', "-"), self.mark());
        self.sign_up_at(&email, format!("Live {who}"), role).await
    }

    /// Creates a user with this email address, who is removed at the end.
    pub(crate) async fn sign_up_at(
        &self,
        email: &str,
        name: String,
        role: &str,
    ) -> Outcome<Person> {
        let body = json!({
            "name": name,
            "email": email,
            "password": format!("{}-P1!", self.mark()),
            "role": role,
        });
        let _signing_up = self.0.signing_up.lock().await;
        let request = self.client().request(Method::POST, "api/v1/auths/add")?;
        let answer = request.json(&body).send().await?.error_for_status()?;
        let person: Person = answer.json().await?;
        self.signed_up().push(person.id.clone());
        Ok(person)
    }

    /// Removes a user before the end.
    pub(crate) async fn leaves(&self, person: &Person) -> Outcome {
        self.remove_user(&person.id).await?;
        self.signed_up().retain(|id| *id != person.id);
        Ok(())
    }

    async fn remove_user(&self, id: &str) -> Outcome {
        let request = self
            .client()
            .request(Method::DELETE, &format!("api/v1/users/{id}"))?;
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// Removes everything that the tests created, whether or not they succeeded.
    pub(crate) async fn clean_up(&self) -> Outcome {
        let users = std::mem::take(&mut *self.signed_up());
        let users = stream::iter(users).map(|id| async move { self.remove_user(&id).await });
        let users: Outcome = users.buffer_unordered(4).try_collect().await;
        // One at a time, because SQLite supports one writer, and a busy server may respond with an
        // error.
        let mut groups = self.remove_groups().await;
        if groups.is_err() {
            groups = self.remove_groups().await;
        }
        users.and(groups)
    }

    async fn remove_groups(&self) -> Outcome {
        let mut groups = self.client().list().await?;
        let is_mine = |text: &String| text.contains(self.mark());
        groups.retain(|group| is_mine(&group.name) || is_mine(&group.description));
        let mut outcome = Ok(());
        for group in groups {
            let removed = self.client().delete(&group.id).await;
            outcome = outcome.and(removed.map_err(Ending::from));
        }
        outcome
    }

    fn signed_up(&self) -> MutexGuard<'_, Vec<String>> {
        let signed_up = self.0.signed_up.lock();
        signed_up.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a future to completion on another thread, from code that cannot await.
pub(crate) fn meanwhile<T: Send>(work: impl Future<Output = T> + Send) -> Option<T> {
    let runtime = Handle::current();
    std::thread::scope(|scope| scope.spawn(|| runtime.block_on(work)).join().ok())
}
