//! `cargo xtask bench`: the client and contenders that do the same work, side by side, in
//! instructions, so that the load of the machine does not matter.

mod callgrind;
mod comparison;
mod contender;
mod limit;
mod loopback;
mod measure;
mod script;

use std::process::ExitCode;

use anyhow::{Result, ensure};
use contender_harness::Part;

use crate::bench::{
    comparison::Comparison,
    contender::{Contender, build},
};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this part; may be repeated
    #[arg(long = "only", value_name = "PART")]
    only: Vec<Part>,
}

/// Measures the parts.
///
/// # Errors
///
/// When valgrind is missing, a contender fails, or a ratio is above its limit.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let is_requested = |part: &Part| arguments.only.is_empty() || arguments.only.contains(part);
    let programs = build(&[Contender::Ours, Contender::ByHand]).await?;
    let mut above = Vec::new();
    for part in Part::ALL.into_iter().filter(is_requested) {
        let figures = measure::instructions(part, &programs).await?;
        for figure in &figures {
            println!(
                "instructions {part}/{} {:.0}",
                figure.contender, figure.instructions
            );
        }
        for comparison in Comparison::of(part, &figures) {
            println!("{comparison}");
            if comparison.is_above_limit() {
                above.push(comparison.to_string());
            }
        }
    }
    ensure!(above.is_empty(), "above the limit: {}", above.join(", "));
    Ok(ExitCode::SUCCESS)
}
