//! How much the client may cost, compared with others.

/// What a comparison may yield.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// A run fails above it; none for figures that depend on the machine.
    pub(crate) limit: Option<f64>,
    /// What the project wants in the end.
    pub(crate) goal: f64,
}

/// By the name of the comparison: limit and goal. Where a goal is not reached, the limit is about
/// 2 % above the figure in `BENCHMARKS.md`.
const LIMITS: &[(&str, Option<f64>, f64)] = &[
    ("get/by-hand", Some(1.03), 1.02),
    ("get/generated", Some(1.05), 1.05),
    ("list/by-hand", Some(0.45), 0.45),
    ("list/openapi-generator", Some(0.43), 0.43),
    ("add_members/by-hand", Some(1.10), 1.10),
    ("set_members/by-hand", Some(1.10), 1.10),
    ("members/by-hand", Some(1.10), 1.10),
    ("members-slow/ideal", None, 1.05),
    ("members-heap/pages", Some(8.0), 8.0),
    ("add_members/linear", Some(1.10), 1.10),
    ("set_members/linear", Some(1.10), 1.10),
];

/// The limit of a comparison; none if the project sets none.
pub(crate) fn find(comparison: &str) -> Option<Limit> {
    let mut limits = LIMITS.iter();
    let &(_, limit, goal) = limits.find(|(name, ..)| *name == comparison)?;
    Some(Limit { limit, goal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_is_below_its_goal() {
        for (name, limit, goal) in LIMITS {
            assert!(limit.is_none_or(|limit| limit >= *goal), "{name}");
        }
    }
}
