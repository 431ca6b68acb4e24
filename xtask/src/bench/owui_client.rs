//! The client beside the Python client `owui-client`, in CPU time: instructions of an interpreter
//! can hardly be counted.

use std::{fmt, fs, path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use contender_harness::Part;
use tokio::process::Command;

use crate::{
    bench::{
        contender::{Build, Contender, build},
        cpu_time,
        loopback::Loopback,
        script::Script,
    },
    project,
    server::{
        default_cache,
        install::{ensure_package_with_dependencies, ensure_uv},
    },
};

/// The version that the tests of the mock use.
const REQUIREMENTS: &str = "mock/tests/owui_client/requirements.txt";

const CODE: &str = "benches/contenders/owui-client/main.py";

/// With so many calls of the client and of `owui-client`, a run takes some seconds.
const CALLS: [(Part, u32, u32); 3] = [
    (Part::Get, 20_000, 1_000),
    (Part::List, 200, 100),
    (Part::AddMembers, 2_000, 300),
];

/// How often each of them runs.
const ROUNDS: usize = 3;

/// The user time of one call, in seconds.
pub(crate) struct CpuTime {
    pub(crate) part: Part,
    pub(crate) ours: f64,
    pub(crate) owui_client: f64,
}

/// Measures calls of both.
///
/// # Errors
///
/// When `owui-client` cannot be installed, or one of them fails.
pub(crate) async fn measure() -> Result<Vec<CpuTime>> {
    let requirements = fs::read_to_string(project::root().join(REQUIREMENTS))
        .with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    let requirement = requirements.lines().find(|line| !line.starts_with('#'));
    let requirement = requirement.context("there is no requirement")?;
    let cache = default_cache();
    let packages = ensure_package_with_dependencies(requirement, &cache).await?;
    let python = ensure_uv(&cache).await?.program().to_owned();
    let programs = build(&[Contender::Ours], Build::Usual).await?;
    let ours = &programs.first().context("the client was not built")?.path;
    let mut times = Vec::new();
    for (part, calls, calls_of_python) in CALLS {
        let script = Arc::new(Script::new(part, part.size())?);
        let of_ours = async |count| seconds(part, count, &script, Command::new(ours)).await;
        let of_python = async |count| {
            let mut command = Command::new(&python);
            command
                .arg(project::root().join(CODE))
                .env("PYTHONPATH", &packages);
            seconds(part, count, &script, command).await
        };
        times.push(CpuTime {
            part,
            ours: per_call(calls, of_ours).await?,
            owui_client: per_call(calls_of_python, of_python).await?,
        });
    }
    Ok(times)
}

/// The difference of a run and one with twice as many calls, which leaves start-up out. Of several
/// runs, the shortest one was disturbed least.
async fn per_call(calls: u32, cost: impl AsyncFn(u32) -> Result<f64>) -> Result<f64> {
    let (mut few, mut many) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        few = few.min(cost(calls).await?);
        many = many.min(cost(2 * calls).await?);
    }
    Ok((many - few) / f64::from(calls))
}

async fn seconds(
    part: Part,
    calls: u32,
    script: &Arc<Script>,
    mut command: Command,
) -> Result<f64> {
    let server = Loopback::start(Arc::clone(script), std::time::Duration::ZERO).await?;
    let program = PathBuf::from(command.as_std().get_program());
    let before = cpu_time::of_ended_processes()?;
    let status = command
        .args([part.name(), &calls.to_string()])
        .env("OPENWEBUI_URL", server.url())
        .env("OPENWEBUI_TOKEN", "sk-benchmark")
        .env("NO_PROXY", "127.0.0.1")
        .kill_on_drop(true)
        .status()
        .await
        .with_context(|| format!("cannot run {}", program.display()))?;
    anyhow::ensure!(status.success(), "{} {part} failed", program.display());
    Ok(cpu_time::of_ended_processes()?.user - before.user)
}

impl CpuTime {
    /// The time of the client divided by that of `owui-client`.
    pub(crate) fn ratio(&self) -> f64 {
        self.ours / self.owui_client
    }
}

impl fmt::Display for CpuTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, ratio) = (self.part, self.ratio());
        writeln!(formatter, "microseconds {part}/ours {:.1}", self.ours * 1e6)?;
        let of_python = self.owui_client * 1e6;
        writeln!(formatter, "microseconds {part}/owui-client {of_python:.1}")?;
        write!(formatter, "ratio {part}/owui-client {ratio:.4}")
    }
}
