//! `owui-groups mock`: starts the mock for programs in any language.

use std::{
    error::Error,
    io::{self, Write},
    net::IpAddr,
    path::PathBuf,
};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use owui_groups_mock::{EmulatedVersion, MockServer, Seed};

use crate::{causes::with_causes, text_file};

/// Starts a mock server of the groups API of Open WebUI
///
/// Prints its URL and the token of an administrator as OPENWEBUI_URL=… and OPENWEBUI_TOKEN=…,
/// and runs until it is interrupted. Data is held in memory and is lost when the mock stops.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The port to listen on [default: a free port]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// The version to emulate
    #[arg(long, value_name = "VERSION", default_value_t, value_parser = versions())]
    emulate: EmulatedVersion,
    /// A JSON file with the initial users and groups
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// The IP address to listen on; with any address other than the default, other machines may
    /// reach the mock
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    address: IpAddr,
}

/// Accepts the versions that the mock emulates, and lists them in help and errors.
fn versions() -> impl TypedValueParser<Value = EmulatedVersion> {
    let names = EmulatedVersion::ALL.iter().map(|version| version.as_str());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<EmulatedVersion>())
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let mut builder = MockServer::builder()
        .emulate(arguments.emulate)
        .listen_on(arguments.address)
        .port(arguments.port)
        // The command has no way to read them.
        .record_requests(false);
    if let Some(file) = arguments.seed {
        let text = text_file::read(&file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        let seed = Seed::from_json(&text)
            .map_err(|error| format!("{}: {}", file.display(), with_causes(&error)))?;
        builder = builder.seed(seed);
    }
    let server = builder.start()?;
    let mut out = io::stdout();
    writeln!(out, "OPENWEBUI_URL={}", server.url())?;
    writeln!(out, "OPENWEBUI_TOKEN={}", server.admin_token())?;
    out.flush()?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
