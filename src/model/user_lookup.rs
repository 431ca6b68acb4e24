//! The users that were looked up by their addresses.

use serde::Serialize;

use crate::types::User;

/// The outcome for each address that was passed, in the same order.
///
/// Serializes as an object with the list `addresses`, whose items have `address` and `outcome`
/// (`found` with `user`, `unknown`, or `ambiguous` with `user_ids`).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use = "it reports the addresses that no user has"]
pub struct UserLookup {
    /// The addresses and their outcomes. An address that was passed twice is here twice.
    pub addresses: Vec<AddressLookup>,
}

/// An address, and who has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AddressLookup {
    /// The address as it was passed.
    pub address: String,
    /// Who has the address.
    #[serde(flatten)]
    pub outcome: LookupOutcome,
}

/// Who has an address.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LookupOutcome {
    /// One user has the address.
    Found {
        /// The user.
        user: Box<User>,
    },
    /// No user has the address.
    Unknown,
    /// Several users have the address. Servers without a unique index on addresses in lower case,
    /// such as 0.11.4, may have accounts whose addresses differ in case only.
    Ambiguous {
        /// The IDs of all of them.
        user_ids: Vec<String>,
    },
}

impl UserLookup {
    /// Whether each address is that of one user: none is unknown or ambiguous.
    pub fn is_complete(&self) -> bool {
        self.addresses.iter().all(|lookup| lookup.user().is_some())
    }

    /// The addresses that one user has, and the user.
    pub fn found(&self) -> impl Iterator<Item = (&str, &User)> {
        let addresses = self.addresses.iter();
        addresses.filter_map(|lookup| Some((lookup.address.as_str(), lookup.user()?)))
    }

    /// The IDs of the users that were found, as
    /// [`add_members`](crate::GroupsClient::add_members) accepts them.
    pub fn user_ids(&self) -> impl Iterator<Item = &str> {
        self.found().map(|(_, user)| user.id.as_str())
    }

    /// The addresses that no user has.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        let unknown = |lookup: &&AddressLookup| lookup.outcome == LookupOutcome::Unknown;
        let unknown = self.addresses.iter().filter(unknown);
        unknown.map(|lookup| lookup.address.as_str())
    }

    /// The addresses that several users have, and the IDs of those users.
    pub fn ambiguous(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.addresses
            .iter()
            .filter_map(|lookup| match &lookup.outcome {
                LookupOutcome::Ambiguous { user_ids } => {
                    Some((lookup.address.as_str(), user_ids.as_slice()))
                }
                _ => None,
            })
    }
}

impl AddressLookup {
    /// The user with the address, if there is one and no other.
    pub fn user(&self) -> Option<&User> {
        match &self.outcome {
            LookupOutcome::Found { user } => Some(user),
            _ => None,
        }
    }
}
