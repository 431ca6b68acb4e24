//! Connections that end at any point.

use std::net::Shutdown;

use crate::{
    attacks::{Attack, BROKEN, CHUNKED, attack, bytes},
    server::OK,
};

pub(crate) fn all() -> Vec<Attack> {
    let points = [
        ("at once", String::new()),
        ("in the status", "HTTP/1.1 20".to_owned()),
        ("in the head", format!("{OK}x: $T")),
        (
            "behind the head",
            format!("{OK}content-length: 100\r\n\r\n"),
        ),
        (
            "in the body",
            format!("{OK}content-length: 100\r\n\r\n[\"$T"),
        ),
        ("in a chunk", format!("{OK}{CHUNKED}10\r\n[")),
        ("between chunks", format!("{OK}{CHUNKED}2\r\n[]\r\n")),
        ("in a chunk size", format!("{OK}{CHUNKED}1")),
    ];
    let mut attacks = Vec::new();
    for (name, text) in points {
        attacks.push(bytes(format!("closed {name}"), &BROKEN, &text));
        let reset = text.clone();
        attacks.push(attack(format!("reset {name}"), &BROKEN, move |peer| {
            peer.send(&reset)?;
            peer.reset()
        }));
        let name = format!("half-closed {name}");
        attacks.push(attack(name, &BROKEN, move |peer| {
            peer.send(&text)?;
            peer.stream.shutdown(Shutdown::Write)?;
            peer.hang()
        }));
    }
    let twice = attack("a second response behind the first", &[], |peer| {
        let body = peer.honest_body();
        let honest = format!("{OK}content-length: {}\r\n\r\n{body}", body.len());
        peer.send(&format!("{honest}{OK}content-length: 4\r\n\r\n\"$T\""))
    });
    attacks.push(twice.or_success());
    attacks
}
