//! Interned ids.

use std::fmt;
use std::num::NonZeroU32;

use indexmap::IndexSet;

/// Bits of the number in an [`Id`]; those above select its prefix.
const NUMBER_BITS: u32 = 27;
const MOST_NUMBERS: u32 = 1 << NUMBER_BITS;
/// Instead of a prefix: the number is an index of the texts.
const TEXT: u32 = (1 << (u32::BITS - NUMBER_BITS)) - 1;

/// An interned text of the [`Ids`] that created it. Ids with the same prefix are
/// ordered by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(NonZeroU32);

/// There are more texts than ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The ids of one kind of object.
#[derive(Debug, Default)]
pub struct Ids {
    prefixes: Vec<Box<str>>,
    texts: IndexSet<Box<str>>,
    /// Bytes of the texts themselves.
    text_bytes: usize,
}

/// The text of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'i> {
    /// Any other text, unchanged.
    Whole(&'i str),
    /// A prefix and the decimal number behind it.
    Numbered(&'i str, u32),
}

impl Id {
    /// The number of the id, less than [`u32::MAX`].
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.get() - 1
    }

    /// The id of this number, or the last one.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        // One more, so that `Option<Id>` is no larger than `Id`.
        Id(NonZeroU32::MIN.saturating_add(number))
    }
}

impl Ids {
    /// The id of a text, known or new.
    ///
    /// # Errors
    ///
    /// [`Full`] when nearly 2^27 texts without a number are known.
    pub fn intern(&mut self, text: &str) -> Result<Id, Full> {
        if let Some((prefix, number)) = split(text)
            && let Some(prefix) = self.prefix(prefix)
        {
            return Ok(Id::from_number(prefix << NUMBER_BITS | number));
        }
        let number = match self.texts.get_index_of(text) {
            Some(number) => number,
            None => {
                self.text_bytes += text.len();
                self.texts.insert_full(text.into()).0
            }
        };
        let number = u32::try_from(number).ok();
        let number = number.filter(|&number| number < MOST_NUMBERS - 1);
        number
            .map(|number| Id::from_number(TEXT << NUMBER_BITS | number))
            .ok_or(Full)
    }

    /// Bytes that the texts take, with the tables that hold them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // A text's place, its hash, and its place in the table of hashes.
        const ENTRY: usize = size_of::<Box<str>>() + 2 * size_of::<usize>() + 2;
        let prefixes = self.prefixes.iter().map(|prefix| prefix.len());
        self.text_bytes + self.texts.capacity() * ENTRY + prefixes.sum::<usize>()
    }

    /// The id of a text that is known. A number behind a known prefix always is one.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Id> {
        if let Some((prefix, number)) = split(text)
            && let Some(prefix) = self.known_prefix(prefix)
        {
            return Some(Id::from_number(prefix << NUMBER_BITS | number));
        }
        let number = u32::try_from(self.texts.get_index_of(text)?).ok()?;
        (number < MOST_NUMBERS - 1).then(|| Id::from_number(TEXT << NUMBER_BITS | number))
    }

    /// The text of an id; empty for one of another [`Ids`].
    #[must_use]
    pub fn text(&self, id: Id) -> Text<'_> {
        let (prefix, number) = (id.number() >> NUMBER_BITS, id.number() % MOST_NUMBERS);
        if prefix == TEXT {
            let text = self.texts.get_index(number as usize);
            return Text::Whole(text.map_or("", |text| text));
        }
        match self.prefixes.get(prefix as usize) {
            Some(prefix) => Text::Numbered(prefix, number),
            None => Text::Whole(""),
        }
    }

    /// The number of a prefix; none when there are too many of them.
    fn prefix(&mut self, prefix: &str) -> Option<u32> {
        let known = self.known_prefix(prefix);
        if known.is_some() || self.prefixes.len() == TEXT as usize {
            return known;
        }
        self.prefixes.push(prefix.into());
        u32::try_from(self.prefixes.len() - 1).ok()
    }

    fn known_prefix(&self, prefix: &str) -> Option<u32> {
        let position = self.prefixes.iter().position(|known| **known == *prefix);
        u32::try_from(position?).ok()
    }
}

/// The prefix and the number at the end of a text. `None` unless
/// the two give the text again.
fn split(text: &str) -> Option<(&str, u32)> {
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (prefix, digits) = text.split_at(text.len() - digits);
    if digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    (number < MOST_NUMBERS).then_some((prefix, number))
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Text::Whole(text) => f.write_str(text),
            Text::Numbered(prefix, number) => write!(f, "{prefix}{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, Ids, Text};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_has_one_id_and_an_id_its_text(
            texts in proptest::collection::vec("(vm-|host-|[a-c]{0,2}|ü)(0{0,2}[0-9]{0,10})?", 0..100),
        ) {
            let mut ids = Ids::default();
            let known: Vec<Id> = texts
                .iter()
                .map(|text| ids.intern(text).expect("room"))
                .collect();
            prop_assert_eq!(ids.find("none of these"), None);
            for (one, id) in texts.iter().zip(&known) {
                prop_assert_eq!(&ids.text(*id).to_string(), one);
                prop_assert_eq!(ids.find(one), Some(*id));
                for (other, of_other) in texts.iter().zip(&known) {
                    prop_assert_eq!(one == other, id == of_other, "{} {}", one, other);
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_is_kept_as_it_came() {
        let mut ids = Ids::default();
        for text in ["ha-host", "vm-007", "", "vm-134217728", "vm-99999999999"] {
            let id = ids.intern(text).expect("room");
            assert_eq!(ids.text(id), Text::Whole(text));
        }
        for (text, number) in [("vm-134217727", 134_217_727), ("vm-0", 0)] {
            let id = ids.intern(text).expect("room");
            assert_eq!(ids.text(id), Text::Numbered("vm-", number));
        }
        let bare = ids.intern("16").expect("room");
        assert_eq!(ids.text(bare), Text::Numbered("", 16));
    }

    #[test]
    fn endless_prefixes_are_kept_as_they_came() {
        let mut ids = Ids::default();
        let texts: Vec<String> = (0..100).map(|number| format!("{number}-1")).collect();
        let known: Vec<Id> = texts
            .iter()
            .map(|text| ids.intern(text).expect("room"))
            .collect();
        for (text, id) in texts.iter().zip(known) {
            assert_eq!(ids.text(id).to_string(), *text);
            assert_eq!(ids.intern(text), Ok(id));
        }
    }

    #[test]
    fn an_id_of_others_has_no_text() {
        let ids = Ids::default();
        assert_eq!(ids.text(Id::from_number(7)), Text::Whole(""));
        assert_eq!(ids.text(Id::from_number(u32::MAX)), Text::Whole(""));
    }
}
