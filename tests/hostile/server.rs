//! A raw server on a loopback socket. It is honest up to a given request, and then attacks.
//!
//! It runs in the process whose memory is measured, so it sends from small buffers.

use std::{
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{attacks::Attack, operations::GROUP};

pub(crate) const TOKEN: &str = "sk-0123456789abcdefTOKEN";

/// The head of a successful response, without its last headers.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// The responses to the requests of one call.
pub(crate) struct Plan {
    attack: Option<Arc<Attack>>,
    /// The number of requests that get honest responses first, without those for the version.
    honest: usize,
    attacks_version: bool,
    seen: AtomicUsize,
    members: Mutex<Vec<&'static str>>,
    has_honest_write: AtomicBool,
    has_attacked_write: AtomicBool,
}

impl Plan {
    pub(crate) fn new(attack: Option<Arc<Attack>>, honest: usize, attacks_version: bool) -> Self {
        Self {
            attack,
            honest,
            attacks_version,
            seen: AtomicUsize::new(0),
            members: Mutex::new(vec!["old"]),
            has_honest_write: AtomicBool::new(false),
            has_attacked_write: AtomicBool::new(false),
        }
    }

    /// The number of received requests, without those for the version.
    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    fn attack_on(&self, line: &str) -> Option<&Attack> {
        let is_attacked = if line.ends_with("/api/version") {
            self.attacks_version
        } else {
            self.seen.fetch_add(1, Ordering::SeqCst) >= self.honest
        };
        self.attack.as_deref().filter(|_| is_attacked)
    }

    /// Whether a change was carried out and confirmed.
    pub(crate) fn has_honest_write(&self) -> bool {
        self.has_honest_write.load(Ordering::SeqCst)
    }

    /// Whether a change was requested, and the response was an attack.
    pub(crate) fn has_attacked_write(&self) -> bool {
        self.has_attacked_write.load(Ordering::SeqCst)
    }

    fn apply(&self, line: &str, is_attacked: bool) {
        const WRITES: [&str; 5] = [
            "/create",
            "/update",
            "/delete",
            "/users/add",
            "/users/remove",
        ];
        if WRITES.iter().any(|path| line.ends_with(path)) {
            let has_write = match is_attacked {
                true => &self.has_attacked_write,
                false => &self.has_honest_write,
            };
            has_write.store(true, Ordering::SeqCst);
        }
        let mut members = self.members.lock().unwrap();
        if line.ends_with("/users/add") {
            members.push("new");
        } else if line.ends_with("/users/remove") {
            members.retain(|member| *member != "old");
        }
    }
}

/// A server that serves one call at a time.
#[derive(Clone)]
pub(crate) struct Server {
    port: u16,
    plan: Arc<Mutex<Arc<Plan>>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            plan: Arc::new(Mutex::new(Arc::new(Plan::new(None, 0, false)))),
        };
        let serving = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let serving = serving.clone();
                // The client closes the connection when it has read enough.
                thread::spawn(move || stream.and_then(|stream| serving.serve(stream)));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets the responses to the next requests.
    pub(crate) fn follow(&self, plan: &Arc<Plan>) {
        *self.plan.lock().unwrap() = Arc::clone(plan);
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        let mut reader = BufReader::with_capacity(1024, stream.try_clone()?);
        while let Some(line) = read_request(&mut reader)? {
            let plan = Arc::clone(&self.plan.lock().unwrap());
            let mut peer = Peer {
                stream: &stream,
                line,
                members: Vec::new(),
            };
            let attack = plan.attack_on(&peer.line);
            plan.apply(&peer.line, attack.is_some());
            peer.members.clone_from(&plan.members.lock().unwrap());
            if let Some(attack) = attack {
                (attack.play)(&mut peer)?;
                // The response is not lost, because the whole request was read.
                return stream.shutdown(Shutdown::Both);
            }
            peer.respond_honestly()?;
        }
        Ok(())
    }
}

