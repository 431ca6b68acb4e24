//! Bodies of successes that do not have the documented shape.

use std::io::Write;

use crate::{
    LIMIT,
    attacks::{Attack, WRONG, attack, bytes, json},
    server::OK,
};

pub(crate) fn all() -> Vec<Attack> {
    let deep = LIMIT / 8;
    let mut attacks = vec![
        json("deep arrays", "[".repeat(deep)),
        json(
            "deep and closed arrays",
            "[".repeat(deep) + &"]".repeat(deep),
        ),
        json("deep objects", "{\"a\":".repeat(deep / 5)),
        json(
            "many empty arrays",
            format!("[{}[]]", "[],".repeat(LIMIT / 3 - 4)),
        ),
        json(
            "many empty objects",
            format!("[{}{{}}]", "{},".repeat(LIMIT / 3 - 4)),
        ),
        json("a number of many digits", "9".repeat(LIMIT - 1)),
        json(
            "a list of a number of many digits",
            format!("[{}]", "9".repeat(LIMIT - 2)),
        ),
        json("a large exponent", "[1e999999999]"),
        json(
            "a text as large as the limit",
            format!("\"{}\"", "a".repeat(LIMIT - 2)),
        ),
        json(
            "a key as large as the limit",
            format!("{{\"{}\":1}}", "a".repeat(LIMIT - 6)),
        ),
        json(
            "many keys",
            format!("{{{}\"a\":1}}", "\"a\":1,".repeat(LIMIT / 6 - 2)),
        ),
        json("zeros", "\0".repeat(LIMIT)),
        json("lone surrogates", r#"["\ud800","\udfff"]"#),
        json("a comment", "// $T\n[]"),
        json("nothing", ""),
        json("white space", " \n".repeat(1000)),
        attack("invalid UTF-8", &WRONG, |peer| {
            peer.send(&format!("{OK}connection: close\r\n\r\n"))?;
            peer.stream.write_all(b"[\"\xff\xfe\xc0\x80\"]")
        }),
        attack("UTF-16", &WRONG, |peer| {
            let body = peer.honest_body();
            peer.send(&format!("{OK}connection: close\r\n\r\n"))?;
            body.bytes()
                .try_for_each(|byte| peer.stream.write_all(&[byte, 0]))
        }),
    ];
    for text in [
        "null",
        "true",
        "0",
        "-1",
        "\"$T\"",
        "{}",
        "[]",
        "[null]",
        "[[]]",
        "[\"$T\"]",
        "{\"$T\":\"$T\"}",
        "[{\"id\":\"$T\"}]",
        "{\"detail\":\"$T\"}",
        "{\"id\":\"$T\",\"name\":7}",
        "{\"id\":{\"$T\":1}}",
        "{\"items\":[],\"total\":\"$T\"}",
        "{\"version\":\"$T\"}",
        "{\"version\":null}",
        "NaN",
        "$T",
    ] {
        let attack = bytes(
            format!("body {text}"),
            &WRONG,
            format!("{OK}connection: close\r\n\r\n{text}"),
        );
        attacks.push(attack.or_success());
    }
    for (name, before, behind) in [
        ("byte order mark", "\u{feff}", ""),
        ("garbage behind", "", "$T"),
        ("another value behind", "", "[]"),
        ("zeros behind", "", "\0\0"),
        ("a prefix against hijacking", ")]}'\n", ""),
    ] {
        attacks.push(attack(name, &WRONG, move |peer| {
            let body = peer.honest_body();
            peer.send(&format!(
                "{OK}connection: close\r\n\r\n{before}{body}{behind}"
            ))
        }));
    }
    attacks
}
