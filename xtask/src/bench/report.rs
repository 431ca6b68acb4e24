//! `BENCHMARKS.md`.

use std::fmt::Write;

use contender_harness::{
    Part,
    data::{GROUPS, HEAP_PAGES, IDS, PAGE_SIZE, PAGES, PAUSE, USERS, retained},
};

use crate::bench::{
    build_cost::BuildCost,
    comparison::{Comparison, ideal},
    contender::Contender,
    dependency::Dependency,
    growth::Growth,
    measure::{Figure, Measured},
    number::grouped,
    owui_client::CpuTime,
    table::Table,
};

const INTRODUCTION: &str = "\
# Benchmarks

The client beside others that do the same work. `cargo xtask bench --write` measures and writes this
file; do not edit it. `cargo xtask bench --only PART` measures one part, and writes its figures
alone with `--write`.

- Instructions are counted by callgrind, in user space. They hardly depend on the machine and its
  load.
- A contender runs N calls and 2 N calls. The difference is the figure, so start-up is left out.
- The contenders run in alternation, 3 times each. The median is the figure.
- One thread, release build, one crate version for all, a server with prepared responses on the
  loopback interface, no TLS.
- CI measures `get`, `list` and `add_members` and fails above a limit.
";

/// All figures.
pub(crate) struct Report {
    pub(crate) parts: Vec<Measured>,
    pub(crate) growths: Vec<Growth>,
    pub(crate) cpu_times: Vec<CpuTime>,
    pub(crate) builds: Vec<BuildCost>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) machine: Vec<(&'static str, String)>,
}

impl Report {
    /// The text of the file.
    pub(crate) fn render(&self) -> String {
        let mut text = INTRODUCTION.to_owned();
        section(&mut text, "Contenders", &contenders());
        section(&mut text, "Comparisons", &self.comparisons());
        section(&mut text, "Instructions", &self.instructions());
        section(&mut text, "Sizes", &self.sizes());
        section(&mut text, "The Python client", &self.owui_client());
        section(&mut text, "Slow consumer", &self.slow_consumer());
        section(&mut text, "Heap", &self.heap());
        section(&mut text, "Build", &self.builds());
        section(&mut text, "Dependencies", &self.dependencies());
        section(&mut text, "Machine and versions", &self.machine());
        text
    }

