//! A real Open WebUI server: installed once into the cache, started with a fresh data folder, and
//! gone without a trace afterwards.

mod ending;
mod group;
pub(crate) mod install;
mod output;
mod process;
pub(crate) mod progress;
pub(crate) mod releases;
pub(crate) mod version;
pub(crate) mod workaround;

use std::{
    ffi::OsString,
    fmt,
    io::{self, IsTerminal, Write},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{ExitCode, ExitStatus, Stdio},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    project, recorded,
    server::{
        ending::{Signals, cannot_start, exit_code, signalled},
        group::{Group, Reach},
        progress::note,
        workaround::Workaround,
    },
};

/// The arguments of `cargo xtask server`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Version of Open WebUI, as on PyPI, or `newest`
    #[arg(long, default_value_t = recorded::newest())]
    pub(crate) version: String,
    /// Port on 127.0.0.1 [default: a free port]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// Run this command with OPENWEBUI_URL and OPENWEBUI_TOKEN set, then stop the server
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// A running server with one admin. Dropping it kills the server and removes its data.
pub(crate) struct Server {
    url: String,
    token: String,
    log: PathBuf,
    python: PathBuf,
    // Before the data: fields are dropped in this order, and a live server would write on.
    group: Group,
    data: TempDir,
}

impl Server {
    /// Base URL, without a slash at its end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Token of the admin, for `Authorization: Bearer`.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Where the server's own output goes.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// The Python that it runs in.
    pub(crate) fn python(&self) -> &Path {
        &self.python
    }

    /// Its SQLite file.
    pub(crate) fn database(&self) -> PathBuf {
        self.data.path().join("webui.db")
    }

    /// Stops the server, gently at first, and removes its data.
    pub(crate) async fn stop(self) -> Result<()> {
        let Self {
            mut group, data, ..
        } = self;
        group.stop().await.context("cannot stop the server")?;
        let folder = data.path().to_owned();
        data.close().with_context(|| {
            format!(
                "the server is stopped, but its data is left in {}; delete it by hand",
                folder.display()
            )
        })
    }

    async fn exited(&mut self) -> Result<ExitStatus> {
        self.group
            .exited()
            .await
            .context("cannot wait for the server")
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url)
            .field("log", &self.log)
            .finish_non_exhaustive()
    }
}

/// Installs `version`, or the newest release for `newest`, if the cache lacks it, starts it and signs up its admin. Without a `port`
/// the system chooses a free one.
pub(crate) async fn start(version: &str, port: Option<u16>, cache: &Path) -> Result<Server> {
    // The server runs in another folder, where a relative path would lead elsewhere.
    let cache = std::path::absolute(cache)
        .with_context(|| format!("{} is no usable cache folder", cache.display()))?;
    let version = releases::resolve(version, &cache).await?;
    // Held during the installation, so that nobody else takes the port meanwhile.
    let reserved = reserve(port)?;
    let port = reserved
        .local_addr()
        .context("cannot tell which port is free")?
        .port();

    let python = install::ensure(&version, &cache).await?;
    let data = process::data_folder(&cache)?;
    let log = output::log_file(&cache, &version, port);

    let workaround = workaround::of(&version);
    match workaround {
        None => note(format_args!("Starting Open WebUI {version} on port {port}")),
        Some(Workaround { description, .. }) => note(format_args!(
            "Starting Open WebUI {version} on port {port}, {description}"
        )),
    }
    drop(reserved);
    let mut group = process::launch(&python, port, data.path(), &log, workaround)?;
    let url = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
    let token = process::bring_up(&mut group, &url, &version, &log).await?;
    Ok(Server {
        url,
        token,
        log,
        python: python.program().to_owned(),
        group,
        data,
    })
}

/// The command `server`: starts one and keeps it until a signal comes or COMMAND has ended.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let cache = default_cache();
    let mut server = tokio::select! {
        started = start(&arguments.version, arguments.port, &cache) => started?,
        number = signals.next() => return Ok(ExitCode::from(signalled(number))),
    };

    let outcome = match arguments.command.split_first() {
        None => serve(&mut server, &mut signals).await,
        Some((program, arguments)) => {
            run_command(program, arguments, &mut server, &mut signals).await
        }
    };
    let stopped = server.stop().await;
    let code = outcome?;
    stopped?;
    Ok(code)
}

/// `xtask` in cargo's target folder.
pub(crate) fn default_cache() -> PathBuf {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => project::root().join("target"),
    };
    target.join("xtask")
}

