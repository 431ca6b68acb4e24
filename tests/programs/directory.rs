//! A trait of a program, implemented for the client and for a fake. The code is generic over the
//! trait and spawns tasks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use futures_util::{TryStreamExt, future::BoxFuture};
use owui_groups::{Error, GroupsClient, NewGroup, Permission};
use owui_groups_mock::{MockServer, NewUser};
use tokio::task::JoinSet;

/// Adds users to groups, and returns the users that do not exist.
trait Directory: Clone + Send + Sync + 'static {
    type Error: std::error::Error + Send + Sync + 'static;

    fn add(
        &self,
        group: &str,
        users: Vec<String>,
    ) -> impl Future<Output = Result<Vec<String>, Self::Error>> + Send;
}

impl Directory for GroupsClient {
    type Error = Error;

    async fn add(&self, group: &str, users: Vec<String>) -> Result<Vec<String>, Error> {
        Ok(self.add_members(group, users).await?.unknown)
    }
}

/// The members of each group. All users exist except `nobody`.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<HashMap<String, Vec<String>>>>);

impl Directory for Fake {
    type Error = std::io::Error;

    async fn add(&self, group: &str, users: Vec<String>) -> Result<Vec<String>, Self::Error> {
        let is_unknown = |user: &String| user == "nobody";
        let (unknown, known) = users.into_iter().partition(is_unknown);
        self.0.lock().unwrap().insert(group.to_owned(), known);
        Ok(unknown)
    }
}

/// Adds the users to all groups concurrently.
async fn add_to_all<D: Directory>(
    directory: &D,
    groups: &[String],
    users: &[&str],
) -> Result<Vec<String>, D::Error> {
    let mut tasks = JoinSet::new();
    for group in groups {
        let (directory, group) = (directory.clone(), group.clone());
        let users = users.iter().map(|user| (*user).to_owned()).collect();
        tasks.spawn(async move { directory.add(&group, users).await });
    }
    let unknown: Result<Vec<_>, _> = tasks.join_all().await.into_iter().collect();
    Ok(unknown?.concat())
}

/// The same, as a trait object.
trait DynDirectory: Send + Sync {
    fn add<'a>(
        &'a self,
        group: &'a str,
        users: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>>>;
}

impl DynDirectory for GroupsClient {
    fn add<'a>(
        &'a self,
        group: &'a str,
        users: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(async move { Ok(self.add_members(group, users).await?.unknown) })
    }
}

/// A mock with two groups and a user `ann`.
fn mock() -> (MockServer, Vec<String>) {
    let mock = MockServer::start().unwrap();
    mock.add_user(NewUser::new("Ann").id("ann")).unwrap();
    let group = |name| mock.add_group(NewGroup::new(name)).unwrap().id;
    let groups = vec![group("one"), group("two")];
    (mock, groups)
}

#[tokio::test(flavor = "multi_thread")]
async fn generic_code_runs_on_the_client_and_on_a_fake() {
    let (mock, groups) = mock();
    let client = mock.client().unwrap();
    let unknown = add_to_all(&client, &groups, &["ann", "nobody"]).await;
    assert_eq!(unknown.unwrap(), ["nobody", "nobody"]);

    let fake = Fake::default();
    let unknown = add_to_all(&fake, &groups, &["ann", "nobody"]).await;
    assert_eq!(unknown.unwrap(), ["nobody", "nobody"]);

    for group in &groups {
        assert_eq!(mock.member_ids(group), fake.0.lock().unwrap()[group]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spawned_task_may_own_a_trait_object() {
    let (mock, groups) = mock();
    let directory: Arc<dyn DynDirectory> = Arc::new(mock.client().unwrap());
    let group = groups[0].clone();
    let users = vec!["ann".to_owned()];
    let task = tokio::spawn(async move { directory.add(&group, users).await });
    assert!(task.await.unwrap().unwrap().is_empty());
    assert_eq!(mock.member_ids(&groups[0]), ["ann"]);
}

/// The compiler may fail to prove `Send` for iterators over borrowed data that contain closures.
#[tokio::test(flavor = "multi_thread")]
async fn a_spawned_task_may_pass_iterators_and_closures_that_borrow() {
    struct Row {
        group: String,
        parent: Option<String>,
        user: String,
    }

    let (mock, _) = mock();
    let client = mock.client().unwrap();
    let row = |group: &str, parent: Option<&str>| Row {
        group: group.to_owned(),
        parent: parent.map(str::to_owned),
        user: "ann".to_owned(),
    };
    let rows = [row("company", None), row("team", Some("company"))];
    let task = tokio::spawn(async move {
        let groups = rows.iter().map(|row| {
            let group = NewGroup::new(&row.group);
            match &row.parent {
                Some(parent) => group.parent_named(parent),
                None => group,
            }
        });
        let outcomes = client.get_or_create_all(groups).await?;
        for outcome in &outcomes {
            let id = &outcome.group.id;
            let users = rows.iter().filter(|row| row.group == outcome.group.name);
            let users = users.map(|row| row.user.as_str());
            let change = client.add_members(id, users.clone()).await?;
            assert_eq!(change.added, ["ann"]);
            let _ = client.set_members(id, users.clone()).await?;
            client
                .edit(id, |group| {
                    let owner = rows.first().map_or("", |row| &row.user);
                    group.set_description(owner);
                    group.permissions().allow(Permission::ChatEdit)?;
                    Ok(())
                })
                .await?;
            let members: Vec<_> = client.members(id).stream().try_collect().await?;
            assert_eq!(members.len(), 1);
            let change = client.remove_members(id, users).await?;
            assert_eq!(change.removed, ["ann"]);
        }
        Ok::<_, Error>(outcomes.len())
    });
    assert_eq!(task.await.unwrap().unwrap(), 2);
}
