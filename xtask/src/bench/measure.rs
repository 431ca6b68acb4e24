//! Runs the contenders in alternation, and takes the figures of one call.

use std::time::Duration;

use anyhow::Result;
use contender_harness::Part;

use crate::bench::{
    callgrind,
    contender::{Contender, Program},
    loopback::Loopback,
    script::Script,
};

/// How often each contender runs.
const ROUNDS: usize = 3;

/// The instructions of one call.
pub(crate) struct Figure {
    pub(crate) contender: Contender,
    pub(crate) instructions: f64,
}

/// Counts the instructions of one call of each contender: the median of all rounds.
///
/// The difference of a run and one with twice as many calls leaves start-up out.
///
/// # Errors
///
/// When valgrind is missing, or a contender fails.
pub(crate) async fn instructions(part: Part, programs: &[Program]) -> Result<Vec<Figure>> {
    let calls = calls(part);
    let mut counts = vec![Vec::new(); programs.len()];
    for _ in 0..ROUNDS {
        for (program, counts) in programs.iter().zip(&mut counts) {
            let few = count(part, program, calls).await?;
            let many = count(part, program, 2 * calls).await?;
            counts.push((many - few) / f64::from(calls));
        }
    }
    let figures = programs.iter().zip(counts);
    Ok(figures
        .map(|(program, counts)| Figure {
            contender: program.contender,
            instructions: median(counts),
        })
        .collect())
}

/// The calls of the shorter run.
fn calls(part: Part) -> u32 {
    match part {
        Part::Get => 250,
        Part::List | Part::Users | Part::Members | Part::MembersSlow => 1,
        Part::AddMembers | Part::SetMembers => 10,
    }
}

async fn count(part: Part, program: &Program, calls: u32) -> Result<f64> {
    let server = Loopback::start(Script::new(part)?, Duration::ZERO).await?;
    callgrind::instructions(&program.path, part.name(), calls, server.url()).await
}

fn median(mut counts: Vec<f64>) -> f64 {
    counts.sort_by(f64::total_cmp);
    counts.get(counts.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_run_does_not_move_the_median() {
        assert_eq!(median(vec![3.0, 1.0, 90.0]), 3.0);
        assert_eq!(median(vec![7.0]), 7.0);
    }
}
