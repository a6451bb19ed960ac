//! A proxy between a run and a vCenter that changes lists and pages.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use stocktake_vcenter::transport::{ExchangeId, Received, Request, Transport};

/// An object by type and id, as written.
pub(crate) type Name = (String, String);

const OBJECT: (&str, &str) = ("<objects>", "</objects>");
const ENTRY: (&str, &str) = ("<ManagedObjectReference ", "</ManagedObjectReference>");
const LIST: (&str, &str) = ("<val xsi:type=\"ArrayOfManagedObjectReference\">", "</val>");
const TOKEN: (&str, &str) = ("<token>", "</token>");

/// The changed lists and pages.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Objects that a list named.
    pub(crate) listed: BTreeSet<Name>,
    /// Objects of a page.
    pub(crate) sent: BTreeSet<Name>,
    /// Replies that were changed.
    pub(crate) lies: u32,
}

/// The proxy.
#[derive(Debug)]
pub(crate) struct Liar<'r, T> {
    /// The vCenter behind it.
    pub(crate) server: T,
    /// What it passed on.
    pub(crate) said: Said,
    random: &'r mut fastrand::Rng,
    /// How many of a hundred lists and pages are changed.
    share: u32,
    replies: BTreeMap<ExchangeId, VecDeque<Received>>,
}

impl<'r, T: Transport> Liar<'r, T> {
    /// Before `server`; changes `share` of a hundred lists and of a hundred pages.
    pub(crate) fn new(server: T, random: &'r mut fastrand::Rng, share: u32) -> Self {
        Liar {
            server,
            said: Said::default(),
            random,
            share,
            replies: BTreeMap::new(),
        }
    }

    fn lies(&mut self) -> bool {
        self.random.u32(..100) < self.share
    }

    /// A reply of a retrieval, as it is passed on.
    fn pass(&mut self, body: &str) -> String {
        let mut objects = pieces(body, OBJECT);
        let mut changes = 0;
        for object in &mut objects {
            if let Some((before, list, after)) = around(object, LIST)
                && before.contains("ContainerView")
            {
                let listed = pieces(list, ENTRY);
                let mut entries = listed.clone();
                if self.lies() {
                    self.change(&mut entries);
                    changes += u32::from(entries != listed);
                }
                self.said
                    .listed
                    .extend(entries.iter().filter_map(|entry| name(entry)));
                *object = format!("{before}{}{after}", entries.concat());
            }
        }
        let listed = objects.clone();
        let mut head = around(body, TOKEN).map(|(_, token, _)| token.to_owned());
        if self.lies() {
            let (view, mut pages): (Vec<_>, Vec<_>) = objects
                .into_iter()
                .partition(|object| object.contains("type=\"ContainerView\""));
            let is_cut = self.change(&mut pages);
            if is_cut || self.random.u32(..8) == 0 {
                head = None;
            }
            objects = view;
            objects.extend(pages);
            changes += u32::from(objects != listed || (head.is_none() && body.contains(TOKEN.0)));
        }
        self.said
            .sent
            .extend(objects.iter().filter_map(|object| name(object)));
        self.said.lies += changes;
        if changes == 0 {
            return body.to_owned();
        }
        let Some((before, _, after)) = around(body, ("<returnval>", "</returnval>")) else {
            return body.to_owned();
        };
        let token = head.map_or(String::new(), |token| format!("<token>{token}</token>"));
        format!("{before}{token}{}{after}", objects.concat())
    }

