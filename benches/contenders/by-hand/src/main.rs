//! What a careful engineer writes by hand with reqwest and serde.

mod client;
mod error;
mod types;

use contender_harness::{
    careful::{self, Requests},
    data::GROUP_ID,
};

use crate::{
    client::GroupClient,
    error::{Error, Result},
    types::Member,
};

impl Requests for GroupClient {
    type Error = Error;
    type Member = Member;

    fn new(url: &str, token: &str) -> Result<Self> {
        GroupClient::new(url, token)
    }

    async fn get(&self) -> Result<()> {
        self.group(GROUP_ID).await.map(drop)
    }

    async fn list(&self) -> Result<usize> {
        Ok(self.groups().await?.len())
    }

    async fn users(&self) -> Result<usize> {
        let users = GroupClient::users(self, GROUP_ID).await?;
        Ok(careful::distinct_users(users, |user| &user.id).len())
    }

    async fn export(&self) -> Result<(Vec<String>, Option<i64>)> {
        let export = GroupClient::export(self, GROUP_ID).await?;
        Ok((export.user_ids, export.member_count))
    }

    async fn add(&self, ids: &[String]) -> Result<()> {
        GroupClient::add(self, GROUP_ID, ids).await.map(drop)
    }

    async fn remove(&self, ids: &[String]) -> Result<()> {
        GroupClient::remove(self, GROUP_ID, ids).await.map(drop)
    }

    async fn page(&self, number: usize) -> Result<(Vec<Member>, usize)> {
        let page = GroupClient::page(self, GROUP_ID, number).await?;
        Ok((page.items, page.total))
    }

    fn id(member: &Member) -> &str {
        &member.id
    }
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    contender_harness::run::<GroupClient>()
}