/// The method and the path of the next request, if there is one.
fn read_request(reader: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? <= 2 {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    Ok(line.strip_suffix(" HTTP/1.1\r\n").map(str::to_owned))
}

/// A connection to the client, after one request.
pub(crate) struct Peer<'a> {
    pub(crate) stream: &'a TcpStream,
    /// The method and the path of the request: `GET /api/v1/groups/`.
    pub(crate) line: String,
    pub(crate) members: Vec<&'static str>,
}

/// The contents of a response of the documented shape. All are parts of JSON: strings without their
/// quotation marks, each with a number of repetitions, and numbers.
#[derive(Clone, Copy)]
pub(crate) struct Contents {
    pub(crate) id: (&'static str, usize),
    pub(crate) name: (&'static str, usize),
    pub(crate) time: &'static str,
    pub(crate) total: &'static str,
    pub(crate) data: (&'static str, &'static str, usize, &'static str),
    /// Replaces the IDs of the members.
    pub(crate) member: Option<(&'static str, usize)>,
}

impl Contents {
    pub(crate) const USUAL: Self = Self {
        id: (GROUP, 1),
        name: ("g", 1),
        time: "1",
        total: "1",
        data: ("null", "", 0, ""),
        member: None,
    };
}

impl Peer<'_> {
    /// Sends the text, with `$T` replaced by the token.
    pub(crate) fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.replace("$T", TOKEN).as_bytes())
    }

    /// Sends the text this many times, or until the client closes the connection.
    pub(crate) fn repeat(&mut self, text: &str, times: usize) -> io::Result<()> {
        let mut writer = BufWriter::new(self.stream);
        for _ in 0..times {
            writer.write_all(text.as_bytes())?;
        }
        writer.flush()
    }

    /// Sends the text at 4 MB/s until the client closes the connection.
    pub(crate) fn pour(&mut self, text: &str) -> io::Result<()> {
        loop {
            self.repeat(text, 4096 / text.len())?;
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Sends the text every 20 ms until the client closes the connection.
    pub(crate) fn drip(&mut self, text: &str) -> io::Result<()> {
        loop {
            self.send(text)?;
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the client closes the connection.
    pub(crate) fn hang(&mut self) -> io::Result<()> {
        io::copy(&mut self.stream, &mut io::sink()).map(drop)
    }

    /// Resets the connection, so that the client gets an error instead of the end of the stream.
    pub(crate) fn reset(&mut self) -> io::Result<()> {
        socket2::SockRef::from(self.stream).set_linger(Some(Duration::ZERO))
    }

    /// Sends a complete response of the documented shape, with additional headers.
    pub(crate) fn respond(&mut self, headers: &str, contents: Contents) -> io::Result<()> {
        self.send(&format!("{OK}{headers}connection: close\r\n\r\n"))?;
        self.body(contents)
    }

    /// Sends the body of a response of the documented shape.
    pub(crate) fn body(&mut self, contents: Contents) -> io::Result<()> {
        let template = match self.line.as_str() {
            "GET /api/version" => r#"{"version":"$n"}"#.to_owned(),
            line => template(line, self.member_ids(contents)),
        };
        let mut writer = BufWriter::new(self.stream);
        fill(&mut writer, &template, contents)?;
        writer.flush()
    }

    /// The same body as one string.
    pub(crate) fn honest_body(&self) -> String {
        if self.line == "GET /api/version" {
            return r#"{"version":"0.12.4"}"#.to_owned();
        }
        let contents = Contents::USUAL;
        let mut body = Vec::new();
        fill(
            &mut body,
            &template(&self.line, self.member_ids(contents)),
            contents,
        )
        .unwrap();
        String::from_utf8(body).unwrap()
    }

    fn respond_honestly(&mut self) -> io::Result<()> {
        let body = self.honest_body();
        self.send(&format!("{OK}content-length: {}\r\n\r\n{body}", body.len()))
    }

    fn member_ids(&self, contents: Contents) -> Vec<&'static str> {
        match contents.member {
            Some(_) => vec!["$m"],
            None => self.members.clone(),
        }
    }
}

/// The response of Open WebUI 0.12, with placeholders for the contents.
fn template(line: &str, members: Vec<&str>) -> String {
    const GROUP: &str = r#""id":"$i","user_id":"$i","name":"$n","description":"$n","data":$d,
        "meta":$d,"permissions":null,"created_at":$#,"updated_at":$#,"member_count":$c,
        "parent_group_id":null"#;
    const PARENT: &str = r#""parent_group_id":"5be5e52a-cc60-4307-a9a5-33af4518f1c1""#;
    const ITEMS: &str = r#"{"items":[{"id":"$i","name":"$n"}],"total":$t}"#;
    let list = |of: &dyn Fn(&&str) -> String| members.iter().map(of).collect::<Vec<_>>().join(",");
    let user = |id: &&str| {
        format!(
            r#"{{"id":"{id}","name":"$n","email":"$n","role":"user","groups":[],
            "membership_type":"direct","via_group_ids":[]}}"#
        )
    };
    let path = line.split('?').next().unwrap_or_default();
    let group = GROUP.replace("$c", &members.len().to_string());
    match path.rsplit('/').next().unwrap_or_default() {
        "" if path.contains("/auths/") => {
            r#"{"id":"$i","name":"$n","email":"$n","role":"user"}"#.to_owned()
        }
        "all" | "search" => format!(r#"{{"users":[{}],"total":$t}}"#, list(&user)),
        "groups" => format!("[{{{group}}}]"),
        "preview" if path.contains("/users/") => format!(
            r#"{{"user":{{"id":"$i","name":"$n"}},"groups":[],"models":{ITEMS},
            "knowledge":{ITEMS},"tools":{ITEMS}}}"#
        ),
        "" => format!("[{{{group}}}]"),
        "delete" => "true".to_owned(),
        "export" => format!(
            r#"{{{group},"user_ids":[{}]}}"#,
            list(&|id| format!(r#""{id}""#))
        ),
        "members" => format!(
            r#"{{"items":[{}],"total":$t,"counts":{{"direct":$t,"inherited":0,"effective":$t}}}}"#,
            list(&user)
        ),
        "preview" => format!(
            r#"{{"group":{{"id":"$i","name":"$n"}},"models":{ITEMS},"knowledge":{ITEMS},
            "tools":{ITEMS},"permissions":{{}}}}"#
        ),
        "users" => format!("[{}]", list(&user)),
        // Only an import creates a group with a parent, and it always uses the same one.
        "create" => format!("{{{}}}", group.replace(r#""parent_group_id":null"#, PARENT)),
        _ => format!("{{{group}}}"),
    }
}

fn fill(writer: &mut dyn Write, template: &str, contents: Contents) -> io::Result<()> {
    let mut parts = template.split('$');
    writer.write_all(parts.next().unwrap_or_default().as_bytes())?;
    for part in parts {
        let (place, rest) = part.split_at(1);
        let mut repeat = |(text, times): (&str, usize)| {
            let text = text.replace("$T", TOKEN);
            (0..times).try_for_each(|_| writer.write_all(text.as_bytes()))
        };
        match place {
            "i" => repeat(contents.id)?,
            "n" => repeat(contents.name)?,
            "m" => repeat(contents.member.unwrap_or_default())?,
            "#" => repeat((contents.time, 1))?,
            "t" => repeat((contents.total, 1))?,
            _ => {
                let (first, text, times, last) = contents.data;
                repeat((first, 1))?;
                repeat((text, times))?;
                repeat((last, 1))?;
            }
        }
        writer.write_all(rest.as_bytes())?;
    }
    Ok(())
}
