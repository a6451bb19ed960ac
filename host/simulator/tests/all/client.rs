//! A client small enough to be trusted: one connection, requests as text, replies as text.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::io::Read;
use std::sync::Arc;
use stocktake_simulator::Simulator;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub(crate) const TYPES: [&str; 7] = [
    "VirtualMachine",
    "HostSystem",
    "ClusterComputeResource",
    "Datastore",
    "Network",
    "DistributedVirtualPortgroup",
    "DistributedVirtualSwitch",
];

/// A reply, its body decompressed.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) wire_bytes: usize,
}

impl Reply {
    /// The text between `<tag>` or `<tag …>` and `</tag>`, anywhere.
    pub(crate) fn all(&self, tag: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let mut rest = self.body.as_str();
        while let Some(at) = rest.find(&format!("<{tag}")) {
            rest = &rest[at + tag.len() + 1..];
            if !rest.starts_with(['>', ' ']) {
                continue;
            }
            let start = rest.find('>').expect("tag end") + 1;
            let end = rest.find(&format!("</{tag}>")).expect("closing tag");
            found.push(&rest[start..end]);
            rest = &rest[end..];
        }
        found
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.all("token").first().copied()
    }

    pub(crate) fn objects(&self) -> Vec<&str> {
        self.all("obj")
            .into_iter()
            .filter(|id| !id.starts_with("session["))
            .collect()
    }

    pub(crate) fn fault(&self) -> Option<&str> {
        let at = self.body.find("<detail><")? + "<detail><".len();
        self.body[at..].split("Fault ").next()
    }
}

pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
    pub(crate) cookie: Option<String>,
    pub(crate) gzip: bool,
    /// The `SOAPAction` header.
    pub(crate) action: Option<String>,
    /// Further headers of every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Client {
    pub(crate) async fn connect(simulator: &Simulator) -> Self {
        let stream = TcpStream::connect(simulator.address())
            .await
            .expect("a connection");
        let sender = match simulator.ca_pem() {
            None => drive(TokioIo::new(stream)).await,
            Some(pem) => {
                let stream = tls(pem)
                    .connect(ServerName::from(simulator.address().ip()), stream)
                    .await;
                drive(TokioIo::new(stream.expect("a handshake"))).await
            }
        };
        Self {
            sender,
            authority: simulator.address().to_string(),
            cookie: None,
            gzip: false,
            action: None,
            headers: Vec::new(),
        }
    }

    /// Connects and logs in.
    pub(crate) async fn log_in(simulator: &Simulator) -> Self {
        let mut client = Self::connect(simulator).await;
        let reply = client
            .login(simulator.username(), simulator.password())
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        client
    }

    pub(crate) async fn login(&mut self, username: &str, password: &str) -> Reply {
        let call = format!(
            "<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager</_this><userName>{username}</userName><password>{password}</password></Login>"
        );
        let reply = self.call(&call).await;
        if let Some(cookie) = reply.headers.get("set-cookie") {
            let cookie = cookie.to_str().expect("an ASCII cookie");
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        reply
    }

    pub(crate) async fn call(&mut self, call: &str) -> Reply {
        self.attempt(call).await.expect("a whole reply")
    }

    /// A call that may get no reply.
    pub(crate) async fn attempt(&mut self, call: &str) -> hyper::Result<Reply> {
        let envelope = format!(
            "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Body>{call}</soap:Body></soap:Envelope>"
        );
        self.request("POST", "/sdk", envelope).await
    }

    /// A call without arguments.
    pub(crate) async fn simple(&mut self, method: &str) -> Reply {
        self.call(&format!("<{method} xmlns=\"urn:vim25\"><_this type=\"ServiceInstance\">ServiceInstance</_this></{method}>")).await
    }

    pub(crate) async fn request(
        &mut self,
        method: &str,
        path: &str,
        body: String,
    ) -> hyper::Result<Reply> {
        let response = self.send(method, path, body).await?;
        let (head, body) = response.into_parts();
        let bytes = body.collect().await?.to_bytes();
        let packed = head
            .headers
            .get("content-encoding")
            .is_some_and(|coding| coding == "gzip");
        let mut text = String::new();
        if packed {
            flate2::read::GzDecoder::new(&bytes[..])
                .read_to_string(&mut text)
                .expect("gzip of text");
        } else {
            text = String::from_utf8(bytes.to_vec()).expect("text");
        }
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            body: text,
            wire_bytes: bytes.len(),
        })
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: String,
    ) -> hyper::Result<http::Response<Incoming>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.authority);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(action) = &self.action {
            request = request.header("soapaction", action);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if self.gzip {
            request = request.header("accept-encoding", "gzip, identity;q=0.5");
        }
        self.sender.ready().await?;
        self.sender
            .send_request(request.body(Full::from(body)).expect("a request"))
            .await
    }

    /// A view of the given types below `container`, which is the root folder when empty.
    pub(crate) async fn view(&mut self, container: &str, types: &[&str]) -> String {
        let container = if container.is_empty() {
            "group-d1"
        } else {
            container
        };
        let types: String = types
            .iter()
            .map(|name| format!("<type>{name}</type>"))
            .collect();
        let reply = self
            .call(&format!("<CreateContainerView xmlns=\"urn:vim25\"><_this type=\"ViewManager\">ViewManager</_this><container type=\"Folder\">{container}</container>{types}<recursive>true</recursive></CreateContainerView>"))
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.all("returnval")[0].to_owned()
    }

    /// Every object of a view, `paths` per type, `page` objects at a time; 0 for all at once.
    pub(crate) async fn retrieve(
        &mut self,
        view: &str,
        sets: &[(&str, &[&str])],
        page: u32,
    ) -> Reply {
        self.call(&retrieval(&view_filter(view, sets), page)).await
    }

    pub(crate) async fn resume(&mut self, token: &str) -> Reply {
        self.call(&resumption(token)).await
    }

    pub(crate) async fn cancel(&mut self, token: &str) -> Reply {
        self.call(&format!("<CancelRetrievePropertiesEx xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">propertyCollector</_this><token>{token}</token></CancelRetrievePropertiesEx>")).await
    }

    /// One object by itself.
    pub(crate) async fn object(&mut self, kind: &str, id: &str, paths: &[&str]) -> Reply {
        let filter = format!(
            "{}<objectSet><obj type=\"{kind}\">{id}</obj></objectSet>",
            prop_set(kind, paths)
        );
        self.call(&retrieval(&filter, 0)).await
    }
}

pub(crate) fn resumption(token: &str) -> String {
    format!(
        "<ContinueRetrievePropertiesEx xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">propertyCollector</_this><token>{token}</token></ContinueRetrievePropertiesEx>"
    )
}

pub(crate) fn prop_set(kind: &str, paths: &[&str]) -> String {
    let paths: String = paths
        .iter()
        .map(|path| format!("<pathSet>{path}</pathSet>"))
        .collect();
    format!("<propSet><type>{kind}</type><all>false</all>{paths}</propSet>")
}

pub(crate) fn view_filter(view: &str, sets: &[(&str, &[&str])]) -> String {
    let sets: String = sets
        .iter()
        .map(|(kind, paths)| prop_set(kind, paths))
        .collect();
    format!(
        "{sets}<objectSet><obj type=\"ContainerView\">{view}</obj><skip>false</skip><selectSet xsi:type=\"TraversalSpec\"><name>viewTraversal</name><type>ContainerView</type><path>view</path><skip>false</skip></selectSet></objectSet>"
    )
}

pub(crate) fn retrieval(filter: &str, page: u32) -> String {
    let limit = if page == 0 {
        String::new()
    } else {
        format!("<maxObjects>{page}</maxObjects>")
    };
    format!(
        "<RetrievePropertiesEx xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">propertyCollector</_this><specSet>{filter}</specSet><options>{limit}</options></RetrievePropertiesEx>"
    )
}

fn tls(pem: &str) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(pem.as_bytes()).expect("a PEM certificate");
    roots.add(authority).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn drive<S>(stream: TokioIo<S>) -> SendRequest<Full<Bytes>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = handshake(stream).await.expect("an HTTP connection");
    tokio::spawn(connection);
    sender
}
