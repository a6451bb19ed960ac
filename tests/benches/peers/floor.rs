//! The floor: asks for the same bytes as the collector does, and drops them.
//!
//! `stocktake-bench-floor PROPERTIES`; `BENCH_URL`, `BENCH_USERNAME`,
//! `BENCH_PASSWORD` and `BENCH_CA_FILE` name the server and the account. `PROPERTIES` is a
//! JSON file: `{type: [property, …]}`. Prints how many bytes the pages had.

use std::collections::BTreeMap;
use std::env;
use std::io::Read as _;

use anyhow::{Context as _, Result};
use stocktake_vcenter::moref::MoRef;
use stocktake_vcenter::vim::calls::{self, Options, PropertySet};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

const OPTIONS: Options = Options {
    page_size: 1000,
    tolerate_missing: false,
};
const BUFFER: usize = 64 * 1024;

fn main() -> Result<()> {
    let file = env::args().nth(1).context("PROPERTIES")?;
    let sets = property_sets(&std::fs::read_to_string(file)?)?;
    let types: Vec<&str> = sets.iter().map(|set| set.type_name).collect();
    let mut client = Client::connect()?;

    let service = client.ask(&calls::retrieve_service_content())?;
    let id = |name: &str| text_of(&service, name).map(str::to_owned);
    let session_manager = id("sessionManager")?;
    let (view_manager, root) = (id("viewManager")?, id("rootFolder")?);
    let collector = id("propertyCollector")?;
    let session_manager = moref("SessionManager", &session_manager);
    let collector = moref("PropertyCollector", &collector);
    let (username, password) = (env::var("BENCH_USERNAME")?, env::var("BENCH_PASSWORD")?);
    client.ask(&calls::login(session_manager, &username, &password))?;
    let create = calls::create_container_view(
        moref("ViewManager", &view_manager),
        moref("Folder", &root),
        &types,
    );
    let view = client.ask(&create)?;
    let view = moref("ContainerView", text_of(&view, "returnval")?);

    let mut bytes = 0;
    let mut call = calls::retrieve_view(collector, view, true, &sets, OPTIONS);
    loop {
        let (length, token) = client.drain(&call)?;
        bytes += length;
        match token {
            Some(token) => call = calls::continue_retrieve(collector, &token),
            None => break,
        }
    }
    client.ask(&calls::destroy_view(view))?;
    client.ask(&calls::logout(session_manager))?;
    println!("{bytes}");
    Ok(())
}

/// Leaks the names, which the calls need for the whole run anyway.
fn property_sets(text: &str) -> Result<Vec<PropertySet>> {
    let sets: BTreeMap<String, Vec<String>> = serde_json::from_str(text)?;
    let sets = sets.into_iter().map(|(type_name, paths)| PropertySet {
        type_name: type_name.leak(),
        paths: paths.into_iter().map(|path| &*path.leak()).collect(),
    });
    Ok(sets.collect())
}

struct Client {
    agent: ureq::Agent,
    url: String,
    cookie: Option<String>,
    buffer: Vec<u8>,
}

impl Client {
    fn connect() -> Result<Self> {
        let pem = std::fs::read(env::var("BENCH_CA_FILE")?)?;
        let certificates = parse_pem(&pem).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        });
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&certificates.collect::<Vec<_>>()))
            .build();
        Ok(Client {
            agent: ureq::Agent::config_builder()
                .tls_config(tls)
                .build()
                .new_agent(),
            url: env::var("BENCH_URL")? + "/sdk",
            cookie: None,
            buffer: vec![0; BUFFER],
        })
    }

    fn send(&mut self, call: &str) -> Result<ureq::Body> {
        let mut request = self
            .agent
            .post(&self.url)
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", "\"urn:vim25/6.5\"");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.send(call)?;
        if let Some(cookie) = response.headers().get("set-cookie") {
            let cookie = cookie.to_str()?.split(';').next();
            self.cookie = cookie.map(str::to_owned);
        }
        Ok(response.into_body())
    }

    fn ask(&mut self, call: &str) -> Result<String> {
        Ok(self.send(call)?.read_to_string()?)
    }

    /// Reads a page and discards it; returns its length and the token of the next.
    fn drain(&mut self, call: &str) -> Result<(usize, Option<String>)> {
        let mut reader = self.send(call)?.into_reader();
        let (mut length, mut token) = (0, None);
        loop {
            let read = reader.read(&mut self.buffer)?;
            if read == 0 {
                return Ok((length, token));
            }
            // It precedes the objects, and is not split in the pages of a loopback server.
            if length == 0 {
                let start = String::from_utf8_lossy(&self.buffer[..read.min(1024)]);
                token = text_of(&start, "token").ok().map(str::to_owned);
            }
            length += read;
        }
    }
}

fn moref<'a>(type_name: &'a str, value: &'a str) -> MoRef<'a> {
    MoRef { type_name, value }
}

/// The text of the first element of this name.
fn text_of<'a>(xml: &'a str, name: &str) -> Result<&'a str> {
    let (_, rest) = xml
        .split_once(&format!("<{name}"))
        .with_context(|| format!("no {name} in {xml}"))?;
    let (_, rest) = rest.split_once('>').context("an open tag")?;
    let (text, _) = rest.split_once('<').context("an open element")?;
    Ok(text)
}
