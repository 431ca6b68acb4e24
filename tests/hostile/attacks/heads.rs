//! Heads that are malformed or do not match the body.

use owui_groups::ErrorKind::{Decode, Interrupted, NotOpenWebUi};

use crate::{
    attacks::{Attack, CHUNKED, CLOSE, WRONG, attack, bytes},
    server::OK,
};

pub(crate) fn all() -> Vec<Attack> {
    let malformed = [
        ("HTTP/0.9", "{\"id\":\"$T\"}"),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (
            "frames of HTTP/2",
            "\0\0\0\x04\0\0\0\0\0\0\0\0\x07\0\0\0\0\0",
        ),
        ("HTTP/9.9", "HTTP/9.9 200 OK\r\n\r\n"),
        ("an alert of TLS", "\x15\x03\x03\0\x02\x02\x28"),
        ("SSH", "SSH-2.0-$T\r\n"),
        ("shout", "ICY 200 OK\r\n\r\n"),
        ("small letters", "http/1.1 200 ok\r\n\r\n"),
        ("no status", "HTTP/1.1 $T\r\n\r\n"),
        ("a status of 4 digits", "HTTP/1.1 2000 OK\r\n\r\n"),
        ("a status of 99", "HTTP/1.1 099 OK\r\n\r\n"),
        ("a page without a head", "<html>$T</html>"),
        ("zeros for a head", "\0\0\0\0\r\n\r\n"),
        ("no colon", "HTTP/1.1 200 OK\r\n$T\r\n\r\n"),
        ("a space in a name", "HTTP/1.1 200 OK\r\n$T $T: a\r\n\r\n"),
        ("a zero in a header", "HTTP/1.1 200 OK\r\nx: $T\0\r\n\r\n"),
        ("folded headers", "HTTP/1.1 200 OK\r\nx: a\r\n $T\r\n\r\n"),
        (
            "two lengths",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n[]$T",
        ),
        (
            "a negative length",
            "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n[]",
        ),
        (
            "a length of a text",
            "HTTP/1.1 200 OK\r\ncontent-length: $T\r\n\r\n[]",
        ),
        (
            "switching protocols",
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: $T\r\nconnection: upgrade\r\n\r\n$T",
        ),
    ];
    let mut attacks: Vec<_> = malformed
        .map(|(name, text)| bytes(name, &[NotOpenWebUi], text))
        .into();
    for size in ["$T", "", "-1", "fffffffffffffffffffff"] {
        let text = format!("{OK}{CHUNKED}{size}\r\n[]\r\n");
        attacks.push(bytes(format!("chunk size {size}"), &[NotOpenWebUi], text));
    }
    // Headers of responses that are otherwise correct.
    for (name, kinds, headers) in [
        ("gzip announced", &WRONG[..], "content-encoding: gzip\r\n"),
        (
            "brotli and zstd announced",
            &WRONG,
            "content-encoding: br, zstd\r\n",
        ),
        (
            "cookies",
            &WRONG,
            "set-cookie: token=$T\r\nset-cookie: $T\r\n",
        ),
        (
            "a second content type",
            &WRONG,
            "content-type: text/html; $T\r\n",
        ),
        (
            "both lengths",
            &[NotOpenWebUi, Interrupted],
            "content-length: 3\r\ntransfer-encoding: chunked\r\n",
        ),
        (
            "another transfer encoding",
            &[NotOpenWebUi, Interrupted, Decode],
            "transfer-encoding: gzip, chunked\r\n",
        ),
        (
            "an unknown transfer encoding",
            &[NotOpenWebUi, Interrupted, Decode],
            "transfer-encoding: $T\r\n",
        ),
        ("95 headers", &WRONG, &"x: $T\r\n".repeat(95)),
        (
            "a header of 100 kB",
            &WRONG,
            &format!("x: {}\r\n", "$T".repeat(4000)),
        ),
        ("names with the token", &WRONG, "$T: $T\r\n"),
        (
            "a location",
            &WRONG,
            "location: https://$T.example.com/\r\n",
        ),
        ("an early close", &WRONG, "keep-alive: timeout=0, max=0\r\n"),
        ("an unasked upgrade", &WRONG, "upgrade: h2c, $T\r\n"),
        (
            "security headers",
            &WRONG,
            "www-authenticate: Bearer $T\r\nproxy-authenticate: $T\r\n",
        ),
    ] {
        let headers = headers.to_owned();
        attacks.push(
            attack(name, kinds, move |peer| {
                let body = peer.honest_body();
                peer.send(&format!("{OK}{headers}connection: close\r\n\r\n{body}"))
            })
            .or_success(),
        );
    }
    for content_type in [
        "",
        "text/plain",
        "text/html",
        "application/json; charset=$T",
        "APPLICATION/JSON",
        "application/problem+json",
        "application/jsonp",
        "application/json, text/html",
        "$T",
        "\u{7f}\u{ff}",
    ] {
        let name = format!("content type {content_type:?}");
        let attack = attack(name, &[NotOpenWebUi], move |peer| {
            let body = peer.honest_body();
            let head = format!("HTTP/1.1 200 OK\r\n{CLOSE}content-type: {content_type}\r\n\r\n");
            peer.send(&format!("{head}{body}"))
        });
        attacks.push(attack.or_success());
    }
    for (name, before) in [
        (
            "a thousand early hints",
            "HTTP/1.1 103 Early Hints\r\nlink: $T\r\n\r\n".repeat(1000),
        ),
        (
            "a thousand continues",
            "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000),
        ),
        ("blank lines first", "\r\n".repeat(10)),
    ] {
        let attack = attack(name, &[NotOpenWebUi], move |peer| {
            peer.send(&before)?;
            let body = peer.honest_body();
            peer.send(&format!(
                "{OK}{CLOSE}content-length: {}\r\n\r\n{body}",
                body.len()
            ))
        });
        attacks.push(attack.or_success());
    }
    attacks
}