    fn comparisons(&self) -> String {
        let mut table = Table::new(["Comparison", "Figure", "Limit", "Goal"]);
        let of_parts = self.parts.iter().flat_map(Comparison::of);
        let of_sizes = self.growths.iter().filter_map(Growth::comparison);
        for comparison in of_parts.chain(of_sizes) {
            let limit = comparison.limit.and_then(|limit| limit.limit);
            let goal = comparison.limit.map(|limit| limit.goal);
            let shown =
                |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.2}"));
            table.row([
                format!("`{}/{}`", comparison.part, comparison.against),
                format!("{:.3}", comparison.ratio),
                shown(limit),
                shown(goal),
            ]);
        }
        format!(
            "`PART/CONTENDER` is the client's figure divided by that of the contender. A run fails \
             above the limit, which depends on instructions and the heap alone. `PART/linear` \
             divides the cost of an item in a call with the most items by that in a call with \
             1,000. The goal is what the project wants.\n\n{table}"
        )
    }

    fn instructions(&self) -> String {
        let names = Contender::ALL.map(|contender| format!("`{contender}`"));
        let head = ["Part".to_owned(), "Work of one call".to_owned()];
        let mut table = Table::new(head.into_iter().chain(names));
        for measured in &self.parts {
            let Some(work) = work(measured.part) else {
                continue;
            };
            let figures = Contender::ALL.map(|contender| {
                let figure = measured.of(contender);
                figure.map_or(String::new(), |figure| grouped(figure.value))
            });
            let head = [format!("`{}`", measured.part), work];
            table.row(head.into_iter().chain(figures));
        }
        table.to_string()
    }

    fn sizes(&self) -> String {
        let largest = self.growths.iter().max_by_key(|growth| growth.points.len());
        let sizes = largest.map_or(&[][..], |growth| &growth.points);
        let sizes = sizes.iter().map(|(size, _)| grouped(*size));
        let mut table = Table::new(["Part".to_owned()].into_iter().chain(sizes));
        let columns = largest.map_or(0, |growth| growth.points.len());
        for growth in &self.growths {
            let mut figures: Vec<_> = growth
                .points
                .iter()
                .map(|(_, figure)| grouped(*figure))
                .collect();
            figures.resize(columns, String::new());
            table.row([format!("`{}`", growth.part)].into_iter().chain(figures));
        }
        format!(
            "Instructions of one call of `ours` by the number of groups, users, members or IDs. \
             More groups than 10,000 exceed the default limit of a response.\n\n{table}\n\
             ![Instructions by the number of items, with logarithmic axes](BENCHMARKS.svg)"
        )
    }

    fn owui_client(&self) -> String {
        let head = ["Part", "`ours`", "`owui-client`", "Ratio"];
        let mut table = Table::new(head);
        for time in &self.cpu_times {
            table.row([
                format!("`{}`", time.part),
                grouped(time.ours * 1e6),
                grouped(time.owui_client * 1e6),
                format!("{:.4}", time.ratio()),
            ]);
        }
        format!(
            "User time of one call in microseconds, beside `owui-client` on PyPI, with the composed \
             calls of `by-hand`. The shortest of 3 runs. The time depends on the \
             machine.\n\n{table}"
        )
    }

    fn slow_consumer(&self) -> String {
        let mut table = Table::new(["Contender", "Seconds", "Multiple of the ideal"]);
        for figure in self.figures(Part::MembersSlow) {
            table.row([
                format!("`{}`", figure.contender),
                format!("{:.3}", figure.value),
                format!("{:.3}", figure.value / ideal()),
            ]);
        }
        let pause = PAUSE.as_millis();
        format!(
            "`members-slow`: the consumer needs {pause} ms for a page, and the server {pause} ms for \
             a request. The ideal for {PAGES} pages is {ideal:.2} s: one request, then {PAGES} × \
             {pause} ms of the consumer, because the next page arrives while it works.\n\n{table}",
            ideal = ideal(),
        )
    }

    fn heap(&self) -> String {
        let head = ["Contender", "Peak in bytes", "Decoded page in bytes"];
        let mut table = Table::new(head);
        for figure in self.figures(Part::MembersHeap) {
            table.row([
                format!("`{}`", figure.contender),
                grouped(figure.value),
                figure.page.map_or(String::new(), grouped),
            ]);
        }
        format!(
            "`members-heap`: the peak of the heap while a slow consumer reads {HEAP_PAGES} pages, \
             above that of the idle client with open connections. It includes the IDs of the \
             members that were read. `members-heap/pages` divides it by the page of \
             `by-hand`.\n\n{table}"
        )
    }

    fn builds(&self) -> String {
        let head = ["Client", "CPU seconds", "Crates", "Binary in bytes"];
        let mut table = Table::new(head);
        for cost in &self.builds {
            table.row([
                format!("`{}`", cost.contender),
                format!("{:.1}", cost.seconds),
                cost.crates.to_string(),
                grouped(cost.size),
            ]);
        }
        format!(
            "A program that shows the names of the groups, without TLS, which costs all of them \
             the same. User and system time of a debug build with an empty target folder, the \
             number of crates that it builds, and the size of the stripped release binary. The \
             time depends on the machine.\n\n{table}"
        )
    }

    fn dependencies(&self) -> String {
        let mut table = Table::new([
            "Crate",
            "Purpose",
            "Crates",
            "Of it alone",
            "CPU seconds",
            "Of it alone",
        ]);
        for dependency in &self.dependencies {
            table.row([
                format!("`{}`", dependency.name),
                dependency.purpose().to_owned(),
                dependency.crates.to_string(),
                dependency.alone.to_string(),
                format!("{:.1}", dependency.seconds),
                format!("{:.1}", dependency.seconds_alone),
            ]);
        }
        format!(
            "The direct dependencies with default features. \"Crates\" includes all that they \
             depend on. \"Of it alone\" is how many crates would no longer be built \
             without it. \"CPU seconds\" is the time of the compiler for them in a debug build, \
             without what build scripts do, such as compiling C.\n\n{table}"
        )
    }

    fn machine(&self) -> String {
        let mut table = Table::new(["What", "Value"]);
        for (name, value) in &self.machine {
            table.row([(*name).to_owned(), value.clone()]);
        }
        table.to_string()
    }

    fn figures(&self, part: Part) -> impl Iterator<Item = &Figure> {
        let parts = self
            .parts
            .iter()
            .filter(move |measured| measured.part == part);
        parts.flat_map(|measured| &measured.figures)
    }
}

/// What is counted in a part, unless it is measured otherwise.
fn work(part: Part) -> Option<String> {
    match part {
        Part::Get => Some("Reads a group".to_owned()),
        Part::List => Some(format!(
            "Lists {} groups, each with all permissions of the document",
            grouped(GROUPS)
        )),
        Part::Users => Some(format!("Reads {} users in one response", grouped(USERS))),
        Part::AddMembers => Some(format!(
            "Adds {} members and reads them again",
            grouped(IDS)
        )),
        Part::SetMembers => Some(format!(
            "Sets {} members: {} are added, {retained} retained and {retained} removed",
            grouped(IDS),
            IDS - retained(IDS),
            retained = retained(IDS)
        )),
        Part::Members => Some(format!(
            "Reads a page of {PAGE_SIZE} members, as a share of {PAGES} pages"
        )),
        Part::MembersSlow | Part::MembersHeap => None,
    }
}

fn contenders() -> String {
    let mut table = Table::new(["Contender", "What it is"]);
    for contender in Contender::ALL {
        table.row([format!("`{contender}`"), contender.description().to_owned()]);
    }
    table.to_string()
}

fn section(text: &mut String, title: &str, content: &str) {
    // Writing to a string does not fail.
    let _ = write!(text, "\n## {title}\n\n{}\n", content.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_with_limit_and_goal() {
        let figure = |contender, value| Figure {
            contender,
            value,
            page: None,
        };
        let figures = vec![
            figure(Contender::Ours, 110_500.0),
            figure(Contender::ByHand, 100_000.0),
        ];
        let report = Report {
            parts: vec![Measured {
                part: Part::SetMembers,
                figures,
            }],
            growths: Vec::new(),
            cpu_times: Vec::new(),
            builds: Vec::new(),
            dependencies: Vec::new(),
            machine: vec![("Cores", "2".to_owned())],
        };
        let text = report.render();
        assert!(
            text.contains("| `set_members/by-hand` | 1.105 | "),
            "{text}"
        );
        assert!(text.contains(" | 110,500 | 100,000 |"), "{text}");
        assert!(text.contains("| Cores | 2 |"), "{text}");
    }
}
