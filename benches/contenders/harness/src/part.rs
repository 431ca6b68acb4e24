//! The parts of the benchmark.

use std::{fmt, str::FromStr};

use crate::data::{GROUPS, HEAP_PAGES, IDS, PAGE_SIZE, PAGES, USERS};

/// A part of the benchmark: the work of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Reads one group.
    Get,
    /// Lists 1,000 groups, each with all permissions of the document.
    List,
    /// Reads 100,000 users in one response.
    Users,
    /// Adds 1,000 members to an empty group.
    AddMembers,
    /// Sets 1,000 members, half of whom are members; removes 500.
    SetMembers,
    /// Reads 100 pages of members.
    Members,
    /// The same with a slow consumer and a slow server.
    MembersSlow,
    /// Reads 10 pages of members with a slow consumer, and reports the heap.
    MembersHeap,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 8] = [
        Self::Get,
        Self::List,
        Self::Users,
        Self::AddMembers,
        Self::SetMembers,
        Self::Members,
        Self::MembersSlow,
        Self::MembersHeap,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Users => "users",
            Self::AddMembers => "add_members",
            Self::SetMembers => "set_members",
            Self::Members => "members",
            Self::MembersSlow => "members-slow",
            Self::MembersHeap => "members-heap",
        }
    }

    /// The number of groups, users, IDs or members, unless another one is requested.
    pub fn size(self) -> usize {
        match self {
            Self::Get => 1,
            Self::List => GROUPS,
            Self::Users => USERS,
            Self::AddMembers | Self::SetMembers => IDS,
            Self::Members | Self::MembersSlow => PAGES * PAGE_SIZE,
            Self::MembersHeap => HEAP_PAGES * PAGE_SIZE,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let part = Self::ALL.into_iter().find(|part| part.name() == name);
        part.ok_or_else(|| format!("`{name}` is not a part"))
    }
}
