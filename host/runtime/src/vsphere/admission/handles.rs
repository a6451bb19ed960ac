//! What a run made on the server: views, filters, property collectors, and the
//! tokens that it was given.
//!
//! The threat: a collector that ends or continues what is not its own, be it the
//! host's or another client's. So a call that names a view, a filter or a token
//! leaves only if the server's answer to an earlier call of the same run named
//! it.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::held::Held;
use super::reply::{self, Found};
use crate::gateway::protocol;

/// Most handles of one sort at the same time: a run needs one or two.
const MOST: usize = 64;
/// No id or token comes near this length, in bytes.
const LONGEST: usize = 1024;
/// In so many bytes at the beginning of a reply stands what it names.
const BEGINNING: usize = 16 * 1024;

/// The handles of one run. Their `Debug` shows none: the id of a view holds the key of its session.
#[derive(Clone, Default)]
pub(super) struct Handles(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    held: VecDeque<(Held, String)>,
    /// Ids of the collectors at which a call waits for updates.
    waiting: BTreeSet<String>,
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles").finish_non_exhaustive()
    }
}

impl Handles {
    pub(super) fn hold(&self, held: Held, id: &str) -> bool {
        let state = self.lock();
        state
            .held
            .iter()
            .any(|(of, known)| *of == held && known == id)
    }

    /// No further one of this sort is taken.
    pub(super) fn are_full(&self, held: Held) -> bool {
        self.lock().count(held) >= MOST
    }

    /// A call waits at this collector from now on; none did so before.
    pub(super) fn wait_at(&self, collector: &str) -> bool {
        self.lock().waiting.insert(collector.to_owned())
    }

    fn add(&self, held: Held, id: String) {
        if id.is_empty() || id.len() > LONGEST {
            return;
        }
        let mut state = self.lock();
        // Tokens are spent without a word: the oldest is the least likely to be asked for.
        if state.count(held) >= MOST
            && let Some(oldest) = state.held.iter().position(|(of, _)| *of == held)
        {
            state.held.remove(oldest);
        }
        state.held.push_back((held, id));
    }

    fn forget(&self, held: Held, id: &str) {
        let mut state = self.lock();
        state.held.retain(|(of, known)| *of != held || known != id);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count(&self, held: Held) -> usize {
        self.held.iter().filter(|(of, _)| *of == held).count()
    }
}

/// What a call does to the handles of its run once it is answered.
pub(super) struct Effect {
    handles: Handles,
    kind: Kind,
    /// The beginning of the reply, until what it names was found.
    beginning: Vec<u8>,
}

enum Kind {
    None,
    Makes(Held),
    Ends(Held, String),
    /// Until it is dropped.
    Waits(String),
}

impl Effect {
    pub(super) fn none(handles: &Handles) -> Self {
        Effect::new(handles, Kind::None)
    }

    /// The reply names a handle.
    pub(super) fn making(handles: &Handles, held: Held) -> Self {
        Effect::new(handles, Kind::Makes(held))
    }

    /// The handle is gone when the call was answered.
    pub(super) fn ending(handles: &Handles, held: Held, id: &str) -> Self {
        Effect::new(handles, Kind::Ends(held, id.to_owned()))
    }

    /// No other call waits at this collector until the reply was read.
    pub(super) fn waiting(handles: &Handles, collector: &str) -> Self {
        Effect::new(handles, Kind::Waits(collector.to_owned()))
    }

    fn new(handles: &Handles, kind: Kind) -> Self {
        Effect {
            handles: handles.clone(),
            kind,
            beginning: Vec::new(),
        }
    }
}

impl protocol::Effect for Effect {
    fn answered(&mut self, status: http::StatusCode) {
        match &self.kind {
            Kind::Makes(_) if !status.is_success() => self.kind = Kind::None,
            Kind::Ends(held, id) if status.is_success() => self.handles.forget(*held, id),
            _ => {}
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        let Kind::Makes(held) = self.kind else {
            return;
        };
        let room = BEGINNING - self.beginning.len();
        self.beginning
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
        match reply::find(&self.beginning, held) {
            Found::Named(id) => self.handles.add(held, id),
            Found::NotYet if self.beginning.len() < BEGINNING => return,
            Found::NotYet | Found::Nothing => {}
        }
        self.kind = Kind::None;
        self.beginning = Vec::new();
    }
}

impl Drop for Effect {
    fn drop(&mut self) {
        if let Kind::Waits(collector) = &self.kind {
            self.handles.lock().waiting.remove(collector);
        }
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Effect").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{Effect, Handles, LONGEST, MOST};
    use crate::gateway::protocol::Effect as _;
    use crate::vsphere::admission::held::Held;

    fn made(handles: &Handles, id: &str) {
        let mut effect = Effect::making(handles, Held::View);
        effect.answered(StatusCode::OK);
        let reply = format!(
            r#"<e:Envelope xmlns:e="soap"><e:Body><CreateContainerViewResponse><returnval type="ContainerView">{id}</returnval></CreateContainerViewResponse></e:Body></e:Envelope>"#
        );
        for byte in reply.as_bytes() {
            effect.receive(std::slice::from_ref(byte));
        }
    }

    #[test]
    fn what_a_reply_names_is_held_until_it_was_ended() {
        let handles = Handles::default();
        made(&handles, "session[52a]52b");
        assert!(handles.hold(Held::View, "session[52a]52b"));
        assert!(!handles.hold(Held::Filter, "session[52a]52b"));
        for (status, is_held) in [
            (StatusCode::INTERNAL_SERVER_ERROR, true),
            (StatusCode::OK, false),
        ] {
            let mut ending = Effect::ending(&handles, Held::View, "session[52a]52b");
            ending.answered(status);
            assert_eq!(
                handles.hold(Held::View, "session[52a]52b"),
                is_held,
                "{status}"
            );
        }
    }

    #[test]
    fn a_failed_call_makes_nothing() {
        let handles = Handles::default();
        let mut effect = Effect::making(&handles, Held::Token);
        effect.answered(StatusCode::INTERNAL_SERVER_ERROR);
        effect.receive(b"<e><b><r><returnval><token>1</token></returnval></r></b></e>");
        assert!(!handles.hold(Held::Token, "1"));
    }

    #[test]
    fn handles_are_bounded_in_number_and_length() {
        let handles = Handles::default();
        for number in 0..MOST {
            assert!(!handles.are_full(Held::View));
            made(&handles, &format!("view-{number}"));
        }
        assert!(handles.are_full(Held::View));
        made(&handles, "one-more");
        assert!(!handles.hold(Held::View, "view-0") && handles.hold(Held::View, "one-more"));
        let long = "v".repeat(LONGEST + 1);
        made(&handles, &long);
        assert!(!handles.hold(Held::View, &long));
        assert_eq!(format!("{handles:?}"), "Handles { .. }");
    }

    #[test]
    fn one_call_waits_at_a_collector_until_it_is_dropped() {
        let handles = Handles::default();
        assert!(handles.wait_at("pc-1") && handles.wait_at("pc-2"));
        let waiting = Effect::waiting(&handles, "pc-1");
        assert!(!handles.wait_at("pc-1"));
        drop(waiting);
        assert!(handles.wait_at("pc-1"));
    }
}
