//! Writes seeds into a folder, one below it per target, from the fixtures:
//! `seeds CORPUS FIXTURES`.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use oracles::plan::{Announcement, Ask, Fate, Kind, Object, Plan, State, Trouble, What};
use serde_json::{Value, json};

/// Longer replies add nothing, and slow every run down.
const LONGEST: usize = 8 * 1024;
/// Objects of one kind in a plan.
const MOST: usize = 12;
/// Three pieces: one byte, seven, and the rest of the line.
const CUT: [u8; 4] = [3, 1, 7, 250];

/// All that the grammar has.
const FILTERS: [&str; 6] = [
    r#"kind=vm and tools.status!=current and datastore="san-1" and memory>=16 GiB"#,
    r"not (name ~ 'web-*[?]' or ip not in (10.0.0.1, fe80::1)) && !template",
    r#"custom_attributes."Cost \\ \u{e9}ntre" = 4711 || tags.env <> prod"#,
    "created_at<now-1d12h or created=today - 1w or booted>=2026-01-31T12:00:00+01:00",
    "os.version>=8.0.3 and cpu_mhz<2.2GHz and has snapshots and attributes.x > 5",
    r#"-memory, name, ip as "IP addresses""#,
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(corpus), Some(fixtures)) = (arguments.next(), arguments.next()) else {
        return Err("usage: seeds CORPUS FIXTURES".into());
    };
    let mut folders: Vec<PathBuf> = fs::read_dir(fixtures)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    let corpus = Corpus(corpus);
    for name in ["web-01", "a%2fb%5cc%25", "%252F+", "\u{fc}%2"] {
        corpus.add("names", name.as_bytes())?;
    }
    for filter in FILTERS {
        corpus.add("filter", filter.as_bytes())?;
    }
    for folder in folders {
        let case = fs::read_to_string(folder.join("case.toml"))?;
        let replies = replies(&folder.join("exchange"))?;
        for reply in &replies {
            if !reply.body.is_empty() && reply.body.len() <= LONGEST {
                let seed = [&CUT, reply.body.as_bytes()].concat();
                corpus.add("soap_reader", &seed)?;
                corpus.add("fault_reader", &seed)?;
            }
        }
        corpus.add("request", request(&case).to_string().as_bytes())?;
        corpus.add("page_protocol", &plan(&case, &replies).to_bytes())?;
    }
    Ok(())
}

struct Corpus(PathBuf);

impl Corpus {
    /// A seed under the name of its content.
    fn add(&self, target: &str, seed: &[u8]) -> std::io::Result<()> {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder)?;
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        fs::write(folder.join(format!("seed-{:016x}", hasher.finish())), seed)
    }
}

struct Reply {
    method: String,
    status: u16,
    body: String,
}

fn replies(folder: &Path) -> std::io::Result<Vec<Reply>> {
    let mut replies = Vec::new();
    while let Ok(request) =
        fs::read_to_string(folder.join(format!("{:02}.request.xml", replies.len())))
    {
        let file = folder.join(format!("{:02}.response.http", replies.len()));
        let reply = String::from_utf8_lossy(&fs::read(file)?).into_owned();
        let (head, body) = reply.split_once("\n\n").unwrap_or((&reply, ""));
        let call = request.split("Body><").nth(1).unwrap_or_default();
        replies.push(Reply {
            method: call.split(' ').next().unwrap_or_default().to_owned(),
            status: head
                .lines()
                .next()
                .and_then(|status| status.parse().ok())
                .unwrap_or(200),
            body: body.to_owned(),
        });
    }
    Ok(replies)
}

/// A setting of `case.toml`, as JSON: the two agree on what settings are.
fn setting(case: &str, key: &str) -> Option<Value> {
    let mut lines = case.lines().filter_map(|line| line.split_once(" = "));
    let (_, value) = lines.find(|(known, _)| *known == key)?;
    serde_json::from_str(value).ok()
}

fn request(case: &str) -> Value {
    let mut config = json!({"endpoint": "https://vcenter.invalid"});
    let (_, settings) = case.split_once("[config]").unwrap_or_default();
    for line in settings.lines() {
        if let Some((key, _)) = line.split_once(" = ") {
            config[key] = setting(settings, key).unwrap_or_default();
        }
    }
    json!({
        "schema_version": "collector-request-v1",
        "source": {
            "source_id": "source-1",
            "source_type": "vcenter",
            "config": config,
            "credential": {"username": "user", "password": "pass"},
        },
        "request": {
            "run_id": "run-1",
            "mode": setting(case, "mode"),
            "now": "2026-01-01T00:00:00Z",
        },
    })
}

/// A vCenter like the recorded one: as many objects, up to a dozen of a kind,
/// the same page size, and trouble with the same calls.
fn plan(case: &str, replies: &[Reply]) -> Plan {
    let mut objects = Vec::new();
    for kind in [Kind::Datastore, Kind::Cluster, Kind::Host, Kind::Vm] {
        let opening = format!("<objects><obj type=\"{}\"", kind.type_name());
        let count: usize = replies
            .iter()
            .map(|reply| reply.body.matches(&opening).count())
            .sum();
        objects.extend((0..count.min(MOST)).zip(0..).map(|(_, number)| Object {
            kind,
            number,
            fate: Fate::Sent,
            state: State::Connected,
            place: number % 2,
        }));
    }
    let troubles = (0..)
        .zip(replies)
        .filter_map(|(call, reply)| Some((call, trouble(reply)?)));
    Plan {
        ask: match setting(case, "mode").unwrap_or_default().as_str() {
            Some("collect_hosts") => Ask::CollectHosts,
            Some("collect_vms") => Ask::CollectVms,
            _ => Ask::Collect,
        },
        page_size: setting(case, "page_size")
            .and_then(|size| u8::try_from(size.as_u64()?.saturating_sub(1)).ok())
            .unwrap_or(u8::MAX),
        settings: 0,
        close_after: 0,
        most: 0,
        hollow: 0,
        announcement: Announcement::First,
        lengths: vec![200],
        troubles: troubles
            .map(|(call, what)| Trouble {
                call,
                what,
                at: 128,
            })
            .collect(),
        objects,
    }
}

fn trouble(reply: &Reply) -> Option<What> {
    let says = |name: &str| reply.body.contains(&format!("xsi:type=\"{name}\""));
    match reply.status {
        200 if reply.body.trim_end().ends_with("Envelope>") => None,
        200 if reply.body.contains("<html") => Some(What::Html),
        200 => Some(What::Ended),
        302 => Some(What::Redirect),
        429 => Some(What::TooManyCalls),
        503 => Some(What::Overloaded),
        500 if says("NotAuthenticated") => Some(What::LostSession),
        500 if says("ManagedObjectNotFound") => Some(What::NotFound),
        500 if says("InvalidProperty") => Some(What::InvalidProperty),
        500 if says("NoPermission") => Some(What::NoPermission),
        500 if reply.method == "Login" => Some(What::NamelessFault),
        500 => Some(What::RuntimeFault),
        _ => Some(What::BadGateway),
    }
}
