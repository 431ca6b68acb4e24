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
        measure::per_call,
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

/// With so many calls of the client and of `owui-client`, a run takes about a second.
const CALLS: [(Part, u32, u32); 3] = [
    (Part::Get, 10_000, 300),
    (Part::List, 60, 15),
    (Part::AddMembers, 600, 60),
];

/// How often each of them runs.
const ROUNDS: usize = 3;

/// The user time of one call, in seconds.
pub(crate) struct CpuTime {
    pub(crate) part: Part,
    pub(crate) ours: f64,
    pub(crate) owui_client: f64,
}

/// Measures calls of both, in alternation. The shortest time is the one that was disturbed least.
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
        let mut time = CpuTime {
            part,
            ours: f64::INFINITY,
            owui_client: f64::INFINITY,
        };
        let script = Arc::new(Script::new(part, part.size())?);
        for _ in 0..ROUNDS {
            let of_ours = async |count| seconds(part, count, &script, Command::new(ours)).await;
            time.ours = time.ours.min(per_call(calls, of_ours).await?);
            let of_python = async |count| {
                let mut command = Command::new(&python);
                command
                    .arg(project::root().join(CODE))
                    .env("PYTHONPATH", &packages);
                seconds(part, count, &script, command).await
            };
            let of_python = per_call(calls_of_python, of_python).await?;
            time.owui_client = time.owui_client.min(of_python);
        }
        times.push(time);
    }
    Ok(times)
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
