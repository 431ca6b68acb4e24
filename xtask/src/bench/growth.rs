//! How the cost of a call of the client grows with the number of items.

use std::sync::Arc;

use anyhow::{Context, Result};
use contender_harness::Part;

use crate::bench::{
    callgrind,
    comparison::Comparison,
    contender::{Build, Contender, Program, build},
    limit,
    measure::per_call,
    process::Run,
    script::Script,
};

const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];

const PARTS: [Part; 5] = [
    Part::List,
    Part::Users,
    Part::Members,
    Part::AddMembers,
    Part::SetMembers,
];

/// The instructions of one call of a part, by the number of items.
#[derive(Debug)]
pub(crate) struct Growth {
    pub(crate) part: Part,
    pub(crate) points: Vec<(usize, f64)>,
}

impl Growth {
    /// An item of the largest call beside one of a call with 1,000 items. A linear call has 1.
    pub(crate) fn comparison(&self) -> Option<Comparison> {
        let (_, middle) = self.points.iter().find(|(size, _)| *size == 1_000)?;
        let (size, largest) = self.points.last()?;
        let ratio = largest / as_float(*size) / (middle / 1_000.0);
        Some(Comparison {
            part: self.part,
            against: "linear",
            ratio,
            limit: limit::find(&format!("{}/linear", self.part)),
        })
    }
}

/// Counts the instructions of calls of each size.
///
/// # Errors
///
/// When valgrind is missing, or the client fails.
pub(crate) async fn measure() -> Result<Vec<Growth>> {
    let programs = build(&[Contender::Ours], Build::Usual).await?;
    let program = programs.first().context("the client was not built")?;
    let mut all = Vec::new();
    for part in PARTS {
        let mut points = Vec::new();
        for size in SIZES.into_iter().filter(|size| *size <= largest(part)) {
            points.push((size, instructions(program, part, size).await?));
        }
        all.push(Growth { part, points });
    }
    Ok(all)
}

/// More groups than that exceed the default limit of a response.
fn largest(part: Part) -> usize {
    match part {
        Part::List => 10_000,
        _ => usize::MAX,
    }
}

async fn instructions(program: &Program, part: Part, size: usize) -> Result<f64> {
    let script = Arc::new(Script::new(part, size)?);
    let run = Run {
        program,
        part,
        size,
        script: &script,
    };
    let calls = if size > 1_000 { 1 } else { 10 };
    per_call(calls, async |calls| {
        callgrind::instructions(&run, calls).await
    })
    .await
}

#[expect(clippy::cast_precision_loss, reason = "sizes are small")]
pub(crate) fn as_float(size: usize) -> f64 {
    size as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_linear_call_cost_the_same() {
        let ratio = |largest| {
            let growth = Growth {
                part: Part::AddMembers,
                points: vec![(10, 9e5), (1_000, 1e6), (100_000, largest)],
            };
            growth.comparison().unwrap().ratio
        };
        assert!((ratio(1e8) - 1.0).abs() < 1e-9);
        assert!((ratio(1e10) - 100.0).abs() < 1e-9);
    }
}
