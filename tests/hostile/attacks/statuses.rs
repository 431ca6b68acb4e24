//! Every status, with and without a body.

use owui_groups::ErrorKind::{
    self, NotFound, NotOpenWebUi, PermissionDenied, RateLimited, Rejected, Server, Timeout,
    Unauthenticated, UnsupportedVersion, Validation,
};

use crate::attacks::{Attack, CLOSE, WRONG, attack, bytes};

pub(crate) fn all() -> Vec<Attack> {
    let all = (200..=208)
        .chain([226])
        .chain(300..=308)
        .chain(400..=431)
        .chain([444, 451, 499])
        .chain(500..=511)
        .chain(520..=530)
        .chain([561, 599, 600, 700, 999]);
    let mut attacks = Vec::new();
    for status in all {
        let is_success = (200..300).contains(&status);
        for (name, content_type, body) in [
            ("nothing", "", ""),
            (
                "a detail",
                "application/json",
                r#"{"detail":"no $T \u001b[2J\nFORGED\u202e"}"#,
            ),
            (
                "problems",
                "application/json",
                r#"{"detail":[{"loc":["$T",1],"msg":"$T\n","type":"$T"}]}"#,
            ),
            ("a page", "text/html", "<html><title>$T</title></html>"),
            (
                "a text",
                "text/plain",
                "you sent authorization: Bearer $T\u{1b}[2J\nFORGED\u{202e}",
            ),
        ] {
            let kinds = if is_success { &WRONG } else { kinds(status) };
            attacks.push(bytes(
                format!("{status} with {name}"),
                kinds,
                format!("{}content-type: {content_type}\r\n\r\n{body}", head(status)),
            ));
        }
        if is_success {
            let name = format!("{status} with the right body");
            let attack = attack(name, &WRONG, move |peer| {
                let body = peer.honest_body();
                let head = head(status);
                peer.send(&format!(
                    "{head}content-type: application/json\r\n\r\n{body}"
                ))
            });
            attacks.push(attack.or_success());
        }
    }
    for value in [
        "99999999999999999999",
        "18446744073709551615",
        "9223372036854775807",
        "-1",
        "0",
        "1e9",
        "$T",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 99 Foo 0000 99:99:99 GMT",
    ] {
        for status in [429, 503] {
            let text = format!("{}retry-after: {value}\r\n\r\n", head(status));
            let name = format!("{status}, retry after {value}");
            attacks.push(bytes(name, kinds(status), text));
        }
    }
    for (name, location) in [
        ("itself", "?"),
        ("another host", "https://evil.example.com/?token=$T#$T"),
        ("a login", "https://$T:$T@evil.example.com/$T"),
        ("a path with the token", "/$T/%0d%0aset-cookie:%20$T"),
        ("a file", "file:///etc/passwd"),
        ("nothing", ""),
        ("control characters", "/\u{9b}2J\t\u{202e}$T"),
        ("a long address", &"/$T".repeat(1000)),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let head = head(status);
            let text = format!("{head}location: {location}\r\nset-cookie: $T\r\n\r\n");
            attacks.push(bytes(format!("{status} to {name}"), &[NotOpenWebUi], text));
        }
    }
    attacks
}

fn head(status: u16) -> String {
    format!("HTTP/1.1 {status} $T\r\n{CLOSE}")
}

fn kinds(status: u16) -> &'static [ErrorKind] {
    match status {
        401 | 407 => &[Unauthenticated, NotFound, PermissionDenied],
        403 => &[PermissionDenied],
        404 => &[NotFound, NotOpenWebUi, UnsupportedVersion],
        408 | 504 | 524 => &[Timeout],
        400 | 409 | 413 => &[Rejected, NotOpenWebUi, NotFound],
        422 => &[Validation, NotOpenWebUi],
        429 => &[RateLimited],
        500..=599 => &[Server],
        _ => &[NotOpenWebUi],
    }
}
