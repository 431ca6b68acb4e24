//! The generated client inside of `GroupsClient`, without what the latter adds.

use std::{error::Error, fmt, num::NonZeroU64};

use contender_harness::{
    careful::{self, Inconsistent, Requests},
    data::GROUP_ID,
};
use owui_groups::{
    GroupsClient,
    generated::{self, Client, ListGroupMembersOptions, types::UserIdsForm},
    types::{Member, Membership},
};

struct Generated(Client);

#[derive(Debug)]
struct Failed(String);

type Result<T> = std::result::Result<T, Failed>;

impl Requests for Generated {
    type Error = Failed;
    type Member = Member;

    fn new(url: &str, token: &str) -> Result<Self> {
        let client = GroupsClient::new(url, token.to_owned());
        let client = client.map_err(|error| Failed(error.to_string()))?;
        Ok(Self(client.generated()))
    }

    async fn get(&self) -> Result<()> {
        self.0.get_group(GROUP_ID).await?;
        Ok(())
    }

    async fn list(&self) -> Result<usize> {
        Ok(self.0.list_groups().await?.len())
    }

    async fn users(&self) -> Result<usize> {
        let users = self.0.list_group_users(GROUP_ID).await?.into_inner();
        Ok(careful::distinct_users(users, |user| &user.id).len())
    }

    async fn export(&self) -> Result<(Vec<String>, Option<i64>)> {
        let export = self.0.export_group(GROUP_ID).await?.into_inner();
        let count = export
            .member_count
            .and_then(|count| i64::try_from(count).ok());
        Ok((export.user_ids, count))
    }

    async fn add(&self, ids: &[String]) -> Result<()> {
        self.0.add_group_members(GROUP_ID, &form(ids)).await?;
        Ok(())
    }

    async fn remove(&self, ids: &[String]) -> Result<()> {
        self.0.remove_group_members(GROUP_ID, &form(ids)).await?;
        Ok(())
    }

    async fn page(&self, number: usize) -> Result<(Vec<Member>, usize)> {
        let number = u64::try_from(number).ok().and_then(NonZeroU64::new);
        let options = ListGroupMembersOptions::default()
            .membership(Membership::Direct)
            .page(number);
        let page = self.0.list_group_members_with(GROUP_ID, options);
        let page = page.await?.into_inner();
        let total = usize::try_from(page.total);
        let total = total.map_err(|error| Failed(error.to_string()))?;
        Ok((page.items, total))
    }

    fn id(member: &Member) -> &str {
        &member.id
    }
}

fn form(ids: &[String]) -> UserIdsForm {
    let mut form = UserIdsForm::new();
    form.user_ids = Some(ids.to_vec());
    form
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for Failed {}

impl<E: fmt::Debug> From<generated::Error<E>> for Failed {
    fn from(error: generated::Error<E>) -> Self {
        Self(format!("{error:?}"))
    }
}

impl From<Inconsistent> for Failed {
    fn from(Inconsistent(problem): Inconsistent) -> Self {
        Self(problem.to_owned())
    }
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    contender_harness::run::<Generated>()
}
