//! `cargo xtask bench`: the client and contenders that do the same work, side by side, in
//! instructions, so that the load of the machine does not matter.

mod callgrind;
mod comparison;
mod contender;
mod limit;
mod loopback;
mod measure;
mod openapi_generator;
mod process;
mod script;

use std::process::ExitCode;

use anyhow::{Result, ensure};
use contender_harness::Part;

use crate::bench::{
    comparison::Comparison,
    contender::{Build, Contender, build},
};

/// The parts of CI: a minute of instructions each, at most.
const PARTS_OF_CI: [Part; 3] = [Part::Get, Part::List, Part::AddMembers];

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this part; may be repeated
    #[arg(long = "only", value_name = "PART")]
    only: Vec<Part>,
    /// Only the parts of CI, and the contenders that need nothing but Rust
    #[arg(long, conflicts_with = "only")]
    ci: bool,
}

impl Arguments {
    fn parts(&self) -> impl Iterator<Item = Part> {
        let is_requested = |part: &Part| match self.ci {
            true => PARTS_OF_CI.contains(part),
            false => self.only.is_empty() || self.only.contains(part),
        };
        Part::ALL.into_iter().filter(is_requested)
    }

    fn contenders(&self) -> &'static [Contender] {
        match self.ci {
            true => &Contender::OF_WORKSPACE,
            false => &Contender::ALL,
        }
    }
}

/// Measures the parts.
///
/// # Errors
///
/// When valgrind is missing, a contender fails, or a ratio is above its limit.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let mut comparisons = Vec::new();
    let (of_heap, parts): (Vec<_>, Vec<_>) = arguments
        .parts()
        .partition(|part| *part == Part::MembersHeap);
    for (parts, kind) in [(parts, Build::Usual), (of_heap, Build::Heap)] {
        if parts.is_empty() {
            continue;
        }
        let programs = build(arguments.contenders(), kind).await?;
        for part in parts {
            let measured = measure::measure(part, &programs).await?;
            for figure in &measured.figures {
                let (unit, contender) = (measure::unit(part), figure.contender);
                println!(
                    "{unit} {part}/{contender} {:.*}",
                    decimals(part),
                    figure.value
                );
            }
            for comparison in Comparison::of(&measured) {
                println!("{comparison}");
                comparisons.push(comparison);
            }
        }
    }
    let above: Vec<_> = comparisons
        .iter()
        .filter(|comparison| comparison.is_above_limit())
        .map(Comparison::to_string)
        .collect();
    ensure!(above.is_empty(), "above the limit: {}", above.join(", "));
    Ok(ExitCode::SUCCESS)
}

fn decimals(part: Part) -> usize {
    match part {
        Part::MembersSlow => 3,
        _ => 0,
    }
}
