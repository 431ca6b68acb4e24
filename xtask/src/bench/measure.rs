//! Runs the contenders in alternation, and takes the figures of one call.

use std::{sync::Arc, time::Instant};

use anyhow::{Context, Result};
use contender_harness::{Part, data::PAGES};

use crate::bench::{
    callgrind,
    contender::{Contender, Program},
    process::Run,
    script::Script,
};

/// How often each contender runs.
const ROUNDS: usize = 3;

/// What a contender needs for a part.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) contender: Contender,
    /// In the unit of the part.
    pub(crate) value: f64,
    /// The heap of a decoded page in bytes, where the heap was measured.
    pub(crate) page: Option<f64>,
}

/// The figures of one part.
pub(crate) struct Measured {
    pub(crate) part: Part,
    pub(crate) figures: Vec<Figure>,
}

impl Measured {
    /// The figure of a contender.
    pub(crate) fn of(&self, contender: Contender) -> Option<&Figure> {
        let mut figures = self.figures.iter();
        figures.find(|figure| figure.contender == contender)
    }
}

/// Measures one call of each contender: the median of all rounds.
///
/// # Errors
///
/// When valgrind is missing, or a contender fails.
pub(crate) async fn measure(part: Part, programs: &[Program]) -> Result<Measured> {
    let script = Arc::new(Script::new(part, part.size())?);
    let programs: Vec<_> = programs
        .iter()
        .filter(|program| program.contender.measures(part))
        .collect();
    let mut rounds = vec![Vec::new(); programs.len()];
    for _ in 0..ROUNDS {
        for (&program, rounds) in programs.iter().zip(&mut rounds) {
            rounds.push(
                figure(&Run {
                    program,
                    part,
                    size: part.size(),
                    script: &script,
                })
                .await?,
            );
        }
    }
    let figures = rounds.into_iter().filter_map(median).collect();
    Ok(Measured { part, figures })
}

async fn figure(run: &Run<'_>) -> Result<Figure> {
    let figure = |value| Figure {
        contender: run.program.contender,
        value,
        page: None,
    };
    let count = async |calls| callgrind::instructions(run, calls).await;
    let value = match run.part {
        Part::Get => per_call(250, count).await?,
        Part::List | Part::Users => per_call(1, count).await?,
        Part::AddMembers | Part::SetMembers => per_call(10, count).await?,
        Part::Members => per_call(1, count).await? / f64::from(u32::try_from(PAGES)?),
        Part::MembersSlow => per_call(1, async |calls| seconds(run, calls).await).await?,
        Part::MembersHeap => {
            let (peak, page) = heap(run).await?;
            return Ok(Figure {
                page: Some(page),
                ..figure(peak)
            });
        }
    };
    Ok(figure(value))
}

/// The difference of a run and one with twice as many calls, which leaves start-up out.
///
/// # Errors
///
/// When a run fails.
pub(crate) async fn per_call(calls: u32, cost: impl AsyncFn(u32) -> Result<f64>) -> Result<f64> {
    let few = cost(calls).await?;
    let many = cost(2 * calls).await?;
    Ok((many - few) / f64::from(calls))
}

async fn seconds(run: &Run<'_>, calls: u32) -> Result<f64> {
    let begun = Instant::now();
    run.start(&[], calls).await?;
    Ok(begun.elapsed().as_secs_f64())
}

/// The peak of the heap, and the heap of a decoded page.
async fn heap(run: &Run<'_>) -> Result<(f64, f64)> {
    let written = run.start(&[], 1).await?;
    let value = |name| value(&written.stdout, name);
    let heap = value("peak").zip(value("page"));
    heap.context("the contender did not report its heap")
}

/// The number in the line that begins with the name.
fn value(text: &str, name: &str) -> Option<f64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let (_, value) = lines.find(|(found, _)| *found == name)?;
    value.parse().ok()
}

fn median(mut figures: Vec<Figure>) -> Option<Figure> {
    figures.sort_by(|one, other| one.value.total_cmp(&other.value));
    let middle = figures.len() / 2;
    figures.into_iter().nth(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_values(values: &[f64]) -> Option<f64> {
        let figures = values.iter().map(|&value| Figure {
            contender: Contender::Ours,
            value,
            page: None,
        });
        median(figures.collect()).map(|figure| figure.value)
    }

    #[test]
    fn one_slow_run_does_not_move_the_median() {
        assert_eq!(of_values(&[3.0, 1.0, 90.0]), Some(3.0));
        assert_eq!(of_values(&[7.0]), Some(7.0));
        assert_eq!(of_values(&[]), None);
    }

    #[test]
    fn values_are_found_by_name() {
        assert_eq!(value("peak 1200\npage 300\n", "page"), Some(300.0));
        assert_eq!(value("peak 1200\n", "page"), None);
    }
}
