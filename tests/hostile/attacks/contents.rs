//! Responses of the documented shape with misleading contents.

use std::io;

use owui_groups::ErrorKind::{
    Ambiguous, Conflict, Decode, NotOpenWebUi, PartiallyApplied, Timeout,
};

use crate::{
    LIMIT,
    attacks::{Attack, CLOSE, FORGED, attack, shape},
    server::{Contents, OK, Peer},
};

const USUAL: Contents = Contents::USUAL;

pub(crate) fn all() -> Vec<Attack> {
    let changed = [Decode, NotOpenWebUi, Conflict, PartiallyApplied, Ambiguous];
    let mut attacks = vec![
        attack("a list as large as the limit", &changed, full_list).or_success(),
        attack("an export as large as the limit", &changed, full_export).or_success(),
        attack("pages that never end", &[Timeout, Conflict], endless_pages)
            .slow()
            .or_success(),
    ];
    for (name, text, times) in [
        ("the token", "$T", 1),
        ("the token and control characters", r"$T\n\u001b", 1),
        ("forged lines of a log", FORGED, 1),
        ("many forged lines of a log", FORGED, 100),
        ("a path", "../../$T?x=1#y", 1),
        ("nothing", "", 1),
        ("duplicate keys", r#"a","name":"b","id":"$T"#, 1),
        ("unknown keys", r#"a","$T":"b"#, 100),
    ] {
        let text = (text, times);
        let contents = Contents {
            id: text,
            name: text,
            member: Some(text),
            ..USUAL
        };
        attacks.push(shape(format!("IDs and names that are {name}"), contents));
    }
    let long = ("long $T ", LIMIT / 200);
    let longer = ("0123456789", 100_000);
    let other = Some(("other", 1));
    let arrays = ("{\"a\":[", "[],", LIMIT / 8, "[]]}");
    let deep = ("{\"a\":", "[", LIMIT / 8, "}");
    let keys = ("{", "\"$T\":{},", 1000, "\"a\":1}");
    let list = ("[", "\"$T\",", 1000, "1]");
    #[rustfmt::skip]
    attacks.extend([
        shape("IDs of 40 kB", Contents { id: long, ..USUAL }),
        shape("IDs of members of 40 kB", Contents { member: Some(long), ..USUAL }),
        shape("names of 40 kB", Contents { name: long, ..USUAL }),
        shape("IDs of 1 MB", Contents { id: longer, ..USUAL }),
        shape("members of other IDs", Contents { member: other, ..USUAL }),
        shape("deep data", Contents { data: deep, ..USUAL }),
        shape("data of many empty arrays", Contents { data: arrays, ..USUAL }),
        shape("data with many keys", Contents { data: keys, ..USUAL }),
        shape("data that is a list", Contents { data: list, ..USUAL }),
    ]);
    for number in [
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "99999999999999999999999999999999",
        "-1",
        "0",
        "-0",
        "1.5",
        "1e30",
        "null",
        "\"1\"",
    ] {
        for (name, time) in [("totals", USUAL.time), ("times and totals", number)] {
            let contents = Contents {
                time,
                total: number,
                ..USUAL
            };
            attacks.push(shape(format!("{name} of {number}"), contents));
        }
    }
    attacks
}

/// As many groups or users as the limit of the response allows.
fn full_list(peer: &mut Peer<'_>) -> io::Result<()> {
    let body = peer.honest_body();
    peer.send(&format!("{OK}{CLOSE}\r\n"))?;
    let items = body
        .strip_prefix('[')
        .and_then(|body| body.strip_suffix(']'));
    let Some(items) = items.filter(|items| !items.is_empty()) else {
        return peer.send(&body);
    };
    peer.send("[")?;
    peer.repeat(&format!("{items},"), LIMIT / (items.len() + 1) - 1)?;
    peer.send(&format!("{items}]"))
}

/// As many members as the limit of the response allows.
fn full_export(peer: &mut Peer<'_>) -> io::Result<()> {
    const MEMBERS: &str = "\"user_ids\":[";
    let body = peer.honest_body();
    peer.send(&format!("{OK}{CLOSE}\r\n"))?;
    let Some((head, _)) = body.split_once(MEMBERS) else {
        return peer.send(&body);
    };
    peer.send(&format!("{head}{MEMBERS}"))?;
    peer.repeat("\"\",", LIMIT / 3 - 200)?;
    peer.send("\"old\"]}")
}

/// Each page has different members, up to the maximum that the client reads.
fn endless_pages(peer: &mut Peer<'_>) -> io::Result<()> {
    const ITEMS: &str = "{\"items\":[";
    let body = peer.honest_body();
    peer.send(&format!("{OK}{CLOSE}\r\n"))?;
    let member = body
        .strip_prefix(ITEMS)
        .and_then(|items| items.split_once("]}"));
    let Some((member, _)) = member else {
        return peer.send(&body);
    };
    let page = peer
        .line
        .replace(|character: char| !character.is_ascii_digit(), "");
    peer.send(ITEMS)?;
    for number in 0..30 {
        let member = member.replace("old", &format!("{page}-{number}"));
        peer.send(&format!("{member}]}},"))?;
    }
    let total = 1_000_000;
    let counts = format!("{{\"direct\":{total},\"inherited\":0,\"effective\":{total}}}");
    peer.send(&format!(
        "{member}]}}],\"total\":{total},\"counts\":{counts}}}"
    ))
}
