//! Selects the members to list, and requests them.

use std::num::NonZeroU64;

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    generated::ListGroupMembersOptions,
    types::{Member, MemberCounts, MembersPage, Membership, MembershipType},
    value::names::Operation,
};

/// The group whose members are listed, and the selection of members.
#[derive(Clone, Debug)]
pub(crate) struct MemberFilter {
    pub(crate) id: String,
    pub(crate) membership: Membership,
    pub(crate) query: String,
}

impl MemberFilter {
    /// Whether the server has pages of members.
    ///
    /// If a proxy denies access to the pages and to the version, direct members are read from the
    /// list of users instead.
    pub(crate) async fn has_pages(&self, client: &GroupsClient) -> Result<bool> {
        match client.has_hierarchy(&self.id).await {
            Err(error)
                if self.membership == Membership::Direct
                    && matches!(
                        error.kind(),
                        ErrorKind::PermissionDenied | ErrorKind::NotOpenWebUi
                    ) =>
            {
                Ok(false)
            }
            outcome => outcome,
        }
    }

    /// Requests one page from a server with hierarchy.
    pub(crate) async fn page(
        &self,
        client: &GroupsClient,
        number: NonZeroU64,
    ) -> Result<MembersPage> {
        let call = client.call_on(&self.id)?;
        let query = (!self.query.is_empty()).then_some(self.query.as_str());
        call.run(|api| {
            let options = ListGroupMembersOptions::default()
                .membership(self.membership)
                .page(number)
                .query(query);
            api.list_group_members_with(&self.id, options)
        })
        .await
    }

    /// Requests all members at once from a server without hierarchy.
    pub(crate) async fn without_hierarchy(&self, client: &GroupsClient) -> Result<MembersPage> {
        if self.membership != Membership::Direct {
            client
                .require_hierarchy(&self.id, Operation::ListGroupMembers, "inherited members")
                .await?;
        }
        let users = client.users(&self.id).await?;
        let count = u64::try_from(users.len()).unwrap_or(u64::MAX);
        let query = self.query.to_lowercase();
        let contains = |text: &str| text.to_lowercase().contains(&query);
        let mut items: Vec<Member> = users
            .into_iter()
            .filter(|user| contains(&user.name) || contains(&user.email))
            .map(|user| Member::from_user(user, MembershipType::Direct))
            .collect();
        items.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let (direct, effective, inherited) = (count, count, 0);
        let counts = MemberCounts::new(direct, effective, inherited);
        Ok(MembersPage::new(counts, items, total))
    }
}
