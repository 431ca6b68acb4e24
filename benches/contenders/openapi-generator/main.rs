//! The client that openapi-generator makes of the document, with composed calls on top of it.
//! `cargo xtask bench` generates the client and puts both into one package.

use std::{error::Error, fmt};

use contender_harness::{
    careful::{self, Inconsistent, Requests},
    data::GROUP_ID,
};
use openapi::{
    apis::{configuration::Configuration, groups_api as api},
    models::{GroupMemberInfo, Membership, UserIdsForm},
};

struct Generated(Configuration);

/// Each operation has an error type of its own.
#[derive(Debug)]
enum Failed {
    Request(Box<dyn Error>),
    Inconsistent(&'static str),
}

type Result<T> = std::result::Result<T, Failed>;

impl Requests for Generated {
    type Error = Failed;
    type Member = GroupMemberInfo;

    fn new(url: &str, token: &str) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build();
        Ok(Self(Configuration {
            base_path: url.to_owned(),
            bearer_access_token: Some(token.to_owned()),
            client: client.map_err(failed)?,
            ..Configuration::default()
        }))
    }

    async fn get(&self) -> Result<()> {
        let group = api::get_group(&self.0, GROUP_ID).await;
        group.map(drop).map_err(failed)
    }

    async fn list(&self) -> Result<usize> {
        let groups = api::list_groups(&self.0, None).await;
        groups.map(|groups| groups.len()).map_err(failed)
    }

    async fn users(&self) -> Result<usize> {
        let users = api::list_group_users(&self.0, GROUP_ID).await;
        let users = users.map_err(failed)?;
        Ok(careful::distinct_users(users, |user| &user.id).len())
    }

    async fn export(&self) -> Result<(Vec<String>, Option<i64>)> {
        let export = api::export_group(&self.0, GROUP_ID).await.map_err(failed)?;
        Ok((
            export.user_ids,
            export.member_count.flatten().map(i64::from),
        ))
    }

    async fn add(&self, ids: &[String]) -> Result<()> {
        let added = api::add_group_members(&self.0, GROUP_ID, form(ids)).await;
        added.map(drop).map_err(failed)
    }

    async fn remove(&self, ids: &[String]) -> Result<()> {
        let removed = api::remove_group_members(&self.0, GROUP_ID, form(ids)).await;
        removed.map(drop).map_err(failed)
    }

    async fn page(&self, number: usize) -> Result<(Vec<GroupMemberInfo>, usize)> {
        let number = i32::try_from(number).map_err(failed)?;
        let page = api::list_group_members(&self.0, GROUP_ID, Some(Membership::Direct), None, Some(number));
        let page = page.await.map_err(failed)?;
        Ok((page.items, usize::try_from(page.total).map_err(failed)?))
    }

    fn id(member: &GroupMemberInfo) -> &str {
        &member.id
    }
}

fn form(ids: &[String]) -> UserIdsForm {
    UserIdsForm {
        user_ids: Some(Some(ids.to_vec())),
    }
}

fn failed(error: impl Error + 'static) -> Failed {
    Failed::Request(Box::new(error))
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => error.fmt(formatter),
            Self::Inconsistent(problem) => problem.fmt(formatter),
        }
    }
}

impl Error for Failed {}

impl From<Inconsistent> for Failed {
    fn from(Inconsistent(problem): Inconsistent) -> Self {
        Self::Inconsistent(problem)
    }
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    contender_harness::run::<Generated>()
}
