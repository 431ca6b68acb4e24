//! Attacks of a hostile server, and the errors that they may cause.

pub(crate) mod bodies;
pub(crate) mod connections;
pub(crate) mod contents;
pub(crate) mod heads;
pub(crate) mod sizes;
pub(crate) mod statuses;

use std::io;

use owui_groups::ErrorKind::{self, *};

use crate::server::{Contents, OK, Peer};

pub(crate) fn all() -> Vec<Attack> {
    [
        sizes::all(),
        bodies::all(),
        contents::all(),
        heads::all(),
        statuses::all(),
        connections::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

type Play = Box<dyn Fn(&mut Peer<'_>) -> io::Result<()> + Send + Sync>;

pub(crate) struct Attack {
    pub(crate) name: String,
    pub(crate) play: Play,
    pub(crate) kinds: Vec<ErrorKind>,
    /// Whether the attack may be a success, at least for the operation that expects this response.
    pub(crate) may_succeed: bool,
    /// Whether the attack ends by a timeout, which must be short.
    pub(crate) is_slow: bool,
    /// Whether the attack runs only with `--ignored`.
    pub(crate) is_expensive: bool,
}

impl Attack {
    fn or_success(mut self) -> Self {
        self.may_succeed = true;
        self
    }

    fn expensive(mut self) -> Self {
        self.is_expensive = true;
        self
    }

    fn slow(mut self) -> Self {
        self.is_slow = true;
        self
    }
}

fn attack(
    name: impl Into<String>,
    kinds: &[ErrorKind],
    play: impl Fn(&mut Peer<'_>) -> io::Result<()> + Send + Sync + 'static,
) -> Attack {
    Attack {
        name: name.into(),
        play: Box::new(play),
        kinds: kinds.to_vec(),
        may_succeed: false,
        is_slow: false,
        is_expensive: false,
    }
}

/// Sends these bytes and closes the connection.
fn bytes(name: impl Into<String>, kinds: &[ErrorKind], text: impl Into<String>) -> Attack {
    let text = text.into();
    attack(name, kinds, move |peer| peer.send(&text))
}

/// A JSON success with this body.
fn json(name: impl Into<String>, body: impl Into<String>) -> Attack {
    let body = body.into();
    attack(name, &WRONG, move |peer| {
        let length = body.len();
        peer.send(&format!("{OK}{CLOSE}content-length: {length}\r\n\r\n"))?;
        peer.repeat(&body, 1)
    })
}

/// A response of the documented shape, with these contents.
fn shape(name: impl Into<String>, contents: Contents) -> Attack {
    // Another group than the requested one may conflict with the data that was read.
    let kinds = [
        Decode,
        NotOpenWebUi,
        Conflict,
        PartiallyApplied,
        ResponseTooLarge,
    ];
    attack(name, &kinds, move |peer| peer.respond("", contents)).or_success()
}

const FOREVER: usize = usize::MAX;
/// JSON of another program, or a body that is not JSON of the documented shape.
const WRONG: [ErrorKind; 2] = [Decode, NotOpenWebUi];
/// A response with a version is small, so a larger one is not from an Open WebUI.
const LARGE: [ErrorKind; 2] = [ResponseTooLarge, NotOpenWebUi];
const MALFORMED: [ErrorKind; 1] = [NotOpenWebUi];
const BROKEN: [ErrorKind; 1] = [Interrupted];
/// Without this header, the next call could be sent on a connection that is about to be closed.
const CLOSE: &str = "connection: close\r\n";
const CHUNKED: &str = "transfer-encoding: chunked\r\n\r\n";
const EARLY_HINT: &str = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
const FORGED: &str = r"\u001b[2J\r\nFORGED \u202e\u0000";
