//! `cargo xtask bench`: the client and contenders that do the same work, side by side, in
//! instructions, so that the load of the machine does not matter.

mod build_cost;
mod callgrind;
mod comparison;
mod contender;
mod cpu_time;
mod dependency;
mod growth;
mod limit;
mod loopback;
mod machine;
mod measure;
mod merge;
mod number;
mod openapi_generator;
mod owui_client;
mod plot;
mod process;
mod report;
mod rustc_time;
mod script;
mod table;

use std::{fs, process::ExitCode, str::FromStr};

use anyhow::{Context, Result, ensure};
use contender_harness::Part;

use crate::{
    bench::{
        comparison::Comparison,
        contender::{Build, Contender, build},
        growth::Growth,
        measure::Measured,
        report::Report,
    },
    project,
};

/// The parts of CI.
const PARTS_OF_CI: [Part; 3] = [Part::Get, Part::List, Part::AddMembers];

/// The arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Measure only this part, for example `get`, `sizes`, `owui-client`, `build` or
    /// `dependencies`; may be repeated
    #[arg(long = "only", value_name = "PART")]
    only: Vec<Selected>,
    /// Measure only the parts of CI, and only the contenders that require nothing but Rust
    #[arg(long, conflicts_with = "only")]
    ci: bool,
    /// Write the results to `BENCHMARKS.md` and `BENCHMARKS.svg`
    #[arg(long, conflicts_with = "ci")]
    write: bool,
}

#[derive(Clone, PartialEq)]
enum Selected {
    Calls(Part),
    Build,
    Sizes,
    OwuiClient,
    Dependencies,
}

impl FromStr for Selected {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "build" => Ok(Self::Build),
            "sizes" => Ok(Self::Sizes),
            "owui-client" => Ok(Self::OwuiClient),
            "dependencies" => Ok(Self::Dependencies),
            name => name.parse().map(Self::Calls),
        }
    }
}

impl Arguments {
    fn parts(&self) -> impl Iterator<Item = Part> {
        let is_requested = |part: &Part| match self.ci {
            true => PARTS_OF_CI.contains(part),
            false => self.only.is_empty() || self.only.contains(&Selected::Calls(*part)),
        };
        Part::ALL.into_iter().filter(is_requested)
    }

    fn includes(&self, part: &Selected) -> bool {
        !self.ci && (self.only.is_empty() || self.only.contains(part))
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
    let parts = calls(&arguments).await?;
    let mut growths = Vec::new();
    if arguments.includes(&Selected::Sizes) {
        growths = growth::measure().await?;
        growths.iter().for_each(print_growth);
    }
    let mut cpu_times = Vec::new();
    if arguments.includes(&Selected::OwuiClient) {
        cpu_times = owui_client::measure().await?;
        cpu_times.iter().for_each(|time| println!("{time}"));
    }
    let mut builds = Vec::new();
    if arguments.includes(&Selected::Build) {
        builds = build_cost::measure().await?;
        for cost in &builds {
            let (contender, seconds) = (cost.contender, cost.seconds);
            println!("seconds build/{contender} {seconds:.1}");
            println!("crates build/{contender} {}", cost.crates);
            println!("bytes build/{contender} {}", cost.size);
        }
    }
    let mut dependencies = Vec::new();
    if arguments.includes(&Selected::Dependencies) {
        dependencies = dependency::list().await?;
        for dependency in &dependencies {
            let (name, seconds) = (&dependency.name, dependency.seconds);
            println!("seconds dependencies/{name} {seconds:.1}");
        }
    }
    let of_parts = parts.iter().flat_map(Comparison::of);
    let of_sizes = growths.iter().filter_map(Growth::comparison);
    let comparisons: Vec<_> = of_parts.chain(of_sizes).collect();
    if arguments.write {
        if !growths.is_empty() {
            let plot = project::root().join("BENCHMARKS.svg");
            fs::write(&plot, plot::render(&growths))
                .with_context(|| format!("cannot write {}", plot.display()))?;
        }
        let report = Report {
            parts,
            growths,
            cpu_times,
            builds,
            dependencies,
            machine: machine::describe().await?,
        };
        let file = project::root().join("BENCHMARKS.md");
        let mut text = report.render();
        if !arguments.only.is_empty() {
            let before = fs::read_to_string(&file).unwrap_or_default();
            text = merge::merge(&before, &text);
        }
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let above = comparisons
        .iter()
        .filter(|comparison| comparison.is_above_limit());
    let above: Vec<_> = above.map(Comparison::to_string).collect();
    ensure!(above.is_empty(), "above the limit: {}", above.join(", "));
    Ok(ExitCode::SUCCESS)
}

/// Measures and prints the parts that consist of calls.
async fn calls(arguments: &Arguments) -> Result<Vec<Measured>> {
    let (of_heap, usual): (Vec<_>, Vec<_>) = arguments
        .parts()
        .partition(|part| *part == Part::MembersHeap);
    let mut measured = Vec::new();
    for (parts, kind) in [(usual, Build::Usual), (of_heap, Build::Heap)] {
        if parts.is_empty() {
            continue;
        }
        let programs = build(arguments.contenders(), kind).await?;
        for part in parts {
            let part = measure::measure(part, &programs).await?;
            print(&part);
            measured.push(part);
        }
    }
    Ok(measured)
}

fn print(measured: &Measured) {
    let part = measured.part;
    let (unit, decimals) = match part {
        Part::MembersSlow => ("seconds", 3),
        Part::MembersHeap => ("bytes", 0),
        _ => ("instructions", 0),
    };
    for figure in &measured.figures {
        println!(
            "{unit} {part}/{} {:.decimals$}",
            figure.contender, figure.value
        );
    }
    for comparison in Comparison::of(measured) {
        println!("{comparison}");
    }
}

fn print_growth(growth: &Growth) {
    for (size, instructions) in &growth.points {
        println!("instructions {}/{size} {instructions:.0}", growth.part);
    }
    if let Some(comparison) = growth.comparison() {
        println!("{comparison}");
    }
}
