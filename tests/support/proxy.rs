//! An HTTP proxy on loopback that knows CONNECT and nothing else.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The behaviour of a proxy.
#[derive(Clone, Debug)]
pub struct Manner {
    /// The target of every tunnel, whatever was requested: the proxy resolves names.
    pub target: SocketAddr,
    /// User and password that it asks for.
    pub login: Option<(String, String)>,
    /// The status by which it refuses every tunnel.
    pub refuses: Option<u16>,
}

/// A running proxy; it stays to the end of the process.
#[derive(Clone, Debug)]
pub struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts one.
    ///
    /// # Panics
    /// When loopback cannot be listened on.
    #[must_use]
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let proxy = Proxy { address, asked };
        let kept = proxy.clone();
        thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let (proxy, manner) = (kept.clone(), manner.clone());
                // A client that hangs up is its own affair.
                thread::spawn(move || drop(proxy.serve(connection, &manner)));
            }
        });
        proxy
    }

    /// `http://HOST:PORT`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `http://USER:PASSWORD@HOST:PORT`, every byte of both escaped.
    #[must_use]
    pub fn url_as(&self, user: &str, password: &str) -> String {
        let escaped =
            |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
        let (user, password) = (escaped(user), escaped(password));
        format!("http://{user}:{password}@{}", self.address)
    }

    /// The requested targets of tunnels, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }

    fn serve(&self, mut client: TcpStream, manner: &Manner) -> io::Result<()> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            client.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head);
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default();
        let Some(place) = line.strip_prefix("CONNECT ") else {
            return client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n");
        };
        let place = place.split(' ').next().unwrap_or_default().to_owned();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(place);
        drop(asked);
        let expected = manner.login.as_ref().map(|(user, password)| {
            let pair = STANDARD.encode(format!("{user}:{password}"));
            format!("Basic {pair}")
        });
        let given = lines.find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("proxy-authorization")
                .then(|| value.to_owned())
        });
        if expected.is_some() && expected != given {
            return client.write_all(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n",
            );
        }
        if let Some(status) = manner.refuses {
            return write!(client, "HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        }
        let server = TcpStream::connect(manner.target)?;
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        let (up, down) = (client.try_clone()?, server.try_clone()?);
        let upwards = thread::spawn(move || pump(up, server));
        pump(down, client);
        let _ = upwards.join();
        Ok(())
    }
}

fn pump(mut source: TcpStream, mut sink: TcpStream) {
    let _ = io::copy(&mut source, &mut sink);
    let _ = sink.shutdown(Shutdown::Write);
}
