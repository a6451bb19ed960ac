use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use super::{Access, Remote};
use crate::artifact::{Artifact, Contents, pull, push};
use crate::credentials::Credential;
use crate::error::Error;
use crate::manifest::{COMPONENT, Descriptor};
use crate::store::{Source, Target};

/// The first line and the `authorization` of a request.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    line: String,
    authorization: Option<String>,
}

/// A server with canned replies that records requests.
struct Server {
    host: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    fn start(answer: impl Fn(&Seen) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let host = listener.local_addr().expect("an address").to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let keep = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.expect("a connection"));
                let mut lines = Vec::new();
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).expect("a line");
                    match line.trim_end() {
                        "" => break,
                        line => lines.push(line.to_owned()),
                    }
                }
                let header = |name: &str| {
                    lines.iter().find_map(|line| {
                        let (key, value) = line.split_once(": ")?;
                        key.eq_ignore_ascii_case(name).then(|| value.to_owned())
                    })
                };
                let length = header("content-length").and_then(|text| text.parse().ok());
                let mut body = vec![0; length.unwrap_or(0)];
                stream.read_exact(&mut body).expect("the body");
                let request = Seen {
                    line: lines.first().cloned().unwrap_or_default(),
                    authorization: header("authorization"),
                };
                let answered = answer(&request);
                keep.lock().expect("the list").push(request);
                // A client that reads no further hangs up.
                let _ = stream.get_mut().write_all(&answered);
            }
        });
        Server { host, seen }
    }

    fn remote(&self, credential: Option<(&str, &str)>) -> Remote {
        let credential = credential.map(|(username, password)| {
            Credential::new(username.to_owned(), password.to_owned().into())
        });
        let access = Access {
            credential,
            plain_http: true,
            ..Access::default()
        };
        Remote::new(&self.host, "a/b", access).expect("a registry on this machine")
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the list").clone()
    }
}

fn reply(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [text.as_bytes(), body].concat()
}

fn blob() -> Descriptor {
    Descriptor::of(b"component", COMPONENT)
}

const READER: Option<(&str, &str)> = Some(("reader", "s3cret"));
const BASIC: &str = "Basic cmVhZGVyOnMzY3JldA==";

#[test]
fn plain_http_never_leaves_this_machine() {
    for host in [
        "registry.example",
        "192.0.2.1:5000",
        "localhost.example",
        "[2001:db8::1]",
    ] {
        let access = Access {
            plain_http: true,
            ..Access::default()
        };
        let refused = Remote::new(host, "a", access).expect_err(host).to_string();
        assert!(refused.contains("on this machine"), "{refused}");
    }
}

#[test]
fn a_redirect_is_followed_without_the_credential() {
    let storage = Server::start(|_| reply("200 OK", &[], b"component"));
    let to = format!("location: http://{}/storage?key=1", storage.host);
    let registry = Server::start(move |seen| match &seen.authorization {
        None => reply(
            "401 Unauthorized",
            &["www-authenticate: Basic realm=\"a\""],
            b"",
        ),
        Some(_) => reply("307 Temporary Redirect", &[&to], b""),
    });
    let read = registry.remote(READER).blob(&blob()).expect("the blob");
    assert_eq!(read, b"component");
    let asked = registry.seen();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].authorization.as_deref(), Some(BASIC));
    let expected = Seen {
        line: "GET /storage?key=1 HTTP/1.1".to_owned(),
        authorization: None,
    };
    assert_eq!(storage.seen(), [expected]);
}

#[test]
fn a_redirect_off_this_machine_or_without_end_is_refused() {
    for (location, expected) in [
        ("http://169.254.169.254/latest", "to http://169.254.169.254"),
        ("http://192.0.2.1/", "to http://192.0.2.1"),
        ("file:///etc/passwd", "it redirects to"),
        ("/again", "redirected more than 5 times"),
        ("http://[", "not a URL"),
    ] {
        let header = format!("location: {location}");
        let registry = Server::start(move |_| reply("302 Found", &[&header], b""));
        let refused = registry.remote(None).blob(&blob()).expect_err(location);
        assert!(
            refused.to_string().contains(expected),
            "{location}: {refused}"
        );
    }
    let registry = Server::start(|_| reply("302 Found", &[], b""));
    let refused = registry.remote(None).blob(&blob()).expect_err("nowhere");
    assert!(
        refused.to_string().contains("without a Location"),
        "{refused}"
    );
}

