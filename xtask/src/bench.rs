//! `cargo xtask bench`: what the client adds to the generated one, in
//! instructions, so that the machine's mood does not matter.

use std::{
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::Command,
};

use crate::project;

/// The most that `GroupsClient::get` may add, in percent.
const LIMIT: f64 = 5.0;

/// The counts whose difference leaves start-up out.
const COUNTS: [u32; 2] = [50, 550];

/// What a server answers to a `get`.
const GROUP: &str = r#"{"parent_group_id":null,"id":"5be5e52a-cc60-4307-a9a5-33af4518f1c1","user_id":"f3a83348-7dc7-437f-afd3-1543d3b74c23","name":"engineering","description":"builds things","data":{"config":{"share":"members"}},"meta":null,"permissions":{"chat":{"file_upload":true,"web_upload":false},"features":{"web_search":true}},"created_at":1795415300,"updated_at":1795415300,"member_count":7}"#;

/// Counts the instructions of one `get` with both clients, side by side.
///
/// # Errors
///
/// When valgrind is missing, or the client adds more than [`LIMIT`] percent.
pub(crate) async fn run() -> Result<ExitCode> {
    let program = build().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(serve(listener));

    let bare = per_get(&program, "bare", &url).await?;
    let wrapped = per_get(&program, "wrapped", &url).await?;
    let more = (wrapped / bare - 1.0) * 100.0;
    println!("instructions for one get (valgrind, user space, release build)");
    println!("  generated client  {bare:>9.0}");
    println!("  GroupsClient      {wrapped:>9.0}  {more:+.1} %");
    ensure!(
        more <= LIMIT,
        "GroupsClient adds {more:.1} % to the generated client; {LIMIT} % is the limit"
    );
    Ok(ExitCode::SUCCESS)
}

async fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--package", "owui-groups", "--profile", "bench"])
        // Loopback needs no TLS, which takes longer to build than all the rest.
        .args(["--no-default-features", "--features", "unstable-generated"])
        .args(["--bench", "get", "--message-format", "json"])
        .current_dir(project::root())
        .stderr(Stdio::inherit())
        .output()
        .await
        .context("running cargo")?;
    ensure!(output.status.success(), "the benchmark does not build");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            message
                .pointer("/target/name")
                .is_some_and(|name| name == "get")
        })
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .context("cargo did not say where the benchmark is")
}

async fn per_get(program: &Path, client: &str, url: &str) -> Result<f64> {
    let [few, many] = COUNTS;
    let fewer = instructions(program, client, few, url).await?;
    let more = instructions(program, client, many, url).await?;
    Ok((more - fewer) / f64::from(many - few))
}

async fn instructions(program: &Path, client: &str, count: u32, url: &str) -> Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([client, &count.to_string()])
        .env("OPENWEBUI_URL", url)
        .env("OPENWEBUI_TOKEN", "sk-benchmark")
        .output()
        .await
        .context("running valgrind; install it with your system's package manager")?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("the benchmark failed: {log}");
    }
    log.lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok())
        .context("valgrind did not say how many instructions it counted")
}

/// Answers every request with the same group, on connections that stay open.
async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream));
    }
}

async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{GROUP}",
        GROUP.len()
    );
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        request.extend(chunk.iter().take(read));
        // A GET has no body, so the blank line ends it.
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}