    /// Changes a list or a page in one to three ways; returns whether its end is gone.
    fn change(&mut self, pieces: &mut Vec<String>) -> bool {
        let mut is_cut = false;
        for _ in 0..self.random.u32(1..=3) {
            if pieces.is_empty() {
                break;
            }
            let one = self.random.usize(..pieces.len());
            let other = self.random.usize(..pieces.len());
            match self.random.u32(..9) {
                0 => drop(pieces.remove(one)),
                1 => pieces.insert(other, pieces[one].clone()),
                2 => pieces.swap(one, other),
                3 => swap_names(pieces, one, other),
                4 => {
                    pieces.truncate(one);
                    is_cut = true;
                }
                5 => {
                    pieces.truncate(pieces.len() / 2);
                    is_cut = true;
                }
                6 => pieces.clear(),
                // An id that no object has, or that of another one.
                7 => {
                    let number = self.random.u32(0..30);
                    rename(&mut pieces[one], |(kind, _)| {
                        (kind, format!("{}-{number}", "vm"))
                    });
                }
                _ => rename(&mut pieces[one], |(kind, id)| {
                    let other = if kind == "VirtualMachine" {
                        "HostSystem"
                    } else {
                        "VirtualMachine"
                    };
                    (other.to_owned(), id)
                }),
            }
        }
        is_cut
    }
}

impl<T: Transport> Transport for Liar<'_, T> {
    fn send(&mut self, exchange: ExchangeId, request: Request) {
        let retrieves = request.body.contains("RetrievePropertiesEx xmlns");
        self.server.send(exchange, request);
        let mut reply = VecDeque::new();
        let mut body = Vec::new();
        loop {
            match self.server.receive(exchange) {
                Received::Body(bytes) => body.extend_from_slice(&bytes),
                Received::Head(head) => reply.push_back(Received::Head(head)),
                end => {
                    let text = String::from_utf8(body).expect("a reply is text");
                    let text = if retrieves { self.pass(&text) } else { text };
                    reply.push_back(Received::Body(text.into_bytes()));
                    reply.push_back(end);
                    break;
                }
            }
        }
        self.replies.insert(exchange, reply);
    }

    fn receive(&mut self, exchange: ExchangeId) -> Received {
        let reply = self.replies.get_mut(&exchange).expect("under way");
        reply.pop_front().expect("more of a reply")
    }

    fn forget(&mut self, exchange: ExchangeId) {
        self.replies.remove(&exchange);
        self.server.forget(exchange);
    }
}

/// The text before, within and after.
fn around<'t>(text: &'t str, (open, close): (&str, &str)) -> Option<(&'t str, &'t str, &'t str)> {
    let start = text.find(open)? + open.len();
    let end = start + text[start..].find(close)?;
    // The marks themselves are kept outside, but for those of the wrapped token and list.
    Some((&text[..start], &text[start..end], &text[end..]))
}

fn pieces(text: &str, (open, close): (&str, &str)) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(open)
        && let Some(end) = rest[start..].find(close)
    {
        let end = start + end + close.len();
        pieces.push(rest[start..end].to_owned());
        rest = &rest[end..];
    }
    pieces
}

/// The positions of type and id in an object or an entry of a list.
fn places(piece: &str) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let kind = piece.find("type=\"")? + "type=\"".len();
    let kind_end = kind + piece[kind..].find('"')?;
    let id = kind_end + piece[kind_end..].find('>')? + 1;
    let id_end = id + piece[id..].find('<')?;
    Some((kind..kind_end, id..id_end))
}

fn name(piece: &str) -> Option<Name> {
    let (kind, id) = places(piece)?;
    Some((piece[kind].to_owned(), piece[id].to_owned()))
}

fn rename(piece: &mut String, change: impl FnOnce(Name) -> Name) {
    let (Some((kind, id)), Some(before)) = (places(piece), name(piece)) else {
        return;
    };
    let after = change(before);
    piece.replace_range(id, &after.1);
    piece.replace_range(kind, &after.0);
}

/// Swaps the names of two.
fn swap_names(pieces: &mut [String], one: usize, other: usize) {
    if let (Some(first), Some(second)) = (name(&pieces[one]), name(&pieces[other])) {
        rename(&mut pieces[one], |_| second);
        rename(&mut pieces[other], |_| first);
    }
}
