//! A run's replies: from a simulated vCenter, and played again.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use stocktake_vcenter::transport::{ExchangeId, Head, Received, Request, Transport};

/// Bytes per chunk, as in the component's transport.
pub const CHUNK: usize = 64 * 1024;

/// Replays replies in their order: a run sends the same requests again.
#[derive(Debug)]
pub struct Replay(Vec<Vec<Received>>);

impl Replay {
    /// Plays the bodies of `replies`.
    #[must_use]
    pub fn of(replies: &[Vec<u8>]) -> Self {
        Replay(replies.iter().map(|body| parts(body)).collect())
    }
}

/// The parts of a reply, the last one first.
fn parts(body: &[u8]) -> Vec<Received> {
    let head = Head {
        status: 200,
        // One session is as good as another.
        headers: vec![(
            "set-cookie".to_owned(),
            "vmware_soap_session=replayed".to_owned(),
        )],
    };
    let mut parts = vec![Received::End];
    let chunks = body.chunks(CHUNK).rev();
    parts.extend(chunks.map(|chunk| Received::Body(chunk.to_vec())));
    parts.push(Received::Head(head));
    parts
}

impl Transport for Replay {
    fn send(&mut self, _: ExchangeId, _: Request) {}

    fn receive(&mut self, exchange: ExchangeId) -> Received {
        let parts = self.0.get_mut(exchange.0 as usize);
        parts.and_then(Vec::pop).expect("the recorded exchange")
    }

    fn forget(&mut self, _: ExchangeId) {}
}

/// Sends requests over plain HTTP, and records the replies.
#[derive(Debug)]
pub struct Recorder {
    server: SocketAddr,
    cookie: String,
    /// The bodies so far, by number of exchange.
    pub replies: Vec<Vec<u8>>,
    replay: Replay,
}

impl Recorder {
    /// Will ask `server`.
    #[must_use]
    pub fn of(server: SocketAddr) -> Self {
        Recorder {
            server,
            cookie: String::new(),
            replies: Vec::new(),
            replay: Replay(Vec::new()),
        }
    }

    /// Asks by HTTP/1.0, whose replies are neither compressed nor in chunks and end with the connection.
    fn ask(&mut self, request: &Request) -> io::Result<Vec<u8>> {
        let mut connection = TcpStream::connect(self.server)?;
        let Request { path, body, .. } = request;
        let length = body.len();
        let cookie = &self.cookie;
        write!(
            connection,
            "POST {path} HTTP/1.0\r\nContent-Length: {length}\r\nCookie: {cookie}\r\n\r\n{body}"
        )?;
        let mut reply = Vec::new();
        connection.read_to_end(&mut reply)?;
        let end = reply.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or(io::ErrorKind::InvalidData)?;
        let body = reply.split_off(end + 4);
        let head = String::from_utf8_lossy(&reply);
        assert!(head.contains(" 200 "), "the simulator refused: {head}");
        if let Some(cookie) = head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
        {
            cookie.clone_into(&mut self.cookie);
        }
        Ok(body)
    }
}

impl Transport for Recorder {
    fn send(&mut self, _: ExchangeId, request: Request) {
        let body = self.ask(&request).expect("an answer of the simulator");
        self.replay.0.push(parts(&body));
        self.replies.push(body);
    }

    fn receive(&mut self, exchange: ExchangeId) -> Received {
        self.replay.receive(exchange)
    }

    fn forget(&mut self, exchange: ExchangeId) {
        self.replay.forget(exchange);
    }
}
