//! `cargo xtask conformance`: the mock against real servers, version by version.
//!
//! The test itself is `mock/tests/conformance`; here it gets a server of its own, with more users
//! than the API could make in a reasonable time.

#[path = "../../mock/tests/conformance/crowd.rs"]
mod crowd;

use std::{
    ffi::OsString,
    process::{ExitCode, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{
    project, recorded,
    server::{self, Server},
};

const INSERT_CROWD: &str = include_str!("conformance/crowd.py");

/// How each line of the test begins that counts what it did.
const SUMMARY: &str = "conformance: ";

/// The arguments of `cargo xtask conformance`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Versions of Open WebUI, as on PyPI [default: all recorded versions]
    #[arg(long, value_delimiter = ',')]
    versions: Vec<String>,
    /// Number of random sequences per version
    #[arg(long, default_value_t = 10)]
    cases: u32,
    /// Seed of the random sequences [default: a random number, which is printed]
    #[arg(long)]
    seed: Option<u64>,
    /// Record the responses of the real servers, for the offline tests
    #[arg(long)]
    record: bool,
}

/// Compares every version, two at a time: a server keeps one core busy.
///
/// # Errors
///
/// When a server or the test cannot be started. A difference is no error, but the exit code.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    build().await?;
    let seed = match arguments.seed {
        Some(seed) => seed,
        None => getrandom::u64().context("the system gives no random numbers")?,
    };
    let mut for_test = vec!["--cases".to_owned(), arguments.cases.to_string()];
    for_test.extend(["--seed".to_owned(), seed.to_string()]);
    if arguments.record {
        for_test.push("--record".to_owned());
    }

    let mut same = true;
    let versions = match arguments.versions.as_slice() {
        [] => recorded::versions()?,
        chosen => chosen.to_vec(),
    };
    for pair in versions.chunks(2) {
        let one = async |version: Option<&String>| match version {
            Some(version) => compare(version, &for_test).await.map(Some),
            None => Ok(None),
        };
        let (first, second) = tokio::join!(one(pair.first()), one(pair.get(1)));
        for outcome in [first?, second?].into_iter().flatten() {
            same &= outcome.report();
        }
    }
    println!("seed {seed}");
    Ok(if same {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the test said of one version.
struct Outcome {
    version: String,
    same: bool,
    seconds: u64,
    output: String,
}

impl Outcome {
    /// Prints a line, and all of the output if something differed.
    fn report(&self) -> bool {
        if !self.same {
            println!("{}", self.output);
        }
        let summary = self.output.lines().rev();
        let summary = summary.filter_map(|line| line.strip_prefix(SUMMARY)).next();
        println!(
            "{}  {}; {} s with its start",
            if self.same { "the same " } else { "DIFFERENT" },
            summary.unwrap_or(&self.version),
            self.seconds,
        );
        self.same
    }
}

/// Builds the test before a server waits for it.
async fn build() -> Result<()> {
    let mut build = cargo_test();
    build.arg("--no-run").kill_on_drop(true);
    let status = build.status().await.context("cannot run cargo")?;
    ensure!(status.success(), "the conformance test does not build");
    Ok(())
}

async fn compare(version: &str, arguments: &[String]) -> Result<Outcome> {
    let began = Instant::now();
    let server = server::start(version, None, &server::default_cache()).await?;
    let output = test(&server, arguments).await;
    server.stop().await?;
    let (same, output) = output?;
    Ok(Outcome {
        version: version.to_owned(),
        same,
        seconds: began.elapsed().as_secs(),
        output,
    })
}

async fn test(server: &Server, arguments: &[String]) -> Result<(bool, String)> {
    insert_crowd(server)
        .await
        .context("cannot put users into the server's database")?;
    let mut test = cargo_test();
    test.arg("--")
        .args(arguments)
        .env("OPENWEBUI_URL", server.url())
        .env("OPENWEBUI_TOKEN", server.token())
        .env(crowd::VARIABLE, crowd::SIZE.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = test.output().await.context("cannot run cargo")?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok((output.status.success(), text))
}

fn cargo_test() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .args(["test", "--quiet", "--package", "owui-groups-mock"])
        .args(["--test", "conformance"])
        .current_dir(project::root());
    command
}

async fn insert_crowd(server: &Server) -> Result<()> {
    let users = serde_json::to_vec(&crowd::everybody())?;
    let mut insert = Command::new(server.python())
        .args(["-c", INSERT_CROWD])
        .arg(server.database())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut stdin) = insert.stdin.take() {
        stdin.write_all(&users).await?;
    }
    let output = insert.wait_with_output().await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim_end());
    Ok(())
}
