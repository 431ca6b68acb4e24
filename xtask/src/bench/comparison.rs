//! The client's figure for a part beside that of a contender.

use std::fmt;

use contender_harness::Part;

use crate::bench::{
    contender::Contender,
    limit::{self, Limit},
    measure::Figure,
};

/// The client's figure for a part as a share of a contender's.
pub(crate) struct Comparison {
    pub(crate) part: Part,
    pub(crate) against: Contender,
    pub(crate) ratio: f64,
    pub(crate) limit: Option<&'static Limit>,
}

impl Comparison {
    /// Compares the client with all other contenders.
    pub(crate) fn of(part: Part, figures: &[Figure]) -> Vec<Self> {
        let (ours, others): (Vec<_>, Vec<_>) = figures
            .iter()
            .partition(|figure| figure.contender == Contender::Ours);
        let compare = |ours: &Figure, other: &Figure| Self {
            part,
            against: other.contender,
            ratio: ours.instructions / other.instructions,
            limit: limit::find(part, other.contender),
        };
        let ours = ours.into_iter();
        ours.flat_map(|ours| others.iter().map(move |other| compare(ours, other)))
            .collect()
    }

    /// Whether the client needs more than it may.
    pub(crate) fn is_above_limit(&self) -> bool {
        self.limit.is_some_and(|limit| self.ratio > limit.limit)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, against, ratio) = (self.part, self.against, self.ratio);
        write!(formatter, "ratio {part}/{against} {ratio:.3}")?;
        let Some(Limit { limit, goal, .. }) = self.limit else {
            return Ok(());
        };
        write!(formatter, " (limit {limit:.2}, goal {goal:.2})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(ours: f64) -> [Figure; 2] {
        [(Contender::Ours, ours), (Contender::ByHand, 100.0)].map(|(contender, instructions)| {
            Figure {
                contender,
                instructions,
            }
        })
    }

    #[test]
    fn the_client_is_compared_with_all_others() {
        let comparisons = Comparison::of(Part::Users, &figures(50.0));
        let lines: Vec<_> = comparisons.iter().map(Comparison::to_string).collect();
        assert_eq!(lines, ["ratio users/by-hand 0.500"]);
    }

    #[test]
    fn a_figure_above_its_limit_is_found() {
        let is_above = |ours| {
            let comparisons = Comparison::of(Part::Get, &figures(ours));
            comparisons.iter().any(Comparison::is_above_limit)
        };
        assert!(is_above(900.0));
        assert!(!is_above(90.0));
    }
}