#[test]
fn a_token_is_fetched_where_the_registry_says_and_used_again() {
    let tokens = Server::start(|_| reply("200 OK", &[], br#"{"access_token":"t0ken"}"#));
    let challenge = format!(
        "www-authenticate: Bearer realm=\"http://{}/token\",service=\"a registry\"",
        tokens.host
    );
    let registry = Server::start(move |seen| match seen.authorization.as_deref() {
        Some("Bearer t0ken") => reply("200 OK", &[], b"component"),
        _ => reply("401 Unauthorized", &[&challenge], b""),
    });
    let remote = registry.remote(READER);
    for _ in 0..2 {
        assert_eq!(remote.blob(&blob()).expect("the blob"), b"component");
    }
    let expected = Seen {
        line: "GET /token?service=a+registry&scope=repository%3Aa%2Fb%3Apull HTTP/1.1".to_owned(),
        authorization: Some(BASIC.to_owned()),
    };
    assert_eq!(tokens.seen(), [expected]);
    assert_eq!(registry.seen().len(), 3);
}

#[test]
fn a_registry_that_sends_the_credential_elsewhere_does_not_get_it_there() {
    for realm in [
        "http://192.0.2.1/token",
        "https://tokens.example/token",
        "nowhere",
    ] {
        let challenge = format!("www-authenticate: Bearer realm=\"{realm}\"");
        let registry = Server::start(move |_| reply("401 Unauthorized", &[&challenge], b""));
        let refused = registry.remote(READER).blob(&blob()).expect_err(realm);
        let message = refused.to_string();
        assert!(
            message.contains("redirects to") || message.contains("not a URL"),
            "{message}"
        );
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn each_refusal_says_what_the_registry_said_and_what_to_do() {
    let basic = "www-authenticate: Basic realm=\"a\"";
    let body = r#"{"errors":[{"code":"DENIED","message":"not\u001b[31m yours"}]}"#;
    let yours = "403 Forbidden: DENIED, not [31m yours; the account";
    let cases = [
        (
            "401 Unauthorized",
            Some(basic),
            "",
            "-",
            "requires an account; give it by --username",
        ),
        (
            "401 Unauthorized",
            Some(basic),
            "",
            "reader",
            "its password is wrong",
        ),
        (
            "401 Unauthorized",
            None,
            "",
            "reader",
            "without a Basic or Bearer challenge",
        ),
        ("403 Forbidden", None, body, "reader", yours),
        ("403 Forbidden", None, "", "-", "docker login"),
        ("404 Not Found", None, "<html>", "-", "blob sha256:"),
        ("500 Internal Server Error", None, "", "-", "answered 500"),
    ];
    for (status, header, body, username, expected) in cases {
        let headers: Vec<&str> = header.into_iter().collect();
        let answer = reply(status, &headers, body.as_bytes());
        let registry = Server::start(move |_| answer.clone());
        let credential = (username != "-").then_some((username, "s3cret"));
        let refused = registry
            .remote(credential)
            .blob(&blob())
            .expect_err(expected);
        let kind = match &status[..3] {
            "401" | "403" => matches!(refused, Error::Denied { .. }),
            "404" => matches!(refused, Error::Missing { .. }),
            _ => matches!(refused, Error::Unusable { .. }),
        };
        assert!(kind, "{status}: {refused:?}");
        assert!(refused.to_string().contains(expected), "{refused}");
    }
}

#[test]
fn what_a_registry_sends_in_place_of_the_artifact_is_refused() {
    let pushed = Artifact::new(b"component".to_vec(), Contents::default());
    let digest = pushed.description().digest.clone();
    let registry = Server::start(|_| reply("200 OK", &[], b"{}"));
    let refused = pull(&registry.remote(None), &Target::Digest(digest)).expect_err("damaged");
    assert!(matches!(refused, Error::Damaged { .. }), "{refused:?}");

    let endless = Server::start(|_| reply("200 OK", &[], &vec![b'x'; 4 << 20]));
    let read = endless.remote(None).blob(&blob()).expect("a part of it");
    assert_eq!(read.len(), 10);
    let tag = Target::Tag("latest".to_owned());
    let refused = pull(&endless.remote(None), &tag).expect_err("too large");
    assert!(matches!(refused, Error::TooLarge { .. }), "{refused:?}");
}

#[test]
fn an_upload_goes_where_the_registry_says_and_the_manifest_last() {
    let registry = Server::start(|seen| match seen.line.split(' ').next() {
        Some("HEAD") => reply("404 Not Found", &[], b""),
        Some("POST") => reply("202 Accepted", &["location: /uploads/1?state=a%2Bb"], b""),
        _ => reply("201 Created", &[], b""),
    });
    let pushed = Artifact::new(b"component".to_vec(), Contents::default());
    push(&registry.remote(None), &pushed, Some("1.0.0")).expect("pushed");
    let lines: Vec<String> = registry.seen().into_iter().map(|seen| seen.line).collect();
    let digests = [
        pushed.description().manifest.component(),
        &pushed.description().manifest.config,
    ]
    .map(|blob| blob.digest.to_string());
    let upload = |digest: &str| {
        let escaped = digest.replace(':', "%3A");
        [
            format!("HEAD /v2/a/b/blobs/{digest} HTTP/1.1"),
            "POST /v2/a/b/blobs/uploads/ HTTP/1.1".to_owned(),
            format!("PUT /uploads/1?state=a%2Bb&digest={escaped} HTTP/1.1"),
        ]
    };
    let manifest = "PUT /v2/a/b/manifests/1.0.0 HTTP/1.1".to_owned();
    let expected = [&upload(&digests[0])[..], &upload(&digests[1]), &[manifest]].concat();
    assert_eq!(lines, expected);
}

#[test]
fn a_registry_that_is_not_there_is_reported_with_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let access = Access {
        plain_http: true,
        ..Access::default()
    };
    let remote = Remote::new(&host, "a", access).expect("a registry on this machine");
    let refused = remote.blob(&blob()).expect_err("refused").to_string();
    assert!(
        refused.contains(&format!("the connection to http://{host} is refused")),
        "{refused}"
    );
}