fn reserve(port: Option<u16>) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).map_err(|error| {
        match (port, error.kind()) {
            (Some(port), io::ErrorKind::AddrInUse) => anyhow::anyhow!(
                "port {port} on 127.0.0.1 is already in use; \
                 choose another with --port, or leave it out for a free one"
            ),
            (Some(port), _) => anyhow::Error::new(error).context(format!(
                "port {port} on 127.0.0.1 cannot be used; choose another with --port"
            )),
            (None, _) => anyhow::Error::new(error).context("found no free port on 127.0.0.1"),
        }
    })
}

async fn serve(server: &mut Server, signals: &mut Signals) -> Result<ExitCode> {
    let mut stdout = io::stdout();
    write!(
        stdout,
        "OPENWEBUI_URL={}\nOPENWEBUI_TOKEN={}\n",
        server.url(),
        server.token()
    )
    .and_then(|()| stdout.flush())
    .context("cannot print the address of the server")?;
    close_stdout();
    note(format_args!(
        "Open WebUI is ready at {}; its log is {}. Ctrl-C stops it",
        server.url(),
        server.log().display()
    ));

    tokio::select! {
        status = server.exited() => {
            let status = status?;
            bail!("the server ended by itself ({status}).{}", output::log_tail(server.log()))
        }
        _ = signals.next() => Ok(ExitCode::SUCCESS),
    }
}

/// Nothing more is printed, and whoever reads the two lines through a pipe waits for its end.
fn close_stdout() {
    if let Ok(null) = std::fs::OpenOptions::new().write(true).open("/dev/null") {
        // If it fails, the reader waits longer, no more.
        let _ = rustix::stdio::dup2_stdout(&null);
    }
}

/// The variables that keep requests to the server off a proxy of the environment, which cannot
/// reach it.
fn without_proxy(read: impl Fn(&str) -> Option<String>) -> [(&'static str, String); 2] {
    // Programs read either of them, and most prefer the first.
    let before = read("no_proxy").or_else(|| read("NO_PROXY"));
    let hosts: Vec<String> = before
        .filter(|hosts| !hosts.trim().is_empty())
        .into_iter()
        .chain([Ipv4Addr::LOCALHOST.to_string()])
        .collect();
    let hosts = hosts.join(",");
    [("no_proxy", hosts.clone()), ("NO_PROXY", hosts)]
}

async fn run_command(
    program: &OsString,
    arguments: &[OsString],
    server: &mut Server,
    signals: &mut Signals,
) -> Result<ExitCode> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("OPENWEBUI_URL", server.url())
        .env("OPENWEBUI_TOKEN", server.token())
        .envs(without_proxy(|variable| std::env::var(variable).ok()))
        .stdin(Stdio::inherit());
    // Only the terminal's foreground group may read from the terminal, so there COMMAND stays in
    // ours, and Ctrl-C reaches all of it. Elsewhere its own group makes all of it reachable.
    let reach = if io::stdin().is_terminal() {
        Reach::Process
    } else {
        Reach::Group
    };
    let mut running = match Group::spawn(&mut command, reach) {
        Ok(running) => running,
        Err(error) => {
            note(format_args!(
                "Error: cannot start {}: {error}; check its name and the PATH",
                program.display()
            ));
            return Ok(ExitCode::from(cannot_start(&error)));
        }
    };

    let code = tokio::select! {
        status = running.exited() => exit_code(status.context("cannot wait for the command")?),
        number = signals.next() => {
            running.stop().await.context("cannot stop the command")?;
            signalled(number)
        }
    };
    if let Some(status) = server.group.ended()? {
        note(format_args!(
            "Warning: the server ended before the command did ({status}).{}",
            output::log_tail(server.log())
        ));
    }
    Ok(ExitCode::from(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_added_to_the_hosts_without_a_proxy() {
        let of = |set: &[(&str, &str)]| {
            let read = |name: &str| {
                let found = set.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            without_proxy(read).map(|(_, hosts)| hosts)
        };
        assert_eq!(of(&[]), ["127.0.0.1", "127.0.0.1"]);
        assert_eq!(of(&[("NO_PROXY", "a.example")]), ["a.example,127.0.0.1"; 2]);
        let both = [("NO_PROXY", "a.example"), ("no_proxy", "b.example")];
        assert_eq!(of(&both), ["b.example,127.0.0.1"; 2]);
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = reserve(None).expect("a free port");
        let port = taken.local_addr().expect("its address").port();
        let error = reserve(Some(port)).expect_err("it is taken");
        assert!(
            error
                .to_string()
                .starts_with(&format!("port {port} on 127.0.0.1 is already in use"))
        );
    }
}
