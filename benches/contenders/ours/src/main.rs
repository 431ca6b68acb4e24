//! `GroupsClient`, as users call it.

use std::error::Error;

use contender_harness::{Contender, data::GROUP_ID};
use futures_util::Stream;
use owui_groups::{GroupsClient, Result, types::Member};

struct Ours(GroupsClient);

impl Contender for Ours {
    type Error = owui_groups::Error;
    type Member = Member;

    fn new(url: &str, token: &str) -> Result<Self> {
        GroupsClient::new(url, token).map(Self)
    }

    async fn get(&self) -> Result<()> {
        self.0.get(GROUP_ID).await.map(drop)
    }

    async fn list(&self) -> Result<usize> {
        Ok(self.0.list().await?.len())
    }

    async fn users(&self) -> Result<usize> {
        Ok(self.0.users(GROUP_ID).await?.len())
    }

    async fn add_members(&self, ids: &[String]) -> Result<usize> {
        Ok(self.0.add_members(GROUP_ID, ids).await?.added.len())
    }

    async fn set_members(&self, ids: &[String]) -> Result<(usize, usize)> {
        let change = self.0.set_members(GROUP_ID, ids).await?;
        Ok((change.added.len(), change.removed.len()))
    }

    fn members(&self) -> impl Stream<Item = Result<Member>> {
        self.0.members(GROUP_ID).stream()
    }
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    contender_harness::run::<Ours>()
}
