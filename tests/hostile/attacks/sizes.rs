//! Responses that exceed the limit, at any speed.

use owui_groups::ErrorKind::{
    self, NotOpenWebUi, Rejected, ResponseTooLarge, Server, Timeout, Unauthenticated,
};

use crate::{
    attacks::{Attack, CHUNKED, EARLY_HINT, FOREVER, LARGE, MALFORMED, attack, bytes},
    server::OK,
};

pub(crate) fn all() -> Vec<Attack> {
    let endless = |name: &str, kinds: &[ErrorKind], head: String, text: &'static str| {
        attack(name, kinds, move |peer| {
            peer.send(&head)?;
            peer.repeat(text, FOREVER)
        })
    };
    let poured = |name: &str, kinds: &[ErrorKind], head: String, text: &'static str| {
        attack(name, kinds, move |peer| {
            peer.send(&head)?;
            peer.pour(text)
        })
        .slow()
    };
    let dripping = |name: &str, head: String, text: &'static str| {
        attack(name, &[Timeout], move |peer| {
            peer.send(&head)?;
            peer.drip(text)
        })
        .slow()
    };
    vec![
        endless("endless body", &LARGE, format!("{OK}\r\n["), "[],"),
        endless(
            "endless white space",
            &LARGE,
            format!("{OK}\r\n"),
            "        ",
        ),
        endless(
            "endless text",
            &LARGE,
            format!("{OK}\r\n\""),
            "abcdefghijklmnopq",
        ),
        endless(
            "endless chunks",
            &LARGE,
            format!("{OK}{CHUNKED}"),
            "10\r\n[],[],[],[],[],[\r\n",
        ),
        poured(
            "endless tiny chunks",
            &[Timeout, ResponseTooLarge, NotOpenWebUi],
            format!("{OK}{CHUNKED}"),
            "1\r\n \r\n",
        ),
        endless(
            "endless chunk extension",
            &MALFORMED,
            format!("{OK}{CHUNKED}1;"),
            "$T",
        ),
        poured(
            "endless chunk size",
            &[Timeout, NotOpenWebUi],
            format!("{OK}{CHUNKED}"),
            "0",
        ),
        endless(
            "endless chunk size at full speed",
            &[Timeout, NotOpenWebUi],
            format!("{OK}{CHUNKED}"),
            "0",
        )
        .slow()
        .expensive(),
        endless(
            "endless trailers",
            &MALFORMED,
            format!("{OK}{CHUNKED}0\r\n"),
            "a: $T\r\n",
        ),
        endless("endless header", &MALFORMED, format!("{OK}x: "), "$T"),
        endless(
            "endless header name",
            &MALFORMED,
            OK.to_owned(),
            "abcdefghijkl",
        ),
        endless(
            "endless header lines",
            &MALFORMED,
            OK.to_owned(),
            "a: b\r\n",
        ),
        endless(
            "endless reason",
            &MALFORMED,
            "HTTP/1.1 200 ".to_owned(),
            "$T",
        ),
        endless("endless version", &MALFORMED, String::new(), "HTTP"),
        poured(
            "endless early hints",
            &[NotOpenWebUi, Timeout],
            String::new(),
            EARLY_HINT,
        ),
        endless(
            "endless early hints at full speed",
            &[NotOpenWebUi, Timeout],
            String::new(),
            EARLY_HINT,
        )
        .slow()
        .expensive(),
        endless(
            "endless blank lines",
            &[NotOpenWebUi, Timeout],
            String::new(),
            "\r\n",
        )
        .slow(),
        endless(
            "endless error body",
            &[Server],
            "HTTP/1.1 500 Oh\r\n\r\n".to_owned(),
            "$T ",
        ),
        endless(
            "endless rejection in JSON",
            &[Rejected, NotOpenWebUi],
            "HTTP/1.1 400 No\r\ncontent-type: application/json\r\n\r\n{\"detail\":\"".to_owned(),
            "no ",
        ),
        endless(
            "1 GB announced",
            &LARGE,
            format!("{OK}content-length: 1073741824\r\n\r\n["),
            "[],",
        ),
        bytes(
            "2^63 bytes announced",
            &[ResponseTooLarge, NotOpenWebUi],
            format!("{OK}content-length: 9223372036854775808\r\n\r\n["),
        ),
        bytes(
            "2^64 bytes announced",
            &[ResponseTooLarge, NotOpenWebUi],
            format!("{OK}content-length: 18446744073709551616\r\n\r\n["),
        ),
        dripping("dripping body", format!("{OK}\r\n"), " "),
        dripping("dripping chunks", format!("{OK}{CHUNKED}"), "1\r\n \r\n"),
        dripping("dripping head", OK.to_owned(), "a"),
        dripping("dripping hints", String::new(), "HTTP/1.1 103 $T\r\n\r\n"),
        attack("no response", &[Timeout], |peer| peer.hang()).slow(),
        attack("half a head and no more", &[Timeout], |peer| {
            peer.send(OK)?;
            peer.hang()
        })
        .slow(),
        attack("half a body and no more", &[Timeout], |peer| {
            peer.send(&format!("{OK}content-length: 100\r\n\r\n[\"$T"))?;
            peer.hang()
        })
        .slow(),
        attack(
            "half an error and no more",
            &[Unauthenticated, Timeout],
            |peer| {
                peer.send("HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\n$T")?;
                peer.hang()
            },
        )
        .slow(),
    ]
}
