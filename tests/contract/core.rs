//! The core without a component: the same exchanges, fed natively.

use std::collections::BTreeMap;

use stocktake_tests::fixture::{self, Fixture, Recorded};
use stocktake_tests::request;
use stocktake_tests::server::Server;
use stocktake_vcenter::output::Summary;
use stocktake_vcenter::run::{Pulled, Run};
use stocktake_vcenter::transport::{ExchangeId, Head, Received, Request, Transport, drive};

/// Answers each call with the next recorded reply of its method, in pieces.
struct Tape {
    recorded: Vec<Recorded>,
    piece: usize,
    calls: Vec<String>,
    replies: BTreeMap<ExchangeId, Vec<Received>>,
}

impl Tape {
    fn new(fixture: &Fixture, piece: usize) -> Self {
        Tape {
            recorded: fixture.exchanges.clone(),
            piece,
            calls: Vec::new(),
            replies: BTreeMap::new(),
        }
    }
}

fn method(body: &str) -> String {
    let call = body.split("<soapenv:Body><").nth(1).expect("a call");
    call.split(' ').next().expect("a method").to_owned()
}

/// The reply to a call that returns nothing.
fn nothing(method: &str) -> Vec<u8> {
    format!(
        r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><{method}Response xmlns="urn:vim25"/></e:Body></e:Envelope>"#
    )
    .into_bytes()
}

impl Transport for Tape {
    fn send(&mut self, exchange: ExchangeId, request: Request) {
        let called = method(&request.body);
        let next = self
            .recorded
            .iter()
            .position(|recorded| method(&recorded.request) == called);
        let (status, headers, body) = match next.map(|next| self.recorded.remove(next)) {
            Some(recorded) => (recorded.status, recorded.headers, recorded.body),
            None => (200, Vec::new(), nothing(&called)),
        };
        let mut parts = vec![Received::Head(Head { status, headers })];
        parts.extend(
            body.chunks(self.piece)
                .map(|piece| Received::Body(piece.to_vec())),
        );
        parts.push(Received::End);
        parts.reverse();
        self.calls.push(called);
        self.replies.insert(exchange, parts);
    }

    fn receive(&mut self, exchange: ExchangeId) -> Received {
        let parts = self
            .replies
            .get_mut(&exchange)
            .expect("an exchange under way");
        parts.pop().expect("more of the reply")
    }

    fn forget(&mut self, exchange: ExchangeId) {
        self.replies.remove(&exchange);
    }
}

fn open(fixture: &Fixture) -> Run {
    let server = Server {
        url: "https://vcenter.invalid".to_owned(),
        username: fixture::USERNAME.to_owned(),
        password: fixture::PASSWORD.to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    };
    let mut asked = request::to(&server, &fixture.case.mode);
    for (key, value) in &fixture.case.config {
        asked = request::with(asked, key, value.clone());
    }
    Run::open(&asked.to_string())
}

fn collect(fixture: &Fixture, piece: usize) -> (String, Summary) {
    let mut tape = Tape::new(fixture, piece);
    let mut run = open(fixture);
    let mut lines = String::new();
    loop {
        match drive(&mut run, &mut tape) {
            Pulled::Page(page) => lines += &page.batch,
            Pulled::Summary(summary) => return (lines, *summary),
        }
    }
}

fn fixture(name: &str) -> Fixture {
    let found = fixture::all()
        .into_iter()
        .find(|fixture| fixture.folder.ends_with(name));
    found.expect("a fixture of this name")
}

/// BY-7: however the network splits the replies, the output is the same.
#[test]
fn replies_cut_anywhere_give_the_same_lines() {
    for name in [
        "vcsim-collect",
        "session-lost",
        "truncated-xml",
        "withheld-vm",
    ] {
        let fixture = fixture(name);
        let whole = collect(&fixture, usize::MAX);
        for piece in [1, 13, 4096] {
            assert!(
                collect(&fixture, piece) == whole,
                "{name} in pieces of {piece}"
            );
        }
    }
}

/// A view ends with its session, and an inventory is complete although a session is left.
#[test]
fn a_view_or_session_that_cannot_be_ended_is_reported_and_the_list_is_whole() {
    for (call, left, expected) in [("DestroyView", 0, 0), ("Logout", 1, 1)] {
        let mut fixture = fixture("vcsim-collect");
        let ending = |recorded: &Recorded| method(&recorded.request) == call;
        let place = fixture.exchanges.iter().position(ending);
        let place = place.expect("the call that ends it");
        let refused = Recorded {
            status: 502,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            ..fixture.exchanges[place].clone()
        };
        // However often it is called.
        fixture.exchanges[place] = refused.clone();
        fixture.exchanges.extend([refused.clone(), refused]);
        let (lines, summary) = collect(&fixture, usize::MAX);
        assert!(summary.inventory_complete, "{call}: {:?}", summary.errors);
        assert_eq!(summary.evidence.left_behind(), left, "{call}");
        let warnings = lines.matches("VCENTER_SESSION_LEFT").count();
        assert_eq!(warnings, expected, "{call}");
        let reason = lines.contains("answered 502");
        assert_eq!(reason, expected > 0, "{call}");
    }
}

/// The second of two logouts is answered.
#[test]
fn a_logout_that_is_not_answered_is_repeated() {
    let mut fixture = fixture("vcsim-collect");
    let logout = |recorded: &Recorded| method(&recorded.request) == "Logout";
    let place = fixture.exchanges.iter().position(logout).expect("a logout");
    let refused = Recorded {
        status: 503,
        ..fixture.exchanges[place].clone()
    };
    fixture.exchanges.insert(place, refused);
    let (lines, summary) = collect(&fixture, usize::MAX);
    assert!(summary.inventory_complete);
    assert_eq!(summary.evidence.left_behind(), 0);
    assert!(!lines.contains("VCENTER_SESSION_LEFT"));
}

/// BY-10: the request for the next page leaves before this page is read.
#[test]
fn the_next_page_is_asked_for_while_this_one_is_read() {
    let fixture = fixture("simulator-collect");
    let mut tape = Tape::new(&fixture, 512);
    let mut run = open(&fixture);
    while !tape
        .calls
        .iter()
        .any(|call| call == "ContinueRetrievePropertiesEx")
    {
        if let Pulled::Summary(_) = drive(&mut run, &mut tape) {
            panic!("no page was asked for");
        }
    }
    let unread = tape
        .replies
        .values()
        .filter(|parts| !parts.is_empty())
        .count();
    assert_eq!(unread, 1, "the page asked for ahead");
}

/// BY-3: a run that is closed between two pages cancels the page requested ahead.
#[test]
fn a_run_that_is_closed_cancels_its_token_destroys_its_view_and_logs_out() {
    let fixture = fixture("simulator-collect");
    let mut tape = Tape::new(&fixture, 512);
    let mut run = open(&fixture);
    while let Pulled::Page(page) = drive(&mut run, &mut tape) {
        if page.done > 0 {
            break;
        }
    }
    run.close();
    let summary = loop {
        if let Pulled::Summary(summary) = drive(&mut run, &mut tape) {
            break summary;
        }
    };
    let ending: Vec<&str> = tape
        .calls
        .iter()
        .rev()
        .take(3)
        .rev()
        .map(String::as_str)
        .collect();
    assert_eq!(
        ending,
        ["CancelRetrievePropertiesEx", "DestroyView", "Logout"],
        "{:?}",
        tape.calls
    );
    assert!(!summary.inventory_complete);
    assert_eq!(summary.evidence.left_behind(), 0);
}
