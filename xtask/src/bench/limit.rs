//! How much the client may cost, compared with a contender.

use contender_harness::Part;

use crate::bench::contender::Contender;

/// A limit on the instructions of a part.
pub(crate) struct Limit {
    part: Part,
    against: Contender,
    /// A run fails above it.
    pub(crate) limit: f64,
    /// What the project wants in the end.
    pub(crate) goal: f64,
}

/// Where a goal is not reached, the limit is 2 % above the figure of the last run in
/// `BENCHMARKS.md`.
const LIMITS: &[Limit] = &[
    limit(Part::Get, Contender::ByHand, 1.15, 1.02),
    limit(Part::List, Contender::ByHand, 0.45, 0.45),
    limit(Part::AddMembers, Contender::ByHand, 3.38, 1.10),
    limit(Part::SetMembers, Contender::ByHand, 2.46, 1.10),
    limit(Part::Members, Contender::ByHand, 1.10, 1.10),
];

const fn limit(part: Part, against: Contender, limit: f64, goal: f64) -> Limit {
    Limit {
        part,
        against,
        limit,
        goal,
    }
}

/// The limit of a comparison; none if the project sets none.
pub(crate) fn find(part: Part, against: Contender) -> Option<&'static Limit> {
    LIMITS
        .iter()
        .find(|limit| limit.part == part && limit.against == against)
}
