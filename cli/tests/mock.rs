//! `owui-groups mock`, as a shell script would use it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
};

use owui_groups::{GroupsClient, ServerVersion};
use owui_groups_mock::EmulatedVersion;

/// A mock in its own process, which is killed at the end of the test.
struct Running {
    child: Child,
    url: String,
    token: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut value = |name: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(name).unwrap().to_owned()
        };
        let (url, token) = (value("OPENWEBUI_URL="), value("OPENWEBUI_TOKEN="));
        Self { child, url, token }
    }

    fn client(&self) -> GroupsClient {
        GroupsClient::new(&self.url, self.token.as_str()).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_owui-groups"));
    command.arg("mock").args(arguments);
    command
}

fn ended(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

#[tokio::test]
async fn it_prints_the_address_and_the_token() {
    let running = Running::start(&[]);
    assert!(
        running.url.starts_with("http://127.0.0.1:"),
        "{}",
        running.url
    );
    assert!(running.client().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn it_emulates_the_given_version() {
    let running = Running::start(&["--emulate", "0.9.6"]);
    let version = running.client().server_version().await.unwrap();
    assert_eq!(version, ServerVersion::new(0, 9, 6));
}

#[tokio::test]
async fn it_begins_with_what_a_file_holds() {
    let file = env::temp_dir().join(format!("owui-groups-seed-{}.json", std::process::id()));
    let seed = r#"{"users": [{"name": "Ann", "id": "ann"}],
                   "groups": [{"name": "team", "members": ["ann"]}]}"#;
    fs::write(&file, seed).unwrap();
    let running = Running::start(&["--seed", file.to_str().unwrap()]);
    fs::remove_file(&file).unwrap();
    let groups = running.client().list().await.unwrap();
    assert_eq!(
        (groups[0].name.as_str(), groups[0].member_count),
        ("team", Some(1))
    );
}

/// Notepad and PowerShell on Windows write such files.
#[tokio::test]
async fn it_reads_a_file_with_a_byte_order_mark() {
    let seed = "\u{feff}{\"groups\": [{\"name\": \"täam\"}]}";
    let utf16 = |to_bytes: fn(u16) -> [u8; 2]| seed.encode_utf16().flat_map(to_bytes).collect();
    let contents: [Vec<u8>; 3] = [
        seed.as_bytes().to_vec(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ];
    for (number, content) in contents.iter().enumerate() {
        let name = format!("owui-groups-marked-{number}-{}.json", std::process::id());
        let file = env::temp_dir().join(name);
        fs::write(&file, content).unwrap();
        let running = Running::start(&["--seed", file.to_str().unwrap()]);
        fs::remove_file(&file).unwrap();
        assert_eq!(running.client().list().await.unwrap()[0].name, "täam");
    }
}

#[test]
fn it_ends_with_a_reason_when_it_cannot_start() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = address.local_addr().unwrap().port().to_string();
    let versions = EmulatedVersion::ALL.iter().map(|version| version.as_str());
    let versions: Vec<_> = versions.collect();
    for (arguments, reason) in [
        (
            ["--port", port.as_str()],
            format!("cannot listen on 127.0.0.1, port {port}"),
        ),
        (
            ["--seed", "no-such-file"],
            "no-such-file cannot be read".to_owned(),
        ),
        (
            ["--emulate", "0.5.0"],
            format!("[possible values: {}]", versions.join(", ")),
        ),
    ] {
        let output = ended(&arguments);
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(message.contains(&reason), "{message}");
    }
}
