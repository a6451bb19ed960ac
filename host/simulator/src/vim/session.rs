//! Sessions and what they own: views and unfinished retrievals. Both end with the session.

use super::retrieval::{Cursor, Retrieval};
use super::view::View;
use crate::inventory::{Draw, Topic, write_uuid};
use crate::soap::xml::Xml;
use std::collections::HashMap;
use std::sync::Arc;

/// A retrieval that has more objects to give.
#[derive(Clone, Debug)]
pub(crate) struct Unfinished {
    pub(crate) retrieval: Arc<Retrieval>,
    pub(crate) cursor: Cursor,
    /// The page to come, counted from 1.
    pub(crate) page: u32,
    /// `maxObjects` of the first call, which holds for the whole retrieval.
    pub(crate) max_objects: u32,
}

/// A login.
#[derive(Debug, Default)]
pub(crate) struct Session {
    pub(crate) views: HashMap<String, View>,
    pub(crate) tokens: HashMap<String, Unfinished>,
    tokens_given: u64,
}

impl Session {
    /// Keeps a retrieval and names it.
    pub(crate) fn keep(&mut self, unfinished: Unfinished) -> String {
        let token = self.tokens_given.to_string();
        self.tokens_given += 1;
        self.tokens.insert(token.clone(), unfinished);
        token
    }
}

/// All sessions, by the key in the cookie.
#[derive(Debug)]
pub(crate) struct Sessions {
    open: HashMap<String, Session>,
    seed: u64,
    keys_given: u32,
}

impl Sessions {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            open: HashMap::new(),
            seed,
            keys_given: 0,
        }
    }

    /// A key that was never given before.
    pub(crate) fn new_key(&mut self) -> String {
        let key = self.key(self.keys_given);
        self.keys_given = self.keys_given.wrapping_add(1);
        key
    }

    /// Every key that was given; recomputed, for none is kept longer than its session.
    pub(crate) fn keys_given(&self) -> Vec<String> {
        (0..self.keys_given).map(|index| self.key(index)).collect()
    }

    fn key(&self, index: u32) -> String {
        let mut draw = Draw::new(self.seed, Topic::Session, index);
        let mut xml = Xml::new();
        write_uuid((0x52 << 56) | (draw.next() >> 8), draw.next(), &mut xml);
        xml.into_string()
    }

    pub(crate) fn open(&mut self) -> String {
        let key = self.new_key();
        self.open.insert(key.clone(), Session::default());
        key
    }

    pub(crate) fn get(&mut self, key: Option<&str>) -> Option<&mut Session> {
        self.open.get_mut(key?)
    }

    pub(crate) fn close(&mut self, key: Option<&str>) -> bool {
        key.is_some_and(|key| self.open.remove(key).is_some())
    }

    /// Open sessions, views and tokens.
    pub(crate) fn census(&self) -> (usize, usize, usize) {
        let views = self.open.values().map(|session| session.views.len()).sum();
        let tokens = self.open.values().map(|session| session.tokens.len()).sum();
        (self.open.len(), views, tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::Sessions;

    #[test]
    fn a_key_that_was_given_is_reported_when_its_session_is_over() {
        let mut sessions = Sessions::new(11);
        assert!(sessions.keys_given().is_empty());
        let (first, of_view) = (sessions.open(), sessions.new_key());
        assert!(sessions.close(Some(&first)));
        let second = sessions.open();
        assert_eq!(sessions.keys_given(), [first, of_view, second]);
    }
}
