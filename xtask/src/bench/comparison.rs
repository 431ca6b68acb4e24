//! The client's figure for a part beside that of a contender, or beside the best possible one.

use std::fmt;

use contender_harness::{
    Part,
    data::{PAGES, PAUSE},
};

use crate::bench::{
    contender::Contender,
    limit::{self, Limit},
    measure::Measured,
};

/// The client's figure for a part as a multiple of another one.
pub(crate) struct Comparison {
    pub(crate) part: Part,
    pub(crate) against: &'static str,
    pub(crate) ratio: f64,
    pub(crate) limit: Option<Limit>,
}

impl Comparison {
    /// Compares the client with what the part compares it with.
    pub(crate) fn of(measured: &Measured) -> Vec<Self> {
        let part = measured.part;
        let Some(ours) = measured.of(Contender::Ours) else {
            return Vec::new();
        };
        let against: Vec<(&str, f64)> = match part {
            Part::MembersSlow => vec![("ideal", ideal())],
            // The page of a contender whose types do not change.
            Part::MembersHeap => measured
                .of(Contender::ByHand)
                .and_then(|figure| Some(("pages", figure.page?)))
                .into_iter()
                .collect(),
            _ => measured
                .figures
                .iter()
                .filter(|figure| figure.contender != Contender::Ours)
                .map(|figure| (figure.contender.name(), figure.value))
                .collect(),
        };
        let comparisons = against.into_iter().map(|(against, value)| Self {
            part,
            against,
            ratio: ours.value / value,
            limit: limit::find(&format!("{part}/{against}")),
        });
        comparisons.collect()
    }

    /// Whether the client needs more than it may.
    pub(crate) fn is_above_limit(&self) -> bool {
        let limit = self.limit.and_then(|limit| limit.limit);
        limit.is_some_and(|limit| self.ratio > limit)
    }
}

/// The seconds of `members-slow` if no request but the first one has to be waited for.
pub(crate) fn ideal() -> f64 {
    let pages = u32::try_from(PAGES).unwrap_or(u32::MAX);
    (PAUSE + pages * PAUSE).as_secs_f64()
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, against, ratio) = (self.part, self.against, self.ratio);
        write!(formatter, "ratio {part}/{against} {ratio:.3}")?;
        match self.limit {
            None => Ok(()),
            Some(Limit { limit: None, goal }) => write!(formatter, " (goal {goal:.2})"),
            Some(Limit {
                limit: Some(limit),
                goal,
            }) => write!(formatter, " (limit {limit:.2}, goal {goal:.2})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::measure::Figure;

    fn measured(part: Part, ours: f64) -> Measured {
        let figure = |contender, value| Figure {
            contender,
            value,
            page: Some(10.0),
        };
        let figures = vec![
            figure(Contender::Ours, ours),
            figure(Contender::ByHand, 100.0),
        ];
        Measured { part, figures }
    }

    fn lines(measured: &Measured) -> Vec<String> {
        let comparisons = Comparison::of(measured);
        comparisons.iter().map(Comparison::to_string).collect()
    }

    #[test]
    fn the_client_is_compared_with_all_others() {
        let lines = lines(&measured(Part::Users, 50.0));
        assert_eq!(lines, ["ratio users/by-hand 0.500"]);
    }

    #[test]
    fn time_is_compared_with_the_ideal() {
        let lines = lines(&measured(Part::MembersSlow, 4.04));
        assert_eq!(lines, ["ratio members-slow/ideal 2.000 (goal 1.05)"]);
    }

    #[test]
    fn the_heap_is_counted_in_pages() {
        let lines = lines(&measured(Part::MembersHeap, 90.0));
        assert_eq!(
            lines,
            ["ratio members-heap/pages 9.000 (limit 8.00, goal 8.00)"]
        );
    }

    #[test]
    fn a_figure_above_its_limit_is_found() {
        let is_above = |part, ours| {
            let comparisons = Comparison::of(&measured(part, ours));
            comparisons.iter().any(Comparison::is_above_limit)
        };
        assert!(is_above(Part::Get, 900.0));
        assert!(!is_above(Part::Get, 90.0));
        assert!(!is_above(Part::MembersSlow, 900.0));
    }
}
